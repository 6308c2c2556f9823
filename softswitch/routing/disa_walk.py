"""An imagined call that wants an outside line by pin. Pure."""

from typing import TYPE_CHECKING, Final

from softswitch.config.disa import DISA, Disa
from softswitch.routing.decision import CallFacts, Decision, Diversion, Reason
from softswitch.routing.outcome import Outcome

if TYPE_CHECKING:
    from softswitch.routing.journey import Journey

LONGEST: Final = 24
"""Digits."""
CALLS: Final = 5
"""Numbers that may be dialled one after the other, when one is not reached."""
END, ANEW = "#", "*"


class DisaWalk:
    """The extension, its pin, then the number."""

    def __init__(self, journey: "Journey", settings: Disa) -> None:
        self._journey = journey
        self._settings = settings
        self._extension = journey.question.disa
        self._left = CALLS

    def begin(self) -> Decision | None:
        """The decision on what is dialled; None when it comes to nothing."""
        if not self._extension and not self._proves_who_he_is():
            return None
        line = self._journey.line_of("extensions", self._extension, "disa_pin")
        why = Reason(f"the pin is that of {self._extension}, whose rights count", line)
        self._journey.note(f"granted to {self._extension}", (why,))
        return self._dial()

    def _proves_who_he_is(self) -> bool:
        journey = self._journey
        line = journey.line_of(DISA, "attempts")
        for _ in range(self._settings.attempts):
            number, pin = self._typed(), self._typed()
            if number is None or pin is None:
                return False  # nothing more is known of him
            extension = journey.router.extension(number)
            wanted = extension.disa_pin if extension is not None else None
            if wanted is not None and wanted.get_secret_value() == pin:
                self._extension = number
                return True
            journey.note("wrong pin")
        journey.note(
            "refuse wrong-pin", (Reason(f"{self._settings.attempts} wrong pins end the call", line),)
        )
        return False

    def _dial(self) -> Decision | None:
        journey = self._journey
        while self._left > 0:
            self._left -= 1
            typed = self._typed()
            if not typed:
                return None
            journey.note(f"dials {typed}")
            if not journey.router.is_for_disa(typed):
                journey.note(
                    "no such number", (Reason(f"{typed} cannot be dialled through an outside line"),)
                )
                continue
            question = journey.question
            way = (Diversion(self._extension, DISA),)
            journey.facts = CallFacts(
                question.caller, typed, trunk=question.trunk, diverted=way, at=question.at
            )
            journey.then_in_vain(self._again)
            return journey.router.decide(journey.facts, question.state)
        return None

    def _again(self, _outcome: Outcome) -> Decision | None:
        """He may dial another number."""
        return self._dial()

    def _typed(self) -> str | None:
        return self._journey.keys.number(END, ANEW, LONGEST)
