"""DTMF as sound: the frequency pairs of ITU-T Q.23."""

import numpy as np

from media.samples import Samples
from media.tones import silence, tone

LOW = (697.0, 770.0, 852.0, 941.0)
HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
_KEYPAD = ("123A", "456B", "789C", "*0#D")

FREQUENCIES: dict[str, tuple[float, float]] = {
    key: (LOW[row], HIGH[column]) for row, keys in enumerate(_KEYPAD) for column, key in enumerate(keys)
}
"""Key to its two frequencies in Hz."""


def generate(digits: str, rate: int, on: float = 0.1, off: float = 0.1, dbfs: float = -13.0) -> Samples:
    """The keys one after the other, each `on` seconds long and followed by `off` seconds of silence.

    Raises ValueError for a key that no keypad has.
    """
    parts: list[Samples] = []
    for digit in digits.upper():
        if digit not in FREQUENCIES:
            raise ValueError(f"{digit!r} is no DTMF key: use 0-9, A-D, * and #")
        parts += [tone(FREQUENCIES[digit], on, rate, dbfs), silence(off, rate)]
    return np.concatenate(parts) if parts else silence(0, rate)
