"""In a queue: the caller hears music and where he is, until an agent answers or he goes elsewhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.identity import because
from softswitch.calls.inbox import Played
from softswitch.calls.onward import place_now, send_on
from softswitch.calls.queue import Entry
from softswitch.calls.ringing import Ringing
from softswitch.calls.saying import Prompt
from softswitch.calls.speaking import Speaking
from softswitch.calls.step import Enter, Step, Unanswered
from softswitch.config.announcement import HANG_UP
from softswitch.config.queue import Queue
from softswitch.records.events import StepEntered
from softswitch.routing import CallFacts, GoTo, Outcome, Ring, Target
from softswitch.routing.callers import is_hidden, same_number
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

_FIRST: Final = 2.0
"""Seconds until a caller learns where he is: if an agent is free, he need not."""
_LOOK: Final = 5.0
"""Seconds between two looks whether any agent is left."""
_NOT_ANSWERED: Final = (
    Outcome.NO_ANSWER,
    Outcome.BUSY,
    Outcome.DECLINED,
    Outcome.DEVICE_REFUSED,
    Outcome.UNREACHABLE,
    Outcome.NO_COMMON_CODEC,
)
"""Outcomes that are the agent's own."""


@dataclass(slots=True)
class Visit:
    """One caller's time in one queue, over all agents who are rung for him."""

    entry: Entry
    facts: CallFacts
    unanswered: Unanswered | None
    tell_at: float = 0.0
    """The loop's time at which he is told next where he is; 0 before the first time."""
    greeted: bool = False


def enter(
    call: "Call", decision: GoTo, facts: CallFacts, side: "Side | None", unanswered: Unanswered | None
) -> Step | Ending:
    """The caller comes into the queue of that key, unless it is full, or nobody is there."""
    queue, queues = call.router.dialplan.queues.get(decision.key), call.exchange.queues
    if queue is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    if queue.when_empty is not None and not queues.present(queue):
        place = place_now(call, queue.when_empty, facts)
        if place is not None:
            _note(call, queue, "nobody there")
            return _elsewhere(call, place, facts, side, unanswered)
    if queues.is_full(queue):
        _note(call, queue, "full")
        place = place_now(call, queue.when_full, facts) or place_now(call, queue.then, facts) or HANG_UP
        return _elsewhere(call, place, facts, side, unanswered)
    caller = call.caller
    entry = Entry(
        queue, caller.number, caller.name, call.now(), _priority(call, queue), call.id, caller.trunk
    )
    queues.join(entry)
    return InQueue(call, Visit(entry, facts, unanswered), side)


def _elsewhere(
    call: "Call", place: str, facts: CallFacts, side: "Side | None", unanswered: Unanswered | None
) -> Step | Ending:
    if place == HANG_UP:
        return Ending.by_us(Outcome.BUSY) if unanswered is None else unanswered(Outcome.BUSY)
    if side is None:
        return send_on(call, place, facts, unanswered)
    return call.decide(facts._replace(called=place, arrives=False, sent=True), side, unanswered)


def _priority(call: "Call", queue: Queue) -> int:
    found = [
        priority
        for number, priority in queue.priority_for.items()
        if any(same_number(number, one) for one in (call.caller.number, call.called))
    ]
    return max(found, default=queue.priority)


def _note(call: "Call", queue: Queue, step: str) -> None:
    call.publish(StepEntered(call.now(), call.id, queue.key, step))


class InQueue(Speaking):
    """He waits. `key`: one that he has pressed already."""

    keeps_keys = True

    state = "queue"

    def __init__(self, call: "Call", visit: Visit, side: "Side | None" = None, key: str = "") -> None:
        super().__init__(call, visit.entry.queue.name, side)
        self.visit = visit
        self.entry = visit.entry
        self._key = key
        self._stays = False
        self._leaves = ""
        """Why he goes, once he has been told so."""

    @property
    def queue(self) -> Queue:
        """Its settings now."""
        return self.call.exchange.queues.settings(self.entry)

    def start(self) -> None:
        if not self.visit.greeted:
            super().start()
            return
        self.call.callee = None
        self._connect()
        self.begin()

    def begin(self) -> None:
        visit, queue = self.visit, self.queue
        self.call.called_name = queue.name
        first, visit.greeted = not visit.greeted, True
        if self._key:
            self._wait()
            self.pressed(self._key)
        elif first and queue.greeting is not None:
            self.say(queue.greeting)
        else:
            self._wait()

    def said(self) -> None:
        if self._leaves:
            self.finish(Ending.by_us(Outcome.COMPLETED))
            return
        if not self._waits:
            self._wait()

    def pressed(self, key: str) -> None:
        queue = self.queue
        if self._leaves or not key:
            return
        if key == queue.callback_key:
            self._call_back()
        elif key == queue.leave_key and queue.leave_to is not None:
            self._go("key", place_now(self.call, queue.leave_to, self.visit.facts) or HANG_UP)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        super().handle(leg, event)
        if isinstance(event, Ended) and leg is self.leg and not self._leaves:
            self.next = Ending(Outcome.CANCELLED, event.code, leg.number)

    def leave(self) -> None:
        super().leave()
        queues = self.call.exchange.queues
        if self.entry.call == self.call.id and not self._stays:
            queues.leave(self.entry, "abandoned")

    def give(self, leg: Leg) -> Enter | None:
        """An attended transfer into the line: who is brought has the place."""
        if self.next is not None or self._leaves or leg is not self.leg:
            return None
        return lambda call, _: self._hand_over(call)

    def hush(self) -> None:
        """Music again."""
        super().hush()
        if self.next is None and not self._leaves:
            self._connect()

    # ---- inside ----

    @property
    def _waits(self) -> bool:
        return self.remaining(self._look) is not None

    def _wait(self) -> None:
        queue, visit, entry, call = self.queue, self.visit, self.entry, self.call
        self.after(_LOOK, self._look)
        if queue.max_wait is not None:
            self.after(max(0.0, entry.since + queue.max_wait - call.now()), self._too_long)
        if queue.announce_every is not None:
            visit.tell_at = visit.tell_at or call.time() + _FIRST
            self.after(max(0.0, visit.tell_at - call.time()), self._tell)
        call.exchange.queues.waits(entry, self._offer)

    def _offer(self, ring: Ring) -> bool:
        if self.next is not None or self._leaves or self.leg.held:
            return False
        self.call.exchange.queues.waits_not(self.entry)
        self._stays = True
        numbers = ", ".join(target.number for target in ring.targets)
        _note(self.call, self.queue, f"offered to {numbers}")
        self.go(Offering(self.call, ring._replace(diverted=self.visit.facts.diverted), self.visit))
        return True

    def _look(self) -> None:
        queue, queues = self.queue, self.call.exchange.queues
        if queue.when_empty is not None and not queues.present(queue):
            place = place_now(self.call, queue.when_empty, self.visit.facts)
            if place is not None:
                self._go("empty", place)
                return
        self.after(_LOOK, self._look)
        queues.look_soon()

    def _too_long(self) -> None:
        self._go("timeout", place_now(self.call, self.queue.then, self.visit.facts) or HANG_UP)

    def _go(self, reason: str, place: str) -> None:
        call, visit = self.call, self.visit
        call.exchange.queues.leave(self.entry, reason)
        self._stays = True
        if place == HANG_UP and visit.unanswered is not None:
            self.next = visit.unanswered(Outcome.NO_ANSWER)
            return
        onward = send_on(call, place, visit.facts, visit.unanswered)
        if isinstance(onward, Ending):
            self._leaves = reason
            self.finish(onward if place != HANG_UP else Ending.by_us(Outcome.NO_ANSWER))
        else:
            self.next = onward

    def _call_back(self) -> None:
        caller = self.leg
        if is_hidden(caller.number):
            self.say(Prompt("queue-no-callback"))
            return
        self._leaves = "callback"
        self._stays = True
        self._due.clear()
        self.call.exchange.queues.wants_callback(self.entry)
        self.say(Prompt("will-call-back"))

    def _hand_over(self, call: "Call") -> "InQueue":
        entry, visit, caller = self.entry, self.visit, call.caller
        self._stays = True
        entry.number, entry.name, entry.trunk = caller.number, caller.name, caller.trunk
        call.exchange.queues.hand_over(entry, call.id)
        facts = visit.facts._replace(caller=caller.number, trunk=caller.trunk)
        return InQueue(call, Visit(entry, facts, None, visit.tell_at, visit.greeted))

    def _tell(self) -> None:
        """Where he is, and what he can do."""
        queue, visit, queues = self.queue, self.visit, self.call.exchange.queues
        every = queue.announce_every
        if every is None:
            return
        visit.tell_at = self.call.time() + every
        self.after(every, self._tell)
        place = queues.line(queue.key).place(self.entry)
        parts: list[Prompt] = []
        if queue.announce != "wait":
            parts.append(Prompt("queue-next") if place == 1 else Prompt.of("queue-place", place=str(place)))
        seconds = queues.expected_wait(queue, place) if queue.announce != "place" else None
        if seconds is not None:
            parts.append(_wait_in_words(seconds))
        if queue.callback_key is not None and not is_hidden(self.leg.number):
            parts.append(Prompt.of("queue-callback", key=queue.callback_key))
        if queue.leave_key is not None:
            parts.append(Prompt.of("queue-leave", key=queue.leave_key))
        if parts and not self.leg.held:
            self.say(*parts)

    def _connect(self, anew: Leg | None = None) -> None:
        leg, music = self.leg, self.call.music_for(self.entry.queue.key)
        if self._player is not None or music is None or self._leaves:
            super()._connect(anew)
            return
        pairs: list[Pair] = [(leg, NOWHERE)]
        if not leg.held:
            pairs.append((music, leg))
        self.call.hearing.let(pairs, anew)


def _wait_in_words(seconds: float) -> Prompt:
    minutes = round(seconds / 60)
    if minutes < 1:
        return Prompt("queue-wait-short")
    return Prompt("queue-wait-minute") if minutes == 1 else Prompt.of("queue-wait", minutes=str(minutes))


class Offering(Ringing):
    """Agents are rung for him, who hears the queue's music meanwhile. Nobody answers: he waits on."""

    def __init__(self, call: "Call", ring: Ring, visit: Visit) -> None:
        super().__init__(call, ring, visit.facts, None, self._back)
        self._visit = visit
        self._called: set[str] = set()
        self._stays = False

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        queue = self.call.exchange.queues.settings(self._visit.entry)
        if leg is self.call.caller and isinstance(event, Digit):
            if event.digit in (queue.leave_key, queue.callback_key):
                self._give_up(because(487, "Caller does not wait"))
                self.call.exchange.queues.not_taken(self._visit.entry, set())
                self._stays = True
                self.next = InQueue(self.call, self._visit, key=event.digit)
            return
        super().handle(leg, event)

    def give(self, leg: Leg) -> Enter | None:
        """Nobody is handed over at this moment."""
        return None

    def leave(self) -> None:
        super().leave()
        entry = self._visit.entry
        if entry.call == self.call.id and not self._stays:
            self.call.exchange.queues.leave(entry, "abandoned")
        self._unanswered = None  # no cycle stays behind

    def _start(self, target: Target) -> None:
        super()._start(target)
        self._called.update(leg.number for leg in self.fork.branches)

    def _connect(self, leg: Leg) -> None:
        self._stays = True
        self.call.exchange.queues.answered(self._visit.entry, leg.number, self.call.id)
        super()._connect(leg)

    def _caller_gone(self, event: Ended) -> None:
        super()._caller_gone(event)
        self.next = Ending(Outcome.CANCELLED, event.code, self.call.caller.number)

    def _back(self, outcome: Outcome) -> Step:
        self._stays = True
        missed = self._called if outcome in _NOT_ANSWERED else set()
        self.call.exchange.queues.not_taken(self._visit.entry, missed)
        return InQueue(self.call, self._visit)
