"""Who hears whom: the connections of one conversation, of any number of parties, players and recorders.

PJMEDIA's bridge mixes whatever is connected to a slot, so a conversation is no more than a set of pairs.
"""

from collections.abc import Iterable
from typing import Final, Protocol

import structlog

from softswitch.sip import tap
from softswitch.sip.errors import SipError
from softswitch.sip.tap import lib

log = structlog.get_logger("softswitch.sip.hearing")


class Voice(Protocol):
    """What has a place in the bridge: a leg, music, a player, a recorder."""

    @property
    def slot(self) -> int | None:
        """Its place now; None while it has none."""


class _Nowhere:
    """The bridge's sound device, which is none: what goes there is read and forgotten.

    A leg that nobody reads keeps up to its jitter buffer's length of old sound, and is late and broken for
    seconds when somebody listens again.
    """

    slot: Final = 0


NOWHERE: Final[Voice] = _Nowhere()

Pair = tuple[Voice, Voice]
"""Who speaks, who hears it."""


class Hearing:
    """The pairs of one conversation. Say who should hear whom; what differs is changed, the rest sounds on.

    A re-INVITE may give a leg a new place, and the old one's connections die with it. The new place can have
    the old one's number: pairs of a leg that is named as `anew` are connected again, whatever was before.
    """

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[Pair, tuple[int, int]] = {}

    def let(self, pairs: Iterable[Pair], anew: Voice | None = None) -> None:
        """From now on these pairs and no others. Whoever has no place yet is left out until the next call."""
        made = self._made
        wanted: dict[Pair, tuple[int, int]] = {}
        for pair in pairs:
            source, sink = pair[0].slot, pair[1].slot
            if source is not None and sink is not None:
                wanted[pair] = (source, sink)
        for pair, slots in made.items():
            if wanted.get(pair) != slots:
                _part(pair, slots)
        for pair, slots in wanted.items():
            if made.get(pair) != slots or anew in pair:
                _try(lib.tap_connect(*slots), "connect")
        self._made = wanted

    def without(self, voice: Voice) -> None:
        """Nobody here hears it any more, and it hears nobody: it goes to another conversation."""
        self.let([pair for pair in self._made if voice not in pair])

    def close(self) -> None:
        """Nobody hears anybody."""
        self.let(())


def _part(pair: Pair, slots: tuple[int, int]) -> None:
    """Undo a connection, unless one of its ends has left the bridge: the number may be another's by now."""
    if (pair[0].slot, pair[1].slot) == slots:
        _try(lib.tap_disconnect(*slots), "disconnect")


def _try(status: int, what: str) -> None:
    try:
        tap.check(what, status)
    except SipError as error:
        # A leg can end between its event and our call: its end is on the way to the call's owner.
        log.debug("bridge connection not changed", what=what, error=str(error))
