"""Somebody is rung for the party that waits, until one answers or nobody will."""

from typing import TYPE_CHECKING

from softswitch.calls.attempt import Attempt
from softswitch.calls.ending import Ending
from softswitch.calls.identity import ELSEWHERE, asserted, because
from softswitch.calls.inbox import Played
from softswitch.calls.step import Enter, Step, Unanswered
from softswitch.calls.talking import Talking
from softswitch.calls.waiting import Waiting, is_answered
from softswitch.records.events import CallsMerged, DeviceRinging
from softswitch.routing import CallFacts, Outcome, Ring
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Ended, LegEvent, MediaChanged
from softswitch.sip.leg_events import Ringing as LegRinging
from softswitch.sip.leg_state import LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side


class Ringing(Attempt):
    """The caller of the call waits, and is told how it goes; `side` is who else is in the call."""

    def __init__(
        self,
        call: "Call",
        ring: Ring,
        facts: CallFacts,
        side: "Side | None" = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        super().__init__(call, ring, facts)
        self._side = side
        self._unanswered = unanswered
        self._waiting = self._begin_to_wait(side)
        self._identity = (asserted(call.exchange.domain, ring.number, ring.name),)

    @classmethod
    def taken_over(cls, call: "Call", other: "Ringing", unanswered: Unanswered) -> "Ringing":
        """The attempt of another call, for the caller of this one: whoever rings there rings on for him."""
        call.callee, call.called_name = None, other.ring.name
        call.publish(CallsMerged(call.now(), call.id, other.call.id, other.ring.number))
        ringing = cls(call, other.ring, other.facts, None, unanswered)
        ringing._rings_on(other)
        return ringing

    def start(self) -> None:
        self._waiting.begin()
        if self.fork.branches:
            if any(leg.state is LegState.EARLY for leg in self.fork.branches):
                self._waiting.ringing(self._identity)
            if self._asking.due is not None:
                self._ask_on()
            return
        if self.ring.diverted and not is_answered(self.call.caller):
            self.call.caller.forwarded()
        self._begin()

    def _begin_to_wait(self, side: "Side | None") -> Waiting:
        call, ring = self.call, self.ring
        music = call.music_for(ring.number)
        return Waiting(call, call.caller, side, self._asking.pairs, music, instead_of_ringing=ring.music)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if self._side is not None and leg is self._side.leg and leg is not self.call.caller:
            self._side.handle(event)
            if isinstance(event, MediaChanged):
                self._waiting.again(anew=leg)
        elif leg is not self.call.caller:
            self._take(leg, event)
        elif isinstance(event, Ended):
            self._caller_gone(event)
        elif isinstance(event, MediaChanged):
            self._waiting.again(anew=leg)

    def leave(self) -> None:
        self._waiting.close()
        self._asking.close()

    # ---- what other calls ask ----

    def join(self, leg: Leg, giver: "Call", instead_of: Leg | None = None) -> bool:
        """Whoever picks the call up has called us: he is answered in the place of those that ring."""
        if self.next is not None or self.fork.winner is not None:
            return False
        self._give_up(ELSEWHERE)
        self.call.adopt(leg, giver)
        if not is_answered(leg):
            caller = self.call.caller
            leg.answer((asserted(self.call.exchange.domain, caller.number, caller.name),))
        self._connect(leg)
        self.call.inbox.wake()
        return True

    def give(self, leg: Leg) -> Enter | None:
        """The attempt itself: a transfer to somebody who still rings."""
        if leg is not self.call.caller or self.next is not None:
            return None
        return lambda call, unanswered: Ringing.taken_over(call, self, unanswered)

    # ---- inside ----

    def _take(self, leg: Leg, event: LegEvent | Played) -> None:
        """What a device tells."""
        fork = self.fork
        if leg not in fork.branches:
            return  # given up a moment ago
        if leg in self._asking:
            meaning = self._meaning(leg, event)
            if meaning is None:
                return
            event = meaning
        if isinstance(event, Played):
            return
        fork.take(leg, event)
        if isinstance(event, LegRinging):
            self._rings(leg, event.code)
        elif isinstance(event, MediaChanged):
            if leg.state is LegState.EARLY and fork.ringing_alone and leg not in self._asking:
                self._waiting.early_media(leg, self._identity, anew=leg)
        elif isinstance(event, Answered):
            self._give_up(ELSEWHERE)
            self._connect(leg)
        elif isinstance(event, Ended):
            self._refused(leg, event)

    def _rings(self, leg: Leg, status: int) -> None:
        call = self.call
        call.publish(DeviceRinging(call.now(), call.id, leg.number, status, leg.call_id))
        # Sound of the same response is there by now: a 180 before our 183 would ring over it.
        heard = leg.state is LegState.EARLY and self.fork.ringing_alone and leg not in self._asking
        if leg.sound is not None and heard:
            self._waiting.early_media(leg, self._identity)
        self._waiting.ringing(self._identity)
        if self._side is not None:
            self._side.tell(status)

    def _connect(self, leg: Leg) -> None:
        call, side = self.call, self._side
        was_answered = is_answered(call.caller)
        # Told to the records first: killed between the two, a caller has no answer that nobody knows of.
        call.answered(leg)
        self._waiting.connected((asserted(call.exchange.domain, leg.number, leg.name),))
        if was_answered:
            call.show_each_other()
        if side is not None:
            side.done(200)
        self.next = side.after_answer() if side is not None else Talking(call)

    def _caller_gone(self, event: Ended) -> None:
        call, side = self.call, self._side
        if side is not None and side.caller_gone():
            self._waiting.close()
            self._waiting = self._begin_to_wait(None)
            self._waiting.begin()
            if any(leg.state is LegState.EARLY for leg in self.fork.branches):
                self._waiting.ringing(self._identity)
            return
        self._give_up(because(487, "Caller gave up"))
        if side is not None:
            side.done(487)
        if call.answered_at is None:
            self.next = Ending(Outcome.CANCELLED, event.code, call.caller.number)
        else:
            self.next = Ending(Outcome.COMPLETED, 200, call.caller.number)

    # ---- who has to accept ----

    def _meaning(self, leg: Leg, event: LegEvent | Played) -> LegEvent | None:
        was_asked = self._asking.asks(leg)
        meaning = self._asking.meaning(leg, event)
        if was_asked or self._asking.asks(leg):
            self._ask_on(anew=leg if isinstance(event, MediaChanged) else None)
        return meaning

    def _ask_on(self, anew: Leg | None = None) -> None:
        """Who is asked hears it now, and is looked after when it is time."""
        self._waiting.again(anew)
        due = self._asking.due
        if due is not None:
            self.after(max(0.0, due - self.call.time()), self._look_after_asked)

    def _look_after_asked(self) -> None:
        for leg in self._asking.look():
            self.call.dismiss(leg, at_once=True)
            self._take(leg, Ended(480, "Not Accepted", by_remote=False))
        if self.next is None:
            self._ask_on()

    # ---- the end of the attempt ----

    def _fail(self, outcome: Outcome) -> None:
        call = self.call
        step = None
        if not self.ring.auto_answer:
            step = call.exchange.forward(call, self.ring, self.facts, outcome, self._side, self._unanswered)
        if isinstance(step, Step):
            self.next = step
            return
        if step is not None:
            outcome = step.outcome
        if self._side is not None:
            self._side.done(outcome.status)
        self.next = Ending.by_us(outcome) if self._unanswered is None else self._unanswered(outcome)
