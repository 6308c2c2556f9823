"""Callers who are called back instead of waiting: an agent is rung, and when he answers, the caller.

Their wishes outlive a restart: see callback_book.py.
"""

from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.originate import originate
from softswitch.calls.queue import Entry
from softswitch.calls.ringing import Ringing
from softswitch.config.places import PlaceKind
from softswitch.records.events import CallAnswered, CallEnded, CallEvent, PlaceEntered, StepEntered
from softswitch.routing import CallFacts, Reason, Ring, Target

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.exchange import Exchange
    from softswitch.calls.queues import Queues
    from softswitch.calls.step import Step

ATTEMPTS: Final = 3
"""How often it is tried to reach the caller."""
_BETWEEN: Final = 300.0
"""Seconds between two of them."""
_LASTS: Final = 28800.0
"""Seconds after which nobody expects to be called back any more."""
_RINGS: Final = 45.0
"""Seconds that the caller is rung."""


class Callbacks:
    """The calls that are being made."""

    def __init__(self, exchange: "Exchange", queues: "Queues") -> None:
        self._exchange = exchange
        self._queues = queues
        self._calls: dict[str, tuple[Entry, str, bool]] = {}
        """By call: whom it is for, the agent, and whether he has answered."""

    def call(self, entry: Entry, ring: Ring) -> bool:
        """Ring the first of the agents, and then the caller. False when none of his phones can be called."""
        exchange, agent = self._exchange, ring.targets[0].number
        name = f"{ring.caller_as}: {entry.name or entry.number}" if ring.caller_as else entry.name
        call = originate(
            exchange,
            agent,
            entry.number,
            name,
            lambda call: self._to_caller(call, entry, agent),
            ring.seconds,
        )
        if call is None:
            return False
        self._calls[call.id] = entry, agent, False
        return True

    def take(self, event: CallEvent) -> None:
        """Something has happened in some call."""
        if not self._calls or event.call not in self._calls:
            return
        if isinstance(event, CallAnswered):
            entry, agent, _ = self._calls.pop(event.call)
            self._queues.answered(entry, agent, event.call, "called-back")
        elif isinstance(event, CallEnded):
            entry, agent, has_answered = self._calls.pop(event.call)
            if not has_answered:
                self._queues.not_taken(entry, {agent})
                return
            entry.attempts += 1
            entry.not_before = event.at + _BETWEEN
            self._queues.not_taken(entry, set())
            if entry.attempts >= ATTEMPTS:
                self._queues.leave(entry, "given-up")

    def tidy(self, entry: Entry, now: float) -> float:
        """Give up who has waited for too long; returns the seconds until he may be called, 0 for now."""
        if not entry.call and not entry.offered and now - entry.since > _LASTS:
            self._queues.leave(entry, "given-up")
        return max(0.0, entry.not_before - now)

    def _to_caller(self, call: "Call", entry: Entry, agent: str) -> "Step | Ending":
        self._calls[call.id] = entry, agent, True
        key = entry.queue.key
        call.publish(PlaceEntered(call.now(), call.id, PlaceKind.QUEUE.value, key))
        call.publish(StepEntered(call.now(), call.id, key, f"{agent} calls {entry.number} back"))
        facts = CallFacts(agent, entry.number, call.hops, sent=True)
        if not entry.trunk:
            return call.decide(facts)
        why = Reason(f"{entry.number} has asked the queue {entry.queue.name} to be called back")
        ring = Ring(
            entry.number, entry.name or entry.number, (Target(entry.number, entry.trunk),), _RINGS, (why,)
        )
        call.called_name = ring.name
        return Ringing(call, ring, facts, unanswered=Ending.by_us)
