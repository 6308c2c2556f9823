"""Call progress tones for parties that are answered already, so that no phone makes the tone by itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from media.tones import ProgressTone, progress
from media.wav import write
from softswitch.sip.sound import Music


class Tones(Mapping[ProgressTone, Music]):
    """One player a tone, however many listen. Open from construction to `close`."""

    def __init__(self, folder: Path, rate: int) -> None:
        """Writes the tones and plays them. Raises AudioFileError and SipError."""
        self._players: dict[ProgressTone, Music] = {}
        for kind in get_args(ProgressTone):
            cadence = progress(kind)
            file = folder / f"tone-{kind}-{rate}.wav"
            write(file, cadence.samples(cadence.period, rate), rate)
            self._players[kind] = Music(file)

    def __getitem__(self, kind: ProgressTone) -> Music:
        return self._players[kind]

    def __iter__(self) -> Iterator[ProgressTone]:
        return iter(self._players)

    def __len__(self) -> int:
        return len(self._players)

    def close(self) -> None:
        """Nobody hears them any more."""
        for player in self._players.values():
            player.close()
        self._players.clear()
