"""The music that calls on hold hear: brought into PJMEDIA's form, played, and exchanged by a reload."""

from collections.abc import Callable, Collection
from pathlib import Path

from media.music import write_music
from media.wav import convert
from softswitch.config import Dialplan
from softswitch.sip.sound import Music

Source = tuple[Path | None, int]
"""The operator's file, None for the built-in piece, and when it was last written, in ns."""


class HoldMusic:
    """What plays now, and what played before as long as a call may still be connected to it.

    A closed player's place in the bridge is given to the next leg: a call that still knew it would connect
    its party to a stranger. So a player ends only after the last call that was up when it was replaced.
    """

    def __init__(self, folder: Path, rate: int, play: Callable[[Path], Music] = Music) -> None:
        """`rate` is the bridge's, in Hz; `folder` takes the converted file."""
        self.current: Music | None = None
        self._target = folder / f"music-{rate}.wav"
        self._rate = rate
        self._play = play
        self._source: Source | None = None
        self._retired: list[tuple[Music, set[str]]] = []

    def prepare(self, dialplan: Dialplan) -> Source | None:
        """Write the file if what shall play has changed; returns what to `change` to, None to leave it.

        Takes its time: to be called off the loop. Raises AudioFileError.
        """
        file = dialplan.music_on_hold
        wanted = (file, file.stat().st_mtime_ns if file is not None else 0)
        if wanted == self._source:
            return None
        if file is not None:
            convert(file, self._target, self._rate)
        else:
            write_music(self._target, self._rate)
        return wanted

    def change(self, source: Source, calls: Collection[str]) -> None:
        """Play what was prepared. `calls`: the ids of those that may hear the old music. Raises SipError."""
        music = self._play(self._target)
        if self.current is not None:
            self._retired.append((self.current, set(calls)))
        self.current, self._source = music, source

    def tidy(self, calls: Collection[str]) -> None:
        """End players that no call of these ids can hear any more."""
        for music, listeners in self._retired:
            listeners.intersection_update(calls)
            if not listeners:
                music.close()
        self._retired = [(music, listeners) for music, listeners in self._retired if listeners]

    def close(self) -> None:
        """End every player: no leg is left."""
        self.tidy(())
        if self.current is not None:
            self.current.close()
            self.current = None
