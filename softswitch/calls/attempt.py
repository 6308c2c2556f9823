"""One attempt to reach somebody: whose turn it is to ring, by which way, and when it has failed.

What the party that waits is told of it is in ringing.py.
"""

from functools import partial
from typing import TYPE_CHECKING, Final

from softswitch.calls import hunting, outside
from softswitch.calls.asking import Asking
from softswitch.calls.fork import Fork
from softswitch.calls.hunting import SILENCE, Hunt
from softswitch.calls.identity import Header, because
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.calls.turns import Turns
from softswitch.calls.ways import Ways
from softswitch.records.events import DeviceEnded
from softswitch.routing import CallFacts, Outcome, Ring, Target
from softswitch.routing.outcome import most_telling, outcome_of_status
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended, LegEvent

if TYPE_CHECKING:
    from softswitch.calls.call import Call

_TICK: Final = 0.005
"""Seconds: what is due so soon is due now."""


class Attempt(Step):
    """Base of `Ringing`, which says what the legs' events and the failure mean."""

    state = "ringing"
    answers_refer = 491

    def __init__(self, call: "Call", ring: Ring, facts: CallFacts) -> None:
        super().__init__(call)
        self.fork = Fork()
        self.ring = ring
        self.facts = facts
        self._turns = Turns(ring.targets)
        self._ways = Ways(call, ring, facts)
        self._asking = Asking(call)
        self._hunts: dict[Leg, Hunt] = {}
        """What to try next when a trunk's leg fails."""

    def _take(self, leg: Leg, event: LegEvent | Played) -> None:
        """What a device tells."""
        raise NotImplementedError

    def _fail(self, outcome: Outcome) -> None:
        """Nobody takes the call."""
        raise NotImplementedError

    def _begin(self) -> None:
        self.after(self.ring.seconds, self._no_answer)
        self._ring_late()

    def _rings_on(self, other: "Attempt") -> None:
        """Whoever rings for another call rings for this one from now on."""
        self.fork, other.fork = other.fork, Fork()
        self.after(other.remaining(other._no_answer) or 0.0, self._no_answer)
        for leg in self.fork.branches:
            self.call.adopt(leg, other.call)
        self._turns = other._turns
        if self._turns.more:
            self.after(other.remaining(other._ring_late) or 0.0, self._ring_late)
        self._stop_later()
        self._hunts, other._hunts = other._hunts, {}
        for leg in self._hunts:
            self._watch(leg)
        self._asking.take_over(other._asking)

    # ---- turns ----

    def _ring_late(self) -> None:
        """It is time for the next ones; if none of them can be rung, for those after them."""
        self._stop_those_due()
        for target in self._turns.begin():
            rung = len(self.fork.branches)
            self._start(target)
            legs = self.fork.branches[rung:]
            self._turns.rung(target, legs, self.call.time())
            if target.must_accept:
                self._asking.must(legs)
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
            if leg in self.fork.branches and not self._asking.asks(leg):
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

    # ---- ways ----

    def _start(self, target: Target) -> None:
        if target.trunk:
            self._hunt_on(Hunt(self.call, target))
        else:
            self._ways.to_phones(self.fork, target.number)

    def _hunt_on(self, hunt: Hunt) -> None:
        """By the next line that can be dialled by."""
        leg = self._ways.to_next_line(self.fork, hunt)
        if leg is None:
            return
        self._hunts[leg] = hunt
        if hunt.must_accept:
            self._asking.must((leg,))
        self._watch(leg)

    def _watch(self, leg: Leg) -> None:
        """Where another line can be tried, one that says nothing is not waited for."""
        if self._hunts[leg].goes_on:
            self.after(SILENCE, partial(self._no_response, leg))

    def _no_response(self, leg: Leg) -> None:
        """Whoever has not even said that he tries is not there."""
        if leg in self.fork.branches and not hunting.has_responded(self.call, leg):
            self.call.dismiss(leg, at_once=True)
            self._take(leg, Ended(408, "No Response", by_remote=False))

    def _no_answer(self) -> None:
        last = self._asking.until
        if last is not None:
            # Somebody has the phone at his ear: he may have his time.
            self.after(last - self.call.time() + 0.1, self._no_answer)
            return
        self._give_up(because(480, "No answer"))
        self._fail(Outcome.NO_ANSWER)

    # ---- how it ends ----

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

    def _give_up(self, why: Header) -> None:
        """Those that still ring stop."""
        self._asking.close()
        for leg in self.fork.branches:
            self.call.disown(leg)
        self.fork.stop(why)

    def _why(self) -> Outcome:
        fork = self.fork
        if fork.stopped_by is not None:
            return outcome_of_status(fork.stopped_by)
        if fork.out_of_resources and not fork.failures:
            return Outcome.OVERLOADED
        return most_telling(fork.failures)
