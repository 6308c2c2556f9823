"""What the switch says to one party."""

from pathlib import Path
from typing import TYPE_CHECKING

from softswitch.calls.inbox import Played
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.player import Player

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class Announcement:
    """A prompt, or one made of several, played to a leg. Its end comes to the call's step as `Played`."""

    def __init__(
        self, call: "Call", leg: Leg, prompt: str, tone: Path | None = None, /, **slots: str
    ) -> None:
        """`prompt` is its name in the catalogue, `slots` what is said in it; `tone` comes after it.

        A prompt that cannot be played is logged, and is over at once: a missing file, or a bridge without a
        place left, must not cost the call.
        """
        self._leg = leg
        self._player: Player | None = None
        language = call.language_of(leg)
        files = call.exchange.prompts.files(language, prompt, **slots)
        try:
            if files:
                self._player = Player(
                    (*files, tone) if tone is not None else files, lambda: call.inbox.post(leg, Played())
                )
                return
            call.log.warning("prompt missing", prompt=prompt, language=language)
        except SipError as error:
            call.log.warning("prompt not played", prompt=prompt, error=str(error))
        call.inbox.post(leg, Played())

    def pairs(self) -> list[Pair]:
        """The leg hears it, and what the leg says is read all the same."""
        pairs: list[Pair] = [(self._leg, NOWHERE)]
        if self._player is not None and not self._leg.held:
            pairs.append((self._player, self._leg))
        return pairs

    def close(self) -> None:
        """It falls silent. Harmless when repeated."""
        if self._player is not None:
            self._player.close()
            self._player = None
