"""Whoever answers a mobile accepts the call by a key: so its own voicemail never has the caller."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.announcement import Announcement
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg

if TYPE_CHECKING:
    from softswitch.calls.call import Call

KEY: Final = "1"
SILENCE: Final = 15.0
"""Seconds without the key that count as a refusal."""
PAUSE: Final = 2.0
"""Seconds before he is asked once more: he may have had to bring the phone to his ear."""


class Accepting:
    """One leg that has answered, and is asked."""

    def __init__(self, call: "Call", leg: Leg, question: str = "accept-call") -> None:
        self.leg = leg
        self.until = call.time() + SILENCE
        """The loop's time at which his silence is a refusal."""
        self.again_at: float | None = None
        """The loop's time at which it is said again; None while it is being said."""
        self._call = call
        self._question = question
        self._says: Announcement | None = None

    def ask(self) -> None:
        """Say it, from the beginning."""
        self.close()
        self.again_at = None
        self._says = Announcement(self._call, self.leg, self._question)

    def pairs(self) -> list[Pair]:
        """He hears the question; his keys are read."""
        return self._says.pairs() if self._says is not None else [(self.leg, NOWHERE)]

    def close(self) -> None:
        """It falls silent."""
        if self._says is not None:
            self._says.close()
            self._says = None
