"""Sound between legs: who hears whom, and music for who waits. PJMEDIA does the work, on its own clock."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from softswitch.sip import tap
from softswitch.sip.errors import SipError
from softswitch.sip.tap import lib

if TYPE_CHECKING:
    from softswitch.sip.leg import Leg

log = structlog.get_logger("softswitch.sip.sound")

ACTIVE: Final = 1
LOCAL_HOLD: Final = 2
REMOTE_HOLD: Final = 3

NOWHERE: Final = 0
"""The slot of the bridge's sound device, which is none: what goes there is read and forgotten."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One leg's place in the conference bridge."""

    slot: int
    held: bool
    """The far end has put us on hold (sendonly, inactive or 0.0.0.0): its user does not listen."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a leg's RTP was like so far. Times in milliseconds."""

    codec: str
    clock_rate: int
    secured: bool
    remote: str
    received: int
    lost: int
    discarded: int
    duplicated: int
    reordered: int
    sent: int
    remote_lost: int
    jitter_ms: float
    remote_jitter_ms: float
    round_trip_ms: float


class Music:
    """One file that plays over and over; any number of legs hear it at the cost of one decoder."""

    def __init__(self, path: Path) -> None:
        """Raises EngineFailure when PJMEDIA cannot play the file (WAV, PCM 16 bit, 8 or 16 kHz)."""
        player = lib.tap_player_open(str(path).encode())
        if player < 0:
            raise tap.error(f"cannot play {path}", -player)
        self._player: int = player
        self.slot: int = lib.tap_player_slot(player)

    def close(self) -> None:
        """Nobody hears it any more."""
        lib.tap_player_close(self._player)


class Bridge:
    """Two legs that talk. Follows hold and resume of either side; nothing else needs to know.

    A re-INVITE may give a leg a new slot, and the old one's connections die with it. The new one can have the
    old one's number, so `refresh` connects all that should be connected; what is connected already stays so.
    """

    __slots__ = ("_connected", "_first", "_music", "_one_way", "_second")

    def __init__(self, first: "Leg", second: "Leg", music: Music | None, *, one_way: bool = False) -> None:
        """`one_way` is for early media: the first leg hears the second, not the other way round."""
        self._first = first
        self._second = second
        self._music = music
        self._connected: frozenset[tuple[int, int]] = frozenset()
        self._one_way = one_way
        self.refresh()

    def refresh(self) -> None:
        """Bring the connections in line with what the legs' sound is now."""
        wanted = self._wanted()
        for source, sink in self._connected - wanted:
            _try(lib.tap_disconnect(source, sink), "disconnect")
        for source, sink in wanted:
            _try(lib.tap_connect(source, sink), "connect")
        self._connected = wanted

    def close(self) -> None:
        """Nobody hears anybody. Legs that ended have left the bridge by themselves."""
        for source, sink in self._connected:
            if self._lives(source) and self._lives(sink):
                _try(lib.tap_disconnect(source, sink), "disconnect")
        self._connected = frozenset()

    def _lives(self, slot: int) -> bool:
        if slot == NOWHERE or (self._music is not None and slot == self._music.slot):
            return True
        return any(leg.sound is not None and leg.sound.slot == slot for leg in (self._first, self._second))

    def _wanted(self) -> frozenset[tuple[int, int]]:
        first, second = self._first.sound, self._second.sound
        pairs = ((first, None), (second, first)) if self._one_way else ((first, second), (second, first))
        wanted = set()
        for speaker, listener in pairs:
            if speaker is None:
                continue
            listens = listener is not None and not listener.held
            if not speaker.held:
                # A leg that nobody reads keeps up to its jitter buffer's length of old sound, and is late and
                # broken for seconds when somebody listens again.
                wanted.add((speaker.slot, listener.slot if listener and listens else NOWHERE))
            elif listener and listens and self._music is not None:
                wanted.add((self._music.slot, listener.slot))
        return frozenset(wanted)


def _try(status: int, what: str) -> None:
    try:
        tap.check(what, status)
    except SipError as error:
        # The leg can end between its event and our call: its end is on the way to the call's owner.
        log.debug("bridge connection not changed", what=what, error=str(error))
