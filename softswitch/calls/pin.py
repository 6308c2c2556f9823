"""A pin before a call outside: the caller enters it, and then the number is rung."""

import secrets
from typing import TYPE_CHECKING, Final

from softswitch.calls.announcement import Announcement
from softswitch.calls.ending import Ending
from softswitch.calls.identity import asserted
from softswitch.calls.inbox import Played
from softswitch.calls.ringing import Ringing
from softswitch.calls.step import Step, Unanswered
from softswitch.calls.waiting import is_answered
from softswitch.routing import CallFacts, Outcome, Ring
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent, MediaChanged

if TYPE_CHECKING:
    from softswitch.calls.call import Call

TRIES: Final = 3
PATIENCE: Final = 10.0
"""Seconds until the first key."""
BETWEEN_KEYS: Final = 5.0
"""Seconds after which what was typed counts as the pin."""


class AskingPin(Step):
    """Answers the caller and asks for the pin of `ring.pin_of`; three wrong ones end the call."""

    state = "asked for a pin"

    def __init__(self, call: "Call", ring: Ring, facts: CallFacts, unanswered: Unanswered | None) -> None:
        super().__init__(call)
        self._ring = ring
        self._facts = facts
        self._unanswered = unanswered
        self._typed = ""
        self._tries = 0
        self._says: Announcement | None = None
        self._then_say = ""
        self._ending: Ending | None = None

    def start(self) -> None:
        call, caller = self.call, self.call.caller
        if not is_answered(caller):
            caller.answer((asserted(call.exchange.domain, self._ring.number, self._ring.name),))
        call.has_sound(caller)
        self._say("enter-pin")
        self.after(PATIENCE, self._typed_all)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is not self.call.caller:
            return
        match event:
            case Ended():
                self.next = Ending(Outcome.CANCELLED, 487, leg.number)
            case MediaChanged():
                self._connect(anew=leg)
            case Played():
                self._played()
            case Digit():
                self._press(event.digit)

    def leave(self) -> None:
        self._hush()

    def _press(self, key: str) -> None:
        if self._ending is not None:
            return  # he is being told why he is not connected
        self._hush()
        self._connect()
        if key == "#":
            self._typed_all()
        elif key == "*":
            self._typed = ""
            self.after(BETWEEN_KEYS, self._typed_all)
        else:
            self._typed += key
            self.after(BETWEEN_KEYS, self._typed_all)

    def _typed_all(self) -> None:
        self.not_after_all(self._typed_all)
        typed, self._typed = self._typed, ""
        pin = self.call.router.outside.pin_of(
            self._ring.pin_of,
            self._facts._replace(at=self.call.now()),
            self.call.exchange.state_for(self.call),
        )
        if pin is None or secrets.compare_digest(typed, pin):
            self.next = Ringing(self.call, self._ring, self._facts, None, self._unanswered)
            return
        self._tries += 1
        if self._tries >= TRIES:
            self.call.log.warning("wrong pins for a call outside", number=self._ring.pin_of)
            self._ending = Ending.by_us(Outcome.WRONG_PIN)
            self._say("wrong-pin")
        else:
            self._say("wrong-pin", "enter-pin")
            self.after(PATIENCE, self._typed_all)

    # ---- what he hears ----

    def _say(self, prompt: str, then: str = "") -> None:
        self._hush()
        self._then_say = then
        self._says = Announcement(self.call, self.call.caller, prompt)
        self._connect()

    def _played(self) -> None:
        if self._then_say:
            self._say(self._then_say)
            return
        self._hush()
        self._connect()
        if self._ending is not None:
            self.next = self._ending

    def _hush(self) -> None:
        self._then_say = ""
        if self._says is not None:
            self._says.close()
            self._says = None

    def _connect(self, anew: Leg | None = None) -> None:
        nobody: list[Pair] = [(self.call.caller, NOWHERE)]
        pairs = self._says.pairs() if self._says is not None else nobody
        self.call.hearing.let(pairs, anew)
