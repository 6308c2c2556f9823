"""Somebody is rung for the party that waits, until one answers or nobody will."""

import secrets
from functools import partial
from typing import TYPE_CHECKING, Final

from softswitch.calls import hunting, outside
from softswitch.calls.accepting import KEY, PAUSE, Accepting
from softswitch.calls.auto_answer import auto_answer
from softswitch.calls.diversion import diversion_headers, earlier_headers
from softswitch.calls.ending import Ending
from softswitch.calls.fork import Fork
from softswitch.calls.hunting import SILENCE, Hunt
from softswitch.calls.identity import ELSEWHERE, Header, address, asserted, because
from softswitch.calls.inbox import Played
from softswitch.calls.srtp import srtp_towards
from softswitch.calls.step import Enter, Step, Unanswered
from softswitch.calls.talking import Talking
from softswitch.calls.turns import Turns
from softswitch.calls.waiting import Waiting, is_answered
from softswitch.records.events import CallsMerged, DeviceCalled, DeviceEnded, DeviceRinging
from softswitch.routing import CallFacts, Outcome, Ring, Target
from softswitch.routing.outcome import most_telling, outcome_of_status
from softswitch.sip.destination import Destination
from softswitch.sip.hearing import Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Digit, Ended, LegEvent, MediaChanged
from softswitch.sip.leg_events import Ringing as LegRinging
from softswitch.sip.leg_state import LegState
from softswitch.sip.sdp import first_codec

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

_TICK: Final = 0.005
"""Seconds: what is due so soon is due now."""


class Ringing(Step):
    """One attempt to reach somebody."""

    state = "ringing"

    def __init__(
        self,
        call: "Call",
        ring: Ring,
        facts: CallFacts,
        side: "Side | None" = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        super().__init__(call)
        self.fork = Fork()
        self.ring = ring
        self.facts = facts
        self._side = side
        self._unanswered = unanswered
        self._turns = Turns(ring.targets)
        self._to_accept: set[Leg] = set()
        """Legs that have not got the call by answering: see accepting.py."""
        self._asked: dict[Leg, Accepting] = {}
        self._waiting = self._begin_to_wait(side)
        self._hunts: dict[Leg, Hunt] = {}
        """What to try next when a trunk's leg fails."""
        self._identity = (asserted(call.exchange.domain, ring.number, ring.name),)

    @classmethod
    def taken_over(cls, call: "Call", other: "Ringing", unanswered: Unanswered) -> "Ringing":
        """The attempt of another call, for the caller of this one: whoever rings there rings on for him."""
        call.callee, call.called_name = None, other.ring.name
        call.publish(CallsMerged(call.now(), call.id, other.call.id, other.ring.number))
        ringing = cls(call, other.ring, other.facts, None, unanswered)
        ringing.fork, other.fork = other.fork, Fork()
        ringing.after(other.remaining(other._no_answer) or 0.0, ringing._no_answer)
        for leg in ringing.fork.branches:
            call.adopt(leg, other.call)
        ringing._turns, ringing._to_accept = other._turns, other._to_accept
        if ringing._turns.more:
            ringing.after(other.remaining(other._ring_late) or 0.0, ringing._ring_late)
        ringing._stop_later()
        ringing._hunts, other._hunts = other._hunts, {}
        for leg in other._asked:
            ringing._asked[leg] = Accepting(call, leg)
        other._hush()
        return ringing

    def start(self) -> None:
        self._waiting.begin()
        if self.fork.branches:
            if any(leg.state is LegState.EARLY for leg in self.fork.branches):
                self._waiting.ringing(self._identity)
            for asked in tuple(self._asked.values()):
                self._ask(asked)
            return
        self.after(self.ring.seconds, self._no_answer)
        self._ring_late()

    def _begin_to_wait(self, side: "Side | None") -> Waiting:
        call, ring = self.call, self.ring
        music = call.music_for(ring.number)
        return Waiting(call, call.caller, side, self._questions, music, instead_of_ringing=ring.music)

    def _ring_late(self) -> None:
        """It is time for the next ones; if none of them can be rung, for those after them."""
        self._stop_those_due()
        for target in self._turns.begin():
            rung = len(self.fork.branches)
            self._start(target)
            legs = self.fork.branches[rung:]
            self._turns.rung(target, legs, self.call.time())
            if target.must_accept:
                self._to_accept.update(legs)
        if self._turns.more:
            self.after(self._turns.until_next(), self._ring_late)
        self._stop_later()
        self._go_on()

    def _stop_later(self) -> None:
        due = self._turns.next_stop()
        if due is not None:
            self.after(max(0.0, due - self.call.time()), self._stop)

    def _stop(self) -> None:
        """Somebody's turn is over."""
        if self._turns.more and (self.remaining(self._ring_late) or 0.0) < _TICK:
            return  # the next ones begin at this moment, and see to it themselves
        self._stop_those_due()
        self._stop_later()
        self._go_on()

    def _stop_those_due(self) -> None:
        for leg in self._turns.due(self.call.time() + _TICK):
            if leg in self.fork.branches and leg not in self._asked:
                self.call.disown(leg)
                self.fork.stop_one(leg, because(480, "No answer"), Outcome.NO_ANSWER)

    def _go_on(self) -> None:
        """As long as somebody rings, or is still to be rung; else it has failed."""
        if self.fork.open:
            return
        if self._turns.more and self.fork.stopped_by is None:
            self._ring_late()
        else:
            self._fail(self._why())

    def _start(self, target: Target) -> None:
        call = self.call
        if target.trunk:
            self._hunt_on(Hunt(call, target))
            return
        if self.ring.skip_busy and call.exchange.state_for(call).calls_of(target.number):
            self.fork.failures.append(Outcome.BUSY)  # since it was decided who rings
            return
        devices = call.exchange.devices(target.number, call.legs)
        self.fork.start(devices, partial(self._dial, target.number))

    def _hunt_on(self, hunt: Hunt) -> None:
        """Dial by the next line, as soon as one can be dialled by."""
        call, branches = self.call, self.fork.branches
        rung, way = len(branches), hunt.next()
        while way is not None:
            target, destination = way
            dial = partial(outside.dial, call, target, self._way())
            self.fork.start((destination,), dial, Outcome.TRUNK_UNREACHABLE)
            if len(branches) > rung:
                leg = branches[-1]
                self._hunts[leg] = hunt
                if hunt.must_accept:
                    self._to_accept.add(leg)
                if hunt.goes_on:
                    self.after(SILENCE, partial(self._no_response, leg))
                return
            way = hunt.next()
        if not self.fork.failures:
            self.fork.failures.append(Outcome.TRUNK_UNREACHABLE)

    def _no_response(self, leg: Leg) -> None:
        """Whoever has not even said that he tries is not there."""
        if leg in self.fork.branches and not hunting.has_responded(self.call, leg):
            self.call.dismiss(leg, at_once=True)
            self._take(leg, Ended(408, "No Response", by_remote=False))

    def _no_answer(self) -> None:
        if self._asked:
            # Somebody has the phone at his ear: he may have his time.
            last = max(asked.until for asked in self._asked.values())
            self.after(last - self.call.time() + 0.1, self._no_answer)
            return
        self._give_up(because(480, "No answer"))
        self._fail(Outcome.NO_ANSWER)

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
        self._hush()

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
        if leg in self._to_accept:
            answer = self._answer_of(leg, event)
            if answer is None:
                return
            event = answer
        if isinstance(event, Played):
            return
        fork.take(leg, event)
        if isinstance(event, LegRinging):
            self._rings(leg, event.code)
        elif isinstance(event, MediaChanged):
            if leg.state is LegState.EARLY and fork.ringing_alone and leg not in self._to_accept:
                self._waiting.early_media(leg, self._identity, anew=leg)
        elif isinstance(event, Answered):
            self._give_up(ELSEWHERE)
            self._connect(leg)
        elif isinstance(event, Ended):
            self._refused(leg, event)

    def _refused(self, leg: Leg, event: Ended) -> None:
        call, stopped_by = self.call, self.fork.stopped_by
        call.publish(DeviceEnded(call.now(), call.id, leg.number, event.code, event.reason, leg.call_id))
        outside.note(call, leg, self.fork.failures[-1], event.code, event.reason)
        self._turns.over(leg)
        hunt = self._hunts.pop(leg, None)
        if hunt is not None and hunting.has_failed(event):
            self._hunt_on(hunt)
        if stopped_by is not None and self._are_colleagues:
            # One of them speaks for his own phones.
            self.fork.stopped_by = None
            for other in [one for one in self.fork.branches if one.number == leg.number]:
                self.call.disown(other)
                self.fork.stop_one(other, because(stopped_by, "Declined"), Outcome.DECLINED)
        elif stopped_by is not None:
            self._give_up(because(stopped_by, "Declined"))
        if not any(one.number == leg.number for one in self.fork.branches):
            self._turns.without(leg.number)
        self._go_on()

    @property
    def _are_colleagues(self) -> bool:
        """Whether several people are rung, not one of them at several places."""
        return len({target.number for target in self.ring.targets if not target.must_accept}) > 1

    def _rings(self, leg: Leg, status: int) -> None:
        call = self.call
        call.publish(DeviceRinging(call.now(), call.id, leg.number, status, leg.call_id))
        # Sound of the same response is there by now: a 180 before our 183 would ring over it.
        heard = leg.state is LegState.EARLY and self.fork.ringing_alone and leg not in self._to_accept
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

    def _give_up(self, why: Header) -> None:
        """Those that still ring stop."""
        self._hush()
        for leg in self.fork.branches:
            self.call.disown(leg)
        self.fork.stop(why)

    # ---- who has to accept ----

    def _answer_of(self, leg: Leg, event: LegEvent | Played) -> LegEvent | None:
        """What the leg's event means for the call; None when it means nothing yet."""
        asked = self._asked.get(leg)
        if isinstance(event, Answered):
            if asked is None:
                self.call.has_sound(leg)
                self._asked[leg] = asked = Accepting(self.call, leg)
                self._ask(asked)
            return None
        if asked is None:
            return None if isinstance(event, Played | Digit) else event
        match event:
            case Digit() if event.digit == KEY:
                self._accepted(asked)
                return Answered()
            case Ended():
                self._accepted(asked)
                return Ended(480, "Not Accepted", event.by_remote)
            case Played():
                asked.waits = True
                self.after(PAUSE, self._ask_again)
            case MediaChanged():
                self._waiting.again(anew=leg)
        return None

    def _ask(self, asked: Accepting) -> None:
        asked.ask()
        self._waiting.again()
        self.after(max(0.0, asked.until - self.call.time()), self._silent)

    def _ask_again(self) -> None:
        for asked in self._asked.values():
            if asked.waits:
                asked.ask()
        self._waiting.again()

    def _silent(self) -> None:
        """Who has not pressed the key in time has refused: his voicemail, perhaps."""
        for asked in tuple(self._asked.values()):
            if asked.until <= self.call.time():
                self._to_accept.discard(asked.leg)
                self._accepted(asked)
                self.call.dismiss(asked.leg, at_once=True)
                self._take(asked.leg, Ended(480, "Not Accepted", by_remote=False))
        if self._asked and self.next is None:
            first = min(asked.until for asked in self._asked.values())
            self.after(max(0.0, first - self.call.time()), self._silent)

    def _accepted(self, asked: Accepting) -> None:
        """He is asked no more."""
        asked.close()
        del self._asked[asked.leg]
        self._waiting.again()

    def _questions(self) -> list[Pair]:
        return [pair for asked in self._asked.values() for pair in asked.pairs()]

    def _hush(self) -> None:
        for asked in self._asked.values():
            asked.close()
        self._asked.clear()

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

    def _why(self) -> Outcome:
        fork = self.fork
        if fork.stopped_by is not None:
            return outcome_of_status(fork.stopped_by)
        if fork.out_of_resources and not fork.failures:
            return Outcome.OVERLOADED
        return most_telling(fork.failures)

    def _dial(self, number: str, destination: Destination) -> Leg:
        call, ring = self.call, self.ring
        exchange, caller = call.exchange, call.caller
        called = call.router.extension(number)
        leg = exchange.engine.call(
            destination,
            number=number,
            to=address(exchange.domain, ring.number, ring.name),
            from_=address(exchange.domain, caller.number, self._shown_name()),
            call_id=secrets.token_hex(12),
            srtp=srtp_towards(called),
            headers=self._headers(),
            first_codec=first_codec(call.offer, exchange.codecs),
        )
        leg.name = called.name if called else number
        call.own(leg)
        device = f"{destination.ip}:{destination.port}"
        call.publish(DeviceCalled(call.now(), call.id, number, device, leg.call_id))
        return leg

    def _headers(self) -> tuple[Header, ...]:
        call = self.call
        shown = asserted(call.exchange.domain, call.caller.number, self._shown_name())
        answer = auto_answer(call.exchange.domain) if self.ring.auto_answer else ()
        return (shown, *answer, *self._way())

    def _shown_name(self) -> str:
        """What the phones that ring show of the caller: `Sales: Anna Berg`, `Sales: +491711234567`."""
        caller, department = self.call.caller, self.ring.caller_as
        return f"{department}: {caller.name or caller.number}" if department else caller.name

    def _way(self) -> tuple[Header, ...]:
        """How far it may go still, and how it has come here."""
        call = self.call
        domain = call.exchange.domain
        diverted = diversion_headers(domain, self.ring.diverted, self.ring.number)
        earlier = earlier_headers(domain, self.facts.came_by)
        return (("Max-Forwards", str(call.hops - 1)), *diverted, *earlier)
