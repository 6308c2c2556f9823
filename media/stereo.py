"""Two mono recordings made one file with two channels, and smaller."""

import os
from pathlib import Path
from typing import Final, Literal

import numpy as np
import soundfile

Format = Literal["flac", "ogg", "wav"]
_FORMATS: Final = {"flac": ("FLAC", "PCM_16"), "ogg": ("OGG", "VORBIS"), "wav": ("WAV", "PCM_16")}
_HEADER: Final = 44
_BLOCK: Final = 80_000
"""Samples at once: a long call must not take memory."""


def merge(left: Path, right: Path, target: Path, rate: int, kind: Format) -> float:
    """Writes `target`, whole or not at all; returns its seconds.

    The two are WAV, 16-bit mono PCM at `rate` Hz with a header of 44 bytes, which may be behind what has been
    written. A missing one, and the shorter one's end, is silence. Raises OSError.
    """
    form, subtype = _FORMATS[kind]
    new = target.with_name(target.name + ".new")
    length = max(_samples(left), _samples(right))
    try:
        with soundfile.SoundFile(new, "w", rate, 2, subtype, format=form) as out:
            for start in range(0, length, _BLOCK):
                count = min(_BLOCK, length - start)
                out.write(np.stack([_part(left, start, count), _part(right, start, count)], axis=1))
        with new.open("rb+") as file:
            os.fsync(file.fileno())
    except soundfile.LibsndfileError as error:
        new.unlink(missing_ok=True)
        raise OSError(f"{target.name}: {error}") from error
    new.replace(target)
    return length / rate


def _samples(path: Path) -> int:
    return max(0, path.stat().st_size - _HEADER) // 2 if path.exists() else 0


def _part(path: Path, start: int, count: int) -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    part = np.zeros(count, dtype=np.int16)
    here = min(count, _samples(path) - start)
    if here > 0:
        part[:here] = np.fromfile(path, dtype="<i2", count=here, offset=_HEADER + 2 * start)
    return part
