"""Whoever waits on hold is not forgotten: he is told so, may ask to be called back, and the holder is rung.

What is said to him comes again and again; from the first time on a key lets him be called back instead.
"""

from typing import TYPE_CHECKING, Final

from softswitch.calls.announcement import Announcement
from softswitch.calls.confirming import Confirming
from softswitch.calls.ending import Ending
from softswitch.calls.originate import RingingCaller, originate
from softswitch.calls.step import Step
from softswitch.config.voicemail import PREFIX
from softswitch.records.events import CampedOn, HeldTooLong
from softswitch.routing import CallFacts, Outcome
from softswitch.routing.callers import is_hidden
from softswitch.sip.hearing import Pair
from softswitch.sip.leg import Leg

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.talking import Talking

LEAVE_MESSAGE: Final = "1"
CALL_BACK: Final = "2"

_PROMPTS: Final = {
    "": "please-hold",
    LEAVE_MESSAGE: "hold-leave-message",
    CALL_BACK: "hold-call-back",
    LEAVE_MESSAGE + CALL_BACK: "hold-reassurance",
}
"""What is said to who may press these keys."""


class Held:
    """What is said to those who wait in one conversation, and the call that rings the holder."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._says: dict[Leg, Announcement] = {}
        self._offered: dict[Leg, str] = {}
        """The keys that each may press."""
        self._rings: Call | None = None

    def is_spoken_to(self, leg: Leg) -> bool:
        """Whether he hears a sentence now."""
        return leg in self._says

    def pairs(self, leg: Leg) -> list[Pair]:
        """He hears it."""
        return self._says[leg].pairs()

    def reassure(self, waits: Leg, holder: Leg, alone: bool) -> None:
        """Tell him that he is not forgotten. `alone`: no third one is in the call."""
        call = self._call
        keys = ""
        if alone and call.is_of_the_house(holder):
            keys += LEAVE_MESSAGE if call.router.box_of(holder.number) is not None else ""
            keys += CALL_BACK if call.router.hold.call_back and not is_hidden(waits.number) else ""
        self._offered[waits] = keys
        self._says[waits] = Announcement(call, waits, _PROMPTS[keys])

    def said(self, leg: Leg) -> bool:
        """A sentence is over; whether it was ours."""
        says = self._says.pop(leg, None)
        if says is not None:
            says.close()
        return says is not None

    def hush(self) -> None:
        """Nobody waits any more."""
        for says in self._says.values():
            says.close()
        self._says.clear()
        self._offered.clear()
        self._ring_no_more()

    def press(self, leg: Leg, key: str, holder: Leg) -> Step | Ending | None:
        """A key of who waits; the step that it leads to."""
        if key not in self._offered.get(leg, ""):
            return None
        call = self._call
        if key == LEAVE_MESSAGE:
            self._let_go(leg, holder)
            box = call.router.box_of(holder.number) or holder.number
            return call.decide(CallFacts(leg.number, PREFIX + box, call.hops, leg.trunk, sent=True))
        call.exchange.camps.add(holder.number, leg.number)
        call.publish(CampedOn(call.now(), call.id, holder.number, leg.number))
        self._let_go(leg, holder)
        return Confirming(call, "will-call-back", "Call back")

    def _let_go(self, leg: Leg, holder: Leg) -> None:
        """He waits for the holder no more: the call is his alone."""
        self._call.caller, self._call.callee = leg, None
        self._call.dismiss(holder, at_once=True)

    # ---- ringing the holder ----

    def ring_back(self, talking: "Talking", waits: Leg, holder: Leg) -> None:
        """Ring the holder's phones: whichever answers has him."""
        call = self._call
        if not call.is_of_the_house(holder) or (self._rings is not None and self._rings.state != "ended"):
            return
        call.publish(HeldTooLong(call.now(), call.id, holder.number))

        def then(ringing: "Call") -> Step | Ending:
            taken = talking.join(ringing.caller, ringing, instead_of=holder)
            return Ending(Outcome.HANDED_ON, 200, holder.number) if taken else Ending.by_us(Outcome.CANCELLED)

        seconds = call.router.ring_time_of(holder.number)
        self._rings = originate(call.exchange, holder.number, waits.number, waits.name, then, seconds)

    def _ring_no_more(self) -> None:
        rings, self._rings = self._rings, None
        if rings is not None and isinstance(rings.step, RingingCaller):
            rings.step.give_up()
