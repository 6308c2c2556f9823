"""An imagined call in a queue: does it come in, is it answered, how does it leave? Pure."""

from typing import TYPE_CHECKING

from softswitch.config.by_mode import ByMode, in_mode
from softswitch.config.queue import Queue
from softswitch.routing.decision import Decision, Reason
from softswitch.routing.outcome import Outcome

if TYPE_CHECKING:
    from softswitch.routing.journey import Journey


def pass_queue(journey: "Journey", queue: Queue) -> Decision | None:
    """Where the call goes from there; None when somebody answers, or it stays."""
    state = journey.question.state
    present = [
        number for number in queue.extensions if number not in state.logged_out and state.registered(number)
    ]
    if queue.when_empty is not None and not present and in_mode(queue.when_empty, journey.mode) is not None:
        return _leave(journey, queue, "nobody there", "when_empty", queue.when_empty)
    if queue.key in state.full:
        full = queue.when_full is not None and in_mode(queue.when_full, journey.mode) is not None
        field, where = ("when_full", queue.when_full) if full else ("then", queue.then)
        return _leave(journey, queue, "the queue is full", field, where)
    # Who is said to press a key has not been answered before.
    if journey.keys.take(queue.leave_key):
        return _leave(journey, queue, f"{queue.leave_key}: leaves the queue", "leave_to", queue.leave_to)
    if journey.keys.take(queue.callback_key):
        line = journey.line_of("queues", queue.key, "callback_key")
        journey.note(
            f"{queue.callback_key}: is called back", (Reason("he hangs up and keeps his place", line),)
        )
        return None
    if journey.takes(present):
        return None
    if queue.max_wait is None:
        journey.note("waits")
        return None
    return _leave(journey, queue, "has waited too long", "then", queue.then)


def _leave(journey: "Journey", queue: Queue, text: str, field: str, where: ByMode | None) -> Decision | None:
    """As calls/queueing.py does it: hanging up means that nobody was there."""
    found = None if where is None else in_mode(where, journey.mode)
    line = journey.line_of("queues", queue.key, field)
    journey.note(
        text, (Reason(f"{queue.name}: {field} leads to {'the end' if found is None else found[0]}", line),)
    )
    return journey.send_on(where) or journey.nobody(Outcome.BUSY)
