"""Sound files in, telephone files out.

The engine's player takes RIFF WAV with 16-bit PCM and nothing that varies from it (no
WAVE_FORMAT_EXTENSIBLE, no float, no 24 bit), so everything played goes through `convert`.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from media.errors import AudioFileError
from media.level import normalise
from media.samples import Samples, to_pcm16

RATES = (8000, 16000)
"""Sample rates of the bridge, in Hz."""
SHORTEST = 0.02
"""Seconds: one frame of the bridge; the player refuses less."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples and their rate in Hz."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate


def read(path: Path) -> Sound:
    """Reads whatever libsndfile can (WAV, FLAC, Ogg, MP3, AIFF…), mixed down to mono.

    Raises AudioFileError when the file is missing, is no sound or holds less than one frame.
    """
    if not path.is_file():
        raise AudioFileError(
            path, "there is no such file", "give the path of a sound file, relative to the dialplan"
        )
    try:
        data, rate = soundfile.read(path, dtype="float64", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise AudioFileError(
            path,
            f"not readable as sound ({error})",
            "save it as WAV, FLAC, Ogg or MP3 and check its file rights",
        ) from error
    if len(data) < SHORTEST * rate:
        raise AudioFileError(
            path,
            f"holds {len(data) / rate:.3f} s of sound",
            f"record at least {SHORTEST} s, better some seconds",
        )
    if not np.all(np.isfinite(data)):
        raise AudioFileError(path, "holds values that are no numbers", "export it again from its source")
    return Sound(data.mean(axis=1), int(rate))


def write(path: Path, samples: Samples, rate: int) -> None:
    """Writes 16-bit mono PCM WAV; the file appears whole or not at all, and replaces an older one at once.

    Raises AudioFileError when the folder cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".wav.tmp")
    except OSError as error:
        raise AudioFileError(
            path, f"cannot be written ({error.strerror})", "make the folder or its rights fit"
        ) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            soundfile.write(file, to_pcm16(samples), rate, subtype="PCM_16", format="WAV")
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def convert(source: Path, target: Path, rate: int, dbfs: float | None = None) -> None:
    """Makes `target` the telephone version of `source`, at `dbfs` (RMS) if that is given.

    Raises AudioFileError, or ValueError for a rate that the bridge does not have.
    """
    if rate not in RATES:
        raise ValueError(f"{rate} Hz is not a rate of the bridge: use 8000 or 16000")
    sound = read(source)
    samples = resample(sound.samples, sound.rate, rate)
    if dbfs is not None:
        samples = normalise(samples, dbfs)
    write(target, samples, rate)


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """The sound at another rate, by SoX's resampler: flat to 91 % of the narrower band, nothing beyond it.

    Rates are positive whole numbers of Hz.
    """
    if rate == wanted or len(samples) == 0:
        return samples.copy()
    result: Samples = soxr.resample(samples, rate, wanted, quality="HQ")
    return result
