"""Who is heard when: tones, silences, breaks in a tone and likeness to a known piece, all from samples."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from media.level import rms_dbfs, to_dbfs
from media.samples import Samples, count

FLOOR = -45.0
"""dBFS: a tone weaker than this is not heard."""
BELOW_STRONGEST = 26.0
"""dB: a tone so far below all there is at that moment is taken for distortion of a codec."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A frequency in Hz, heard from `start` to `end` seconds at the mean level `dbfs` (RMS)."""

    frequency: float
    start: float
    end: float
    dbfs: float

    @property
    def seconds(self) -> float:
        """How long it was heard."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end - self.start


def tone_level(samples: Samples, rate: int, frequency: float) -> float:
    """Level in dBFS (RMS) of one frequency in all of `samples`; bandwidth about 4 / duration Hz."""
    return to_dbfs(float(np.sqrt(_tone_power(samples, rate, (frequency,))[0])))


def tones_in(
    samples: Samples,
    rate: int,
    candidates: Sequence[float],
    window: float = 0.1,
    floor: float = FLOOR,
    below_strongest: float = BELOW_STRONGEST,
) -> list[Heard]:
    """Which of `candidates` (Hz) are heard when, in windows of `window` seconds that overlap by half.

    A candidate counts from `floor` dBFS on and no further than `below_strongest` dB under the whole
    sound of that window; candidates want to be 4 / `window` Hz apart. In the order of their start.
    """
    size, step = count(window, rate), max(1, count(window / 2, rate))
    found: list[Heard] = []
    running: dict[float, tuple[int, int, list[float]]] = {}
    for index, begin in enumerate(range(0, len(samples) - size + 1, step)):
        part = samples[begin : begin + size]
        least = max(floor, rms_dbfs(part) - below_strongest)
        for frequency, power in zip(candidates, _tone_power(part, rate, candidates), strict=True):
            dbfs = to_dbfs(float(np.sqrt(power)))
            if dbfs >= least:
                first, _, levels = running.get(frequency, (index, index, []))
                running[frequency] = (first, index, [*levels, dbfs])
            elif frequency in running:
                found.append(_heard(frequency, running.pop(frequency), step, size, rate))
    found += [_heard(frequency, run, step, size, rate) for frequency, run in running.items()]
    return sorted(found, key=lambda heard: (heard.start, heard.frequency))


def frequencies_in(
    samples: Samples, rate: int, candidates: Sequence[float], shortest: float = 0.2
) -> set[float]:
    """The candidates heard for at least `shortest` seconds at a stretch."""
    return {heard.frequency for heard in tones_in(samples, rate, candidates) if heard.seconds >= shortest}


def silences(samples: Samples, rate: int, floor: float = -55.0, shortest: float = 0.04) -> list[Span]:
    """Stretches of at least `shortest` seconds below `floor` dBFS, to the nearest 5 ms."""
    size = max(1, count(0.005, rate))
    quiet = [rms_dbfs(samples[i : i + size]) < floor for i in range(0, len(samples), size)]
    spans = (Span(first * size / rate, min(last * size, len(samples)) / rate) for first, last in _runs(quiet))
    return [span for span in spans if span.seconds >= shortest - 1e-9]


def glitches(samples: Samples, rate: int, frequency: float, tolerance: float = 0.7) -> list[float]:
    """Seconds at which a steady tone of `frequency` Hz breaks.

    A break is a jump in phase by over `tolerance` rad, or half of the level gone.

    The tone is expected throughout: cut `samples` to where it sounds. Frequencies below 200 Hz are too
    slow for the 10 ms windows.
    """
    size = count(0.01, rate)
    carrier = samples * np.exp(-2j * np.pi * frequency * np.arange(len(samples)) / rate)
    window = np.hanning(size + 2)[1:-1]
    steps = range(0, len(samples) - size + 1, max(1, size // 2))
    track = np.array([np.dot(carrier[i : i + size], window) for i in steps])
    if len(track) < 2:
        return []
    usual = float(np.median(np.abs(track)))
    # What counts is the turn beyond the steady turn that a slightly different clock causes.
    turns = np.angle(track[1:] * np.conj(track[:-1]))
    jumps = np.abs(np.angle(np.exp(1j * (turns - np.median(turns))))) > tolerance
    drops = np.abs(track[1:]) < usual / 2
    return [(steps[first + 1]) / rate for first, _ in _runs((jumps | drops).tolist())]


def likeness(samples: Samples, reference: Samples) -> float:
    """How much `samples` is a piece of `reference` played in a loop, at any level: 0 not at all, 1 wholly.

    Both have the same rate. The place is searched, the wave is compared: good for tones and music through
    G.711 and G.722, less so for codecs that do not keep the wave.
    """
    if len(samples) == 0 or len(reference) == 0 or not np.any(samples) or not np.any(reference):
        return 0.0
    looped = np.resize(reference, len(reference) + len(samples))
    length = 1 << (len(looped) + len(samples)).bit_length()
    spectrum = np.fft.rfft(looped, length) * np.conj(np.fft.rfft(samples, length))
    match = np.fft.irfft(spectrum, length)[: len(reference)]
    energy = np.concatenate(([0.0], np.cumsum(np.square(looped))))
    there = np.sqrt(np.maximum(energy[len(samples) : len(samples) + len(match)] - energy[: len(match)], 0.0))
    scale = there * float(np.linalg.norm(samples))
    usable = scale > 1e-9 * scale.max()
    return float(np.max(np.abs(match[usable]) / scale[usable]))


def _tone_power(samples: Samples, rate: int, frequencies: Iterable[float]) -> list[float]:
    """Mean square of each frequency's sine: a Fourier transform at just it, under a Hann window."""
    size = len(samples)
    if size == 0:
        return [0.0 for _ in frequencies]
    window = np.hanning(size + 2)[1:-1]
    weighted, gain = samples * window, float(window.sum())
    time = np.arange(size) / rate
    powers = []
    for frequency in frequencies:
        amplitude = 2.0 * abs(np.dot(weighted, np.exp(-2j * np.pi * frequency * time))) / gain
        powers.append(float(amplitude**2 / 2.0))
    return powers


def _heard(frequency: float, run: tuple[int, int, list[float]], step: int, size: int, rate: int) -> Heard:
    first, last, levels = run
    return Heard(frequency, first * step / rate, (last * step + size) / rate, float(np.mean(levels)))


def _runs(flags: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """First index and the one after the last of each stretch of True."""
    start: int | None = None
    for index, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            yield start, index
            start = None
