"""Sound of legs and files. PJMEDIA does the work, on its own clock; who hears whom is in hearing.py."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from softswitch.sip import tap
from softswitch.sip.tap import lib

ACTIVE: Final = 1
LOCAL_HOLD: Final = 2
REMOTE_HOLD: Final = 3


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
        self.slot: int | None = lib.tap_player_slot(player)

    def close(self) -> None:
        """Nobody hears it any more."""
        self.slot = None
        lib.tap_player_close(self._player)
