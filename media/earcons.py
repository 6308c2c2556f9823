"""Short tones that say what happened without a word."""

import numpy as np

from media.samples import Samples, count
from media.tones import silence, sine

# Hz (0 is silence) and seconds, note by note.
EARCONS: dict[str, tuple[tuple[float, float], ...]] = {
    "tone-joined": ((523.0, 0.12), (659.0, 0.18)),
    "tone-left": ((659.0, 0.12), (523.0, 0.18)),
    "tone-beep": ((1000.0, 0.4),),
    "tone-recording": ((1400.0, 0.3),),
    "tone-done": ((784.0, 0.1), (0.0, 0.05), (1047.0, 0.15)),
    "tone-refused": ((425.0, 0.15), (0.0, 0.1), (425.0, 0.15), (0.0, 0.1), (425.0, 0.15)),
}
_EDGE = 0.008


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
