"""Sines and call progress tones (ITU-T E.180; national values from its list of tones in use)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from media.level import to_amplitude
from media.samples import Samples, count
from media.tone_kinds import ProgressTone, Tone
from media.wav import write

LEVEL = -20.0
"""dBFS of a tone unless told: loud enough for any phone, far from clipping."""


def silence(seconds: float, rate: int) -> Samples:
    """Digital silence."""
    return np.zeros(count(seconds, rate))


def tone(frequencies: Sequence[float], seconds: float, rate: int, dbfs: float = LEVEL) -> Samples:
    """Sines of equal strength sounding together, at `dbfs` in sum (RMS).

    Raises ValueError for a frequency that `rate` cannot carry.
    """
    for frequency in frequencies:
        if not 0 < frequency < rate / 2:
            raise ValueError(
                f"{frequency} Hz does not fit into {rate} samples a second: stay below {rate / 2:g} Hz"
            )
    time = np.arange(count(seconds, rate)) / rate
    amplitude = to_amplitude(dbfs) * math.sqrt(2.0 / max(1, len(frequencies)))
    sound: Samples = np.zeros(len(time))
    for frequency in frequencies:
        sound += np.sin(2.0 * np.pi * frequency * time)
    return sound * amplitude


def sine(frequency: float, seconds: float, rate: int, dbfs: float = LEVEL) -> Samples:
    """One sine at `dbfs` (RMS)."""
    return tone((frequency,), seconds, rate, dbfs)


@dataclass(frozen=True, slots=True)
class Cadence:
    """Frequencies in Hz, and seconds on, off, on, off…; no pattern at all sounds without a break."""

    frequencies: tuple[float, ...]
    pattern: tuple[float, ...] = ()

    def samples(self, seconds: float, rate: int, dbfs: float = LEVEL) -> Samples:
        """The cadence from its beginning, `seconds` long."""
        sound = tone(self.frequencies, seconds, rate, dbfs)
        if self.pattern:
            edges = np.cumsum(self.pattern)
            within = (np.arange(len(sound)) / rate) % edges[-1]
            sound[np.searchsorted(edges, within, side="right") % 2 == 1] = 0.0
        return sound

    @property
    def period(self) -> float:
        """Seconds after which the cadence repeats; 1.0 where it has no pattern."""
        return sum(self.pattern) or 1.0


def _plan(
    dial: Cadence, ringback: Cadence, busy: Cadence, congestion: Cadence
) -> dict[ProgressTone, Cadence]:
    return {"dial": dial, "ringback": ringback, "busy": busy, "congestion": congestion}


def _simple(
    frequency: float, ring: tuple[float, float], busy: float, congestion: float
) -> dict[ProgressTone, Cadence]:
    one = (frequency,)
    return _plan(
        Cadence(one), Cadence(one, ring), Cadence(one, (busy, busy)), Cadence(one, (congestion, congestion))
    )


RECOMMENDED = "E.180"
"""The country code of the values that E.180 recommends where a country has none of its own here."""

PLANS: dict[str, dict[ProgressTone, Cadence]] = {
    RECOMMENDED: _simple(425.0, (1.0, 4.0), 0.5, 0.25),
    "AT": _simple(420.0, (1.0, 5.0), 0.4, 0.2),
    "CH": _simple(425.0, (1.0, 4.0), 0.5, 0.2),
    "DE": _simple(425.0, (1.0, 4.0), 0.48, 0.24),
    "FR": _simple(440.0, (1.5, 3.5), 0.5, 0.25),
    "NL": _simple(425.0, (1.0, 4.0), 0.5, 0.25),
    "GB": _plan(
        Cadence((350.0, 440.0)),
        Cadence((400.0, 450.0), (0.4, 0.2, 0.4, 2.0)),
        Cadence((400.0,), (0.375, 0.375)),
        Cadence((400.0,), (0.4, 0.35, 0.225, 0.525)),
    ),
    "US": _plan(
        Cadence((350.0, 440.0)),
        Cadence((440.0, 480.0), (2.0, 4.0)),
        Cadence((480.0, 620.0), (0.5, 0.5)),
        Cadence((480.0, 620.0), (0.25, 0.25)),
    ),
}


SIGNALS: dict[Tone, Cadence] = {
    "intrusion": Cadence((1400.0,), (0.5, 1.0)),
    "enter": Cadence((880.0,), (0.15, 0.05)),
    "leave": Cadence((587.0,), (0.25, 0.05)),
}
"""That somebody listens (ITU-T E.180: intrusion tone), comes or goes; the values are ours."""


def progress(kind: ProgressTone, country: str = RECOMMENDED) -> Cadence:
    """The cadence of a country (ISO 3166, two letters); E.180's own where that country is not listed."""
    return PLANS.get(country.upper(), PLANS[RECOMMENDED])[kind]


def write_period(kind: Tone, file: Path, rate: int) -> None:
    """Writes one period of a tone, by E.180's values. Raises AudioFileError."""
    cadence = progress(kind) if kind in PLANS[RECOMMENDED] else SIGNALS[kind]
    write(file, cadence.samples(cadence.period, rate), rate)
