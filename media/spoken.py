"""The files of prompts: spoken texts and short tones, at the telephone's rate and one level."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from media.earcons import EARCONS
from media.level import normalise
from media.samples import Samples, count
from media.speech import speak
from media.tones import silence, sine
from media.voices import Voice
from media.wav import resample, write

_EDGE = 0.008


def write_spoken(
    texts: Sequence[tuple[str, Path]], voice: Voice, within: float, rate: int, dbfs: float
) -> None:
    """Speaks each text into its file, within so many seconds. Raises SpeechError, AudioFileError."""
    sounds = speak([text for text, _ in texts], voice, within)
    for (_, file), sound in zip(texts, sounds, strict=True):
        write(file, normalise(resample(sound.samples, sound.rate, rate), dbfs), rate)


def write_earcon(name: str, file: Path, rate: int, dbfs: float) -> None:
    """Writes a tone of media.earcons. Raises AudioFileError."""
    write(file, earcon(name, rate, dbfs), rate)


def earcon(name: str, rate: int, dbfs: float) -> Samples:
    """The tones of that name, each with soft edges. Raises KeyError for a name that there is not."""
    return np.concatenate([_note(frequency, seconds, rate, dbfs) for frequency, seconds in EARCONS[name]])


def _note(frequency: float, seconds: float, rate: int, dbfs: float) -> Samples:
    if not frequency:
        return silence(seconds, rate)
    sound = sine(frequency, seconds, rate, dbfs)
    edge = np.linspace(0.0, 1.0, count(_EDGE, rate))
    sound[: len(edge)] *= edge
    sound[-len(edge) :] *= edge[::-1]
    return sound
