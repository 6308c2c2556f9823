"""Where the sound is in a WAV file: what a player needs to know of its header."""

import os
import wave
from dataclasses import dataclass
from pathlib import Path

from softswitch.sip.errors import EngineFailure, os_error

FRAMES_A_SECOND = 50
"""The bridge takes 20 ms at a time, so a rate must be a multiple of this."""
_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class WavData:
    """An open file; whoever holds this closes `descriptor`. Offset and length are in bytes."""

    descriptor: int
    rate: int
    offset: int
    length: int

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.length / (_SAMPLE * self.rate)


def open_wav(path: Path) -> WavData:
    """Opens a WAV file of 16-bit mono PCM, at a multiple of 50 Hz. Raises EngineFailure for any other."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise os_error(f"cannot play {path}", error) from error
    with file:
        try:
            # `wave` stops at the first sample.
            header = wave.open(file)  # noqa: SIM115 - closing it would do nothing: the file is not its own
            shape = (header.getnchannels(), header.getsampwidth())
            rate, length, offset = header.getframerate(), header.getnframes() * _SAMPLE, file.tell()
        except (wave.Error, EOFError, ValueError) as error:
            raise EngineFailure(f"cannot play {path}", 0, f"not a WAV file of PCM: {error}") from error
        if shape != (1, _SAMPLE) or not 0 < rate <= 192000 or rate % FRAMES_A_SECOND:
            raise EngineFailure(
                f"cannot play {path}",
                0,
                f"{shape[0]} channels of {8 * shape[1]} bits at {rate} Hz; wanted is one of 16 bits",
            )
        length = min(length, os.fstat(file.fileno()).st_size - offset)
        return WavData(os.dup(file.fileno()), rate, offset, length)
