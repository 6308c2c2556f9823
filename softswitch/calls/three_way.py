"""Three who talk together: who asks, who is asked, and the one that waited."""

from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.calls.talking import Talking
from softswitch.records.events import CallsJoined
from softswitch.routing import Outcome
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended, LegEvent, MediaChanged
from softswitch.sip.leg_state import LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.consulting import Consultation


def join_all(call: "Call", consultation: "Consultation") -> Step | None:
    """All three hear each other; None when one of them has gone."""
    if call.callee is None or not consultation.is_there:
        return None
    call.publish(CallsJoined(call.now(), call.id, consultation.by.number))
    return ThreeWay(call, consultation.leg)


class ThreeWay(Step):
    """Caller, callee and a third one. When one leaves, the other two talk on."""

    state = "conference"

    def __init__(self, call: "Call", third: Leg) -> None:
        super().__init__(call)
        self._third = third

    @property
    def parties(self) -> list[Leg]:
        """Everybody."""
        call = self.call
        return [leg for leg in (call.caller, call.callee, self._third) if leg is not None]

    def start(self) -> None:
        self.call.has_sound(*self.parties)
        self._connect()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg not in self.parties:
            return
        if isinstance(event, MediaChanged):
            self._connect(anew=leg)
        elif isinstance(event, Ended):
            self._goes(leg)

    def _goes(self, leg: Leg) -> None:
        call = self.call
        rest = [one for one in self.parties if one is not leg]
        if leg.state is not LegState.ENDED:
            call.dismiss(leg, at_once=True)  # the watchdog has given it up
        if len(rest) != 2:
            self.next = Ending(Outcome.COMPLETED, 200, leg.number)
            return
        call.caller, call.callee = rest
        call.show_each_other()
        self.next = Talking(call)

    def _connect(self, anew: Leg | None = None) -> None:
        here = [leg for leg in self.parties if not leg.held]
        pairs: list[Pair] = [(one, other) for one in here for other in here if one is not other]
        if len(here) == 1:
            pairs.append((here[0], NOWHERE))
        if self.call.recording is not None:
            caller, *others = self.parties
            pairs += self.call.recording.pairs(caller, *others)
        self.call.hearing.let(pairs, anew)
