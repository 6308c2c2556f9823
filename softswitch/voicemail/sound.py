"""What is done to a recording of ours beside the calls: its header mended, its silent end cut off.

Recordings are WAV, 16-bit mono PCM, with a header of 44 bytes: the tap writes no other (pjsip/tap/sounds.c).
"""

import os
import struct
import sys
from array import array
from collections.abc import Iterator
from operator import mul
from pathlib import Path
from typing import Final

from media import studio
from media.errors import AudioFileError

HEADER: Final = 44
QUIET: Final = -45.0
"""dBFS (RMS) below which a frame of 20 ms is silence: a line's noise is, a low voice is not."""
KEPT: Final = 0.3
"""Seconds of silence that stay behind the last word."""
_FRAME: Final = 0.02
_QUIET_POWER: Final = (32768.0 * 10.0 ** (QUIET / 20.0)) ** 2


def seconds_of(path: Path) -> float:
    """How long a recording is by its size, whatever its header says. 0 for what is none. Raises OSError."""
    rate = _rate(path)
    return max(0, path.stat().st_size - HEADER) / 2 / rate if rate else 0.0


def finish(path: Path, trim: bool) -> float:
    """Cuts the silent end off if wanted, makes the header true, has the disk keep it. Returns the seconds.

    What is silent from beginning to end has none. Raises OSError.
    """
    rate = _rate(path)
    if not rate:
        return 0.0
    with path.open("r+b") as file:
        size = (path.stat().st_size - HEADER) // 2 * 2
        if trim:
            size = min(size, _loud_until(path, rate) * 2)
        file.truncate(HEADER + size)
        file.seek(4)
        file.write(struct.pack("<I", HEADER - 8 + size))
        file.seek(40)
        file.write(struct.pack("<I", size))
        file.flush()
        os.fsync(file.fileno())
    return size / 2 / rate


def is_silent_at_the_end(path: Path, seconds: float) -> bool:
    """Whether it is that long, and nobody has spoken for so long. Raises OSError."""
    rate = _rate(path)
    wanted = int(seconds * rate) * 2
    if not rate or path.stat().st_size - HEADER < wanted:
        return False
    with path.open("rb") as file:
        file.seek(-wanted, os.SEEK_END)
        pcm = _pcm(file.read(wanted))
    return not any(_is_loud(frame) for frame in _frames_from_the_end(pcm, rate))


def bring_to(path: Path, rate: int) -> None:
    """Makes it one of that rate, in Hz, if it is not. Raises OSError."""
    if _rate(path) in (0, rate):
        return
    try:
        studio.run("media.wav:convert", path, path, rate)
    except AudioFileError as error:
        raise OSError(str(error)) from error


def _rate(path: Path) -> int:
    with path.open("rb") as file:
        head = file.read(HEADER)
    if len(head) < HEADER or head[:4] != b"RIFF" or head[36:40] != b"data":
        return 0
    rate: int = struct.unpack_from("<I", head, 24)[0]
    return rate if 4000 <= rate <= 192000 else 0


def _loud_until(path: Path, rate: int) -> int:
    """The sample, with a little beyond, after which there is only silence."""
    with path.open("rb") as file:
        file.seek(HEADER)
        pcm = _pcm(file.read())
    end = len(pcm)
    for frame in _frames_from_the_end(pcm, rate):
        if _is_loud(frame):
            return min(len(pcm), end + int(KEPT * rate))
        end -= len(frame)
    return 0


def _pcm(data: bytes) -> "array[int]":
    pcm = array("h", data[: len(data) // 2 * 2])
    if sys.byteorder == "big":
        pcm.byteswap()
    return pcm


def _frames_from_the_end(pcm: "array[int]", rate: int) -> Iterator["array[int]"]:
    """The last one first: who speaks is found at once."""
    length = int(rate * _FRAME)
    for end in range(len(pcm), length - 1, -length):
        yield pcm[end - length : end]


def _is_loud(frame: "array[int]") -> bool:
    """Whether somebody speaks."""
    power: int = sum(map(mul, frame, frame))
    return power > len(frame) * _QUIET_POWER
