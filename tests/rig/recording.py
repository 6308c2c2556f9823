"""Reading a WAV that is still being written: its header does not know yet how long it is."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from media.samples import Samples, from_pcm16


@dataclass(frozen=True, slots=True)
class Recording:
    """What a phone heard: mono samples and their rate in Hz."""

    samples: Samples = field(default_factory=lambda: np.zeros(0))
    rate: int = 8000

    @property
    def seconds(self) -> float:
        """How long it is so far."""
        return len(self.samples) / self.rate

    def last(self, seconds: float) -> "Recording":
        """Its end."""
        return Recording(self.samples[-round(seconds * self.rate) :], self.rate)

    def after(self, seconds: float) -> "Recording":
        """Its end from that time on."""
        return Recording(self.samples[round(seconds * self.rate) :], self.rate)


def read_growing(path: Path) -> Recording:
    """All 16-bit samples so far, mixed down to mono; nothing when not even the header is there."""
    data = path.read_bytes() if path.is_file() else b""
    position, channels, rate = 12, 1, 8000
    while position + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, position)
        if name == b"fmt ":
            channels, rate = struct.unpack_from("<HI", data, position + 10)
        if name == b"data":
            frames = (len(data) - position - 8) // (2 * channels)
            pcm = np.frombuffer(data, "<i2", frames * channels, position + 8)
            return Recording(from_pcm16(pcm).reshape(frames, channels).mean(axis=1), rate)
        position += 8 + size + size % 2
    return Recording(rate=rate)
