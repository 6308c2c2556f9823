"""How the party that waits is told what happens at the other side: by SIP, or by ear once answered."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from softswitch.calls.identity import Header
from softswitch.calls.tone import start_tone
from softswitch.sip.hearing import NOWHERE, Pair, Voice
from softswitch.sip.leg import Leg
from softswitch.sip.leg_state import LegState
from softswitch.sip.player import Player
from softswitch.sip.sound import Music

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

_UNANSWERED = (LegState.INCOMING, LegState.EARLY)


def is_answered(leg: Leg) -> bool:
    """Whether it is in a conversation with us, so that only its ears can be told anything."""
    return leg.state not in _UNANSWERED


class Waiting:
    """A party of a call, while somebody else is rung for it."""

    def __init__(
        self,
        call: "Call",
        party: Leg,
        side: "Side | None" = None,
        others: Callable[[], list[Pair]] = list,
        music: Music | None = None,
        instead_of_ringing: bool = False,
    ) -> None:
        """`side`: who else is in the call and has to hear something meanwhile; `others`: who is asked.

        `music`: another one than the call's. `instead_of_ringing`: it is heard until somebody answers; a
        party that is not answered hears it as early media, which costs it nothing.
        """
        self._call = call
        self._party = party
        self._side = side
        self._others = others
        self._music = music or call.music
        self._plays_on = instead_of_ringing and self._music is not None
        self._hears: Voice | None = None
        self._tone: Player | None = None
        self._told = False
        self._has_early_media = False

    def begin(self) -> None:
        """Nobody rings yet: who was answered before hears music."""
        if is_answered(self._party):
            self._let_hear(self._music)
        elif self._plays_on:
            self._party.progress()
            self._let_hear(self._music)
        elif self._side is not None:
            self.again()

    def ringing(self, identity: tuple[Header, ...]) -> None:
        """The other side rings."""
        if self._told or self._has_early_media or self._plays_on:
            return
        self._told = True
        # Who has heard early media of somebody rung before listens to us, whatever his phone is told.
        if is_answered(self._party) or self._party.slot is not None:
            self._tone = start_tone(self._call, "ringback")
            self._let_hear(self._tone)
        if not is_answered(self._party):
            self._party.ring(identity)

    def early_media(self, leg: Leg, identity: tuple[Header, ...], anew: Leg | None = None) -> None:
        """What the other side plays before it answers is the party's to hear."""
        if leg.slot is None or self._plays_on:
            return
        if not self._has_early_media:
            self._has_early_media = True
            if not is_answered(self._party):
                self._party.progress(identity)
        self._let_hear(leg, anew)

    def connected(self, identity: tuple[Header, ...]) -> None:
        """The other side has answered."""
        if not is_answered(self._party):
            self._party.answer(identity)

    def close(self) -> None:
        """The tone ends."""
        self._others = list  # no cycle stays behind
        if self._tone is not None:
            self._tone.close()
            self._tone = None

    def again(self, anew: Leg | None = None) -> None:
        """Somebody's sound is not what it was: connect what should be heard."""
        party = self._party
        pairs: list[Pair] = [] if party.held else [(party, NOWHERE)]
        if self._hears is not None and not party.held:
            pairs.append((self._hears, party))
        if self._side is not None:
            pairs += self._side.pairs()
        pairs += self._others()
        self._call.hearing.let(pairs, anew)

    def _let_hear(self, voice: Voice | None, anew: Leg | None = None) -> None:
        self._hears = voice
        self.again(anew)
