"""Attended transfer by keys: one side asks somebody while the other waits, then connects them or comes back.

He hangs up to connect them, also while it still rings; the code again brings him back to who waits.
"""

from typing import TYPE_CHECKING

from softswitch.calls import three_way
from softswitch.calls.ending import Ending
from softswitch.calls.inbox import Played
from softswitch.calls.step import Enter, Step
from softswitch.calls.talking import Talking
from softswitch.config import Feature
from softswitch.records.events import TransferEnded, TransferStarted
from softswitch.routing import CallFacts, Outcome
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended, LegEvent, MediaChanged
from softswitch.sip.leg_state import LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def consult(call: "Call", by: Leg, waits: Leg, target: str) -> Step | Ending:
    """Ring the target for `by`; who waits is not forgotten. What cannot be rung leads back at once."""
    call.publish(TransferStarted(call.now(), call.id, by.number, target, "attended"))
    consultation = Consultation(call, by, waits, target)
    call.caller, call.callee = by, None
    step = call.decide(CallFacts(by.number, target, call.hops), consultation, lambda _: consultation.back())
    if isinstance(step, Ending):
        consultation.done(step.outcome.status)
        return consultation.back()
    return step


class Consultation:
    """Who waits while somebody is asked about him: a side of the call that rings."""

    def __init__(self, call: "Call", by: Leg, waits: Leg, to: str) -> None:
        self.leg = waits
        self.by = by
        self._call = call
        self._to = to

    @property
    def is_there(self) -> bool:
        """Whether he still waits."""
        return self.leg.state is not LegState.ENDED and self.leg in self._call.legs

    def pairs(self) -> list[Pair]:
        """He hears music."""
        if not self.is_there or self._call.caller is self.leg:
            return []
        pairs: list[Pair] = [] if self.leg.held else [(self.leg, NOWHERE)]
        music = self._call.music
        if music is not None and not self.leg.held:
            pairs.append((music, self.leg))
        return pairs

    def handle(self, event: LegEvent | Played) -> None:
        """Nothing of what he does changes who is rung; when he hangs up, the asking goes on without him."""

    def tell(self, status: int) -> None:
        """He is not told: he hears music."""

    def done(self, status: int) -> None:
        """The attempt is over."""
        if status >= 300:
            call = self._call
            call.publish(TransferEnded(call.now(), call.id, self.by.number, self._to, status))

    def caller_gone(self) -> bool:
        """Who asked has hung up while it rings: who waits is rung for from now on."""
        if not self.is_there:
            return False
        self._call.caller = self.leg
        return True

    def after_answer(self) -> Step:
        """They talk about him, or with him if the one who asked has gone."""
        call = self._call
        if call.caller is self.leg or not self.is_there:
            if call.caller is self.leg:
                self.handed_over()
            return Talking(call)
        return Consulting(call, self)

    def handed_over(self) -> None:
        """Who asked has left the two others together."""
        call = self._call
        call.publish(TransferEnded(call.now(), call.id, self.by.number, self._to, 200))

    def back(self) -> Step | Ending:
        """Who asked and who waits are together again, as far as they are still there."""
        call = self._call
        if not self.is_there or self.by.state is LegState.ENDED:
            return Ending(Outcome.COMPLETED, 200, self.by.number)
        call.caller, call.callee = self.by, self.leg
        return Talking(call)


class Consulting(Talking):
    """Who asks and who is asked talk; the third one hears music."""

    has_third = True
    answers_refer = 603  # three are in it: who would be sent where?

    def __init__(self, call: "Call", consultation: Consultation) -> None:
        super().__init__(call)
        self.consultation = consultation

    @property
    def waits(self) -> Leg:
        """The third one."""
        return self.consultation.leg

    def pairs(self) -> list[Pair]:
        return super().pairs() + self.consultation.pairs()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        call, consultation = self.call, self.consultation
        if leg is self.waits:
            if isinstance(event, Ended):
                self.next = Talking(call)
            elif isinstance(event, MediaChanged):
                self.connect(anew=leg)
        elif isinstance(event, Ended) and leg is consultation.by:
            self.hand_over()
        elif isinstance(event, Ended):
            self.next = consultation.back()
        else:
            super().handle(leg, event)

    def use(self, leg: Leg, feature: Feature) -> None:
        if leg is self.consultation.by and feature is Feature.ATTENDED_TRANSFER:
            self.come_back()
        elif leg is self.consultation.by and feature is Feature.THREE_WAY:
            self.next = three_way.join_all(self.call, self.consultation)

    def hand_over(self) -> None:
        """Who asked has left: the other two are together."""
        call = self.call
        asked = call.callee
        call.caller = self.waits
        self.consultation.done(200)
        call.publish(
            TransferEnded(
                call.now(), call.id, self.consultation.by.number, asked.number if asked else "", 200
            )
        )
        call.show_each_other()
        self.next = Talking(call)

    def come_back(self) -> None:
        """Who asked wants the one that waits again: the one asked is let go."""
        asked = self.call.callee
        if asked is not None:
            self.call.dismiss(asked, at_once=True)
        self.next = self.consultation.back()

    def give(self, leg: Leg) -> Enter | None:
        return None  # three are in it: which one would be meant?
