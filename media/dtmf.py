"""DTMF as sound: the frequency pairs of ITU-T Q.23."""

import numpy as np

from media.samples import Samples, from_pcm16
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


_BLOCK = 0.0256
"""Seconds in which a key is looked for: long enough to tell neighbours 73 Hz apart."""
_LEAST = -36.0
"""dBFS of the weaker of the two tones; Q.24 wants to hear them down to some 25 dB below the usual level."""
_TWIST = 9.0
"""dB by which one of them may be louder than the other."""
_PURE = 0.75
"""The part of the sound's power that both make up: speech has more beside them."""
_HITS = 2
"""Blocks, which overlap by half, that a key lasts at least: 40 ms (Q.24 section 3)."""


class Detector:
    """Keys in a stream of sound, for phones that send them as nothing else. One voice, one detector."""

    def __init__(self, rate: int) -> None:
        """`rate` in Hz."""
        self._size = round(_BLOCK * rate)
        self._step = self._size // 2
        steps = np.arange(self._size) / rate
        window = np.hanning(self._size)
        waves = np.exp(-2j * np.pi * np.outer((*LOW, *HIGH), steps)) * window
        # Scaled so that a sine gives its power, its root mean square squared.
        self._waves = waves * (np.sqrt(2) / window.sum())
        self._weights = window**2 / (window**2).sum()
        self._rest: Samples = np.zeros(0)
        self._candidate, self._hits, self._told = "", 0, False

    def feed(self, samples: Samples) -> str:
        """The keys that have been pressed, as soon as each is certain."""
        sound = np.concatenate((self._rest, samples))
        found = ""
        begin = 0
        while begin + self._size <= len(sound):
            found += self._take(self._key(sound[begin : begin + self._size]))
            begin += self._step
        self._rest = sound[begin:]
        return found

    def feed_pcm(self, data: bytes) -> str:
        """The same for 16-bit PCM, little-endian."""
        return self.feed(from_pcm16(np.frombuffer(data, dtype="<i2")))

    def _take(self, key: str) -> str:
        if key != self._candidate:
            self._candidate, self._hits, self._told = key, 0, False
        self._hits += 1
        if not key or self._told or self._hits < _HITS:
            return ""
        self._told = True
        return key

    def _key(self, block: Samples) -> str:
        """The key that sounds in a block; empty for none."""
        powers = np.abs(self._waves @ block) ** 2
        low, high = int(powers[:4].argmax()), int(powers[4:].argmax())
        one, other = powers[low], powers[4 + high]
        if min(one, other) < 10 ** (_LEAST / 10) or max(one, other) > min(one, other) * 10 ** (_TWIST / 10):
            return ""
        if one + other < _PURE * float(self._weights @ (block**2)):
            return ""
        return _KEYPAD[low][high]
