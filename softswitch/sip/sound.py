"""Sound of legs and files. PJMEDIA does the work, on its own clock; who hears whom is in hearing.py."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from softswitch.sip import tap
from softswitch.sip.tap import ffi, lib

ACTIVE: Final = 1
LOCAL_HOLD: Final = 2
REMOTE_HOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Sound:
    """One leg's place in the conference bridge."""

    slot: int
    held: bool
    """The far end has put us on hold (sendonly, inactive or 0.0.0.0): its user does not listen."""


class Figures(NamedTuple):
    """What a leg's RTP was like so far. Times in milliseconds."""

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
    codec: str
    clock_rate: int
    secured: bool
    remote: str


_RAW: Final = struct.Struct("@10I32s2i64s")
"""`tap_figures`, read as a whole: field by field through cffi takes several times as long."""
if _RAW.size != ffi.sizeof("tap_figures"):
    raise ImportError("tap_figures is not laid out as it is read here")


def read_figures(leg_id: int) -> Figures:
    """What the RTP of the leg with that pjsua id is like."""
    raw = ffi.new("tap_figures *")
    lib.tap_leg_figures(leg_id, raw)
    *counts, jitter, remote_jitter, round_trip, codec, rate, secured, remote = _RAW.unpack(ffi.buffer(raw))
    times = (jitter / 1000, remote_jitter / 1000, round_trip / 1000)
    return Figures._make((*counts, *times, _text(codec), rate, bool(secured), _text(remote)))


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "backslashreplace")


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
