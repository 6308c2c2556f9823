"""The one shape of sound in this package: mono, float64, full scale at -1 and +1."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

FULL_SCALE = 32768.0
"""What a 16-bit sample is divided by."""


def to_pcm16(samples: Samples) -> npt.NDArray[np.int16]:
    """16-bit integers; what lies beyond full scale is clipped."""
    scaled = np.rint(np.asarray(samples, dtype=np.float64) * FULL_SCALE)
    return np.clip(scaled, -32768, 32767).astype(np.int16)


def from_pcm16(pcm: npt.NDArray[np.int16]) -> Samples:
    """The inverse of `to_pcm16`."""
    return np.asarray(pcm, dtype=np.float64) / FULL_SCALE


def count(seconds: float, rate: int) -> int:
    """How many samples last that long."""
    if seconds < 0:
        raise ValueError(f"a sound cannot last {seconds} s: give zero or more")
    if rate <= 0:
        raise ValueError(f"{rate} Hz is not a sample rate: give a positive number, say 8000")
    return round(seconds * rate)
