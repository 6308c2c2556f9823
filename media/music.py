"""The built-in music on hold: a small piece of our own, rendered rather than stored.

Sixteen bars of broken chords with a bass and a sparse melody, for a soft plucked sound. Each note's
tail wraps around the end of the piece, so the loop has no seam. There is no chance in it: the same
rate always gives the same samples.
"""

from functools import cache
from pathlib import Path

import numpy as np

from media.level import normalise
from media.samples import Samples, count
from media.wav import write

BEAT = 0.625
"""Seconds: 96 beats a minute."""
BARS = 16
SECONDS = BARS * 4 * BEAT
"""Length of the loop: 40 s."""
LEVEL = -20.0
"""dBFS RMS of the whole piece."""
RATES = (8000, 16000)

# MIDI note numbers: four chord tones from the lowest, the first one being the bass an octave up.
_CHORDS = {
    "C": (48, 55, 60, 64),
    "Am": (45, 52, 57, 60),
    "F": (41, 48, 57, 60),
    "G": (43, 50, 59, 62),
    "Em": (40, 47, 55, 59),
    "Dm": (38, 45, 53, 57),
}
_PROGRESSION = ["C", "Am", "F", "G", "C", "Em", "F", "G", "Am", "F", "C", "G", "F", "Em", "Dm", "G"]
_BROKEN = (0, 1, 2, 3, 2, 3, 1, 2)

# Bar, beat within it, note, beats long.
_MELODY = (
    (0, 0.0, 76, 2.0), (0, 2.0, 72, 1.0), (0, 3.0, 74, 1.0),
    (1, 0.0, 76, 3.0), (1, 3.0, 79, 1.0),
    (2, 0.0, 77, 2.0), (2, 2.0, 72, 2.0),
    (3, 0.0, 74, 3.5),
    (4, 0.0, 72, 1.0), (4, 1.0, 76, 1.0), (4, 2.0, 79, 2.0),
    (5, 0.0, 83, 2.0), (5, 2.0, 79, 2.0),
    (6, 0.0, 81, 1.5), (6, 1.5, 79, 0.5), (6, 2.0, 77, 2.0),
    (7, 0.0, 74, 4.0),
    (8, 0.0, 72, 2.0), (8, 2.0, 76, 2.0),
    (9, 0.0, 77, 3.0), (9, 3.0, 76, 1.0),
    (10, 0.0, 76, 1.0), (10, 1.0, 74, 1.0), (10, 2.0, 72, 2.0),
    (11, 0.0, 71, 2.0), (11, 2.0, 74, 2.0),
    (12, 0.0, 69, 2.0), (12, 2.0, 72, 2.0),
    (13, 0.0, 71, 2.0), (13, 2.0, 67, 2.0),
    (14, 0.0, 69, 1.0), (14, 1.0, 72, 1.0), (14, 2.0, 77, 2.0),
    (15, 0.0, 74, 3.0), (15, 3.0, 71, 1.0),
)  # fmt: skip

# Strength of the partials: few and falling quickly, since a telephone ends at 3.4 kHz.
_PARTIALS = (1.0, 0.35, 0.12, 0.05)


@cache
def music(rate: int) -> Samples:
    """The piece once through, not writable since shared. Raises ValueError unless at 8000 or 16000 Hz."""
    if rate not in RATES:
        raise ValueError(f"music on hold is not made at {rate} Hz: use 8000 or 16000")
    piece = np.zeros(count(SECONDS, rate))
    notes: dict[tuple[int, float], Samples] = {}
    for start, pitch, seconds, strength in _score():
        key = (pitch, seconds)
        if key not in notes:
            notes[key] = _note(pitch, seconds, rate)
        _add_wrapped(piece, count(start, rate), notes[key] * strength)
    finished = normalise(piece, LEVEL)
    finished.flags.writeable = False
    return finished


def write_music(path: Path, rate: int) -> None:
    """Writes the piece as 16-bit mono WAV."""
    write(path, music(rate), rate)


def _score() -> list[tuple[float, int, float, float]]:
    """Start in seconds, MIDI pitch, seconds until the note has died, strength."""
    score: list[tuple[float, int, float, float]] = []
    for bar, name in enumerate(_PROGRESSION):
        chord, begin = _CHORDS[name], bar * 4 * BEAT
        score += [(begin + i * BEAT / 2, chord[tone], 1.6, 0.45) for i, tone in enumerate(_BROKEN)]
        score += [(begin, chord[0], 3.0, 0.7), (begin + 2 * BEAT, chord[0], 3.0, 0.5)]
    score += [
        ((bar * 4 + beat) * BEAT, pitch, beats * BEAT + 0.8, 0.8) for bar, beat, pitch, beats in _MELODY
    ]
    return score


def _note(pitch: int, seconds: float, rate: int) -> Samples:
    """One plucked note: it rises within 8 ms, higher partials die sooner, and it ends at exactly nothing."""
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
    time = np.arange(count(seconds, rate)) / rate
    sound = np.zeros(len(time))
    for order, strength in enumerate(_PARTIALS, start=1):
        if frequency * order < 0.42 * rate:
            sound += strength * np.exp(-1.6 * order * time) * np.sin(2 * np.pi * frequency * order * time)
    rise = np.minimum(1.0, time / 0.008)
    fall = np.minimum(1.0, (seconds - time) / 0.25)
    return sound * rise * fall


def _add_wrapped(piece: Samples, start: int, note: Samples) -> None:
    room = len(piece) - start
    piece[start : start + len(note)] += note[:room]
    if len(note) > room:
        piece[: len(note) - room] += note[room:]
