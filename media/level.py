"""Loudness. 0 dBFS is the RMS of a full-scale square wave, so a full-scale sine has -3.01 dBFS."""

import math

import numpy as np

from media.samples import Samples

SILENT = -120.0
"""dBFS reported for digital silence, where the logarithm has no value."""


def to_amplitude(dbfs: float) -> float:
    """The RMS, of 1.0 at full scale, that `dbfs` stands for."""
    return float(10.0 ** (dbfs / 20.0))


def to_dbfs(rms: float) -> float:
    """The inverse of `to_amplitude`, never below `SILENT`."""
    return max(SILENT, 20.0 * math.log10(rms)) if rms > 0.0 else SILENT


def rms_dbfs(samples: Samples) -> float:
    """RMS level in dBFS; `SILENT` for silence and for no samples at all."""
    if len(samples) == 0:
        return SILENT
    return to_dbfs(float(np.sqrt(np.mean(np.square(samples)))))


def normalise(samples: Samples, dbfs: float) -> Samples:
    """The same sound at the RMS level `dbfs`, lower where its peaks would clip; silence stays silence."""
    level = rms_dbfs(samples)
    if level <= SILENT:
        return samples.copy()
    gain = to_amplitude(dbfs - level)
    headroom = (1.0 - 1.0 / 32768.0) / float(np.max(np.abs(samples)))
    return samples * min(gain, headroom)
