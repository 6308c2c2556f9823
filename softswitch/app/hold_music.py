"""The music that those hear who wait, by class: rendered, played, and exchanged by a reload."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import structlog

from media import studio
from media.composed import Composed
from media.errors import AudioFileError
from media.files import files_in
from softswitch.config import Dialplan
from softswitch.config.music import DEFAULT, MusicClass
from softswitch.sip.sound import Music

log = structlog.get_logger("softswitch.music")

_SPEAKING = 60.0
"""Seconds that a text may take to be spoken."""
_MAKING = "1"
"""Part of every rendered file's name: another number renders all of them anew."""


class HoldMusic:
    """What plays now, and what played before as long as a call may still be connected to it.

    A closed player's place in the bridge is given to the next leg: a call that still knew it would connect
    its party to a stranger. So a player ends only after the last call that was up when it was replaced.
    """

    def __init__(
        self,
        folder: Path,
        rate: int,
        play: Callable[[Path], Music] = Music,
        run: studio.Run = studio.run,
    ) -> None:
        """`rate` is the bridge's, in Hz; `folder` takes the rendered files, made by `run`."""
        self._run = run
        self._folder = folder
        self._rate = rate
        self._play = play
        self._playing: dict[str, tuple[Path, Music]] = {}
        self._retired: list[tuple[Music, set[str]]] = []

    @property
    def current(self) -> Music | None:
        """The default class; None before the first `change`."""
        return self.of(DEFAULT)

    @property
    def classes(self) -> Mapping[str, Music]:
        """All that play now, by name; a later change leaves this as it is."""
        return {name: music for name, (_, music) in self._playing.items()}

    def of(self, name: str) -> Music | None:
        """The class of that name, else the default. A reload may have taken the name away from a call."""
        found = self._playing.get(name) or self._playing.get(DEFAULT)
        return found[1] if found else None

    def prepare(self, dialplan: Dialplan) -> dict[str, Path]:
        """Renders what is not there yet; returns what to `change` to, a file by class.

        Takes its time: to be called off the loop. Raises AudioFileError, studio.StudioError.
        """
        classes = {DEFAULT: MusicClass(key=DEFAULT), **dialplan.music}
        self._folder.mkdir(parents=True, exist_ok=True)
        return {name: self._rendered(one, dialplan) for name, one in classes.items()}

    def change(self, files: Mapping[str, Path], calls: Collection[str]) -> None:
        """Play what was prepared. `calls`: the ids of those that may hear the old music. Raises SipError."""
        begun: dict[str, tuple[Path, Music]] = {}
        try:
            for name, file in files.items():
                playing = self._playing.get(name)
                same = playing is not None and playing[0] == file
                begun[name] = playing if playing is not None and same else (file, self._play(file))
        except BaseException:
            for name, (_, music) in begun.items():
                if self._playing.get(name, (None, None))[1] is not music:
                    music.close()
            raise
        kept = {id(music) for _, music in begun.values()}
        self._retired += [(music, set(calls)) for _, music in self._playing.values() if id(music) not in kept]
        self._playing = begun
        self._sweep()

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
        for _, music in self._playing.values():
            music.close()
        self._playing = {}

    def _rendered(self, music: MusicClass, dialplan: Dialplan) -> Path:
        files = tuple(file for place in music.files for file in _files(place))
        language = music.language or dialplan.language
        target = self._folder / f"{self._name(music, language, files)}.wav"
        if target.is_file():
            return target
        # With a text that cannot be spoken the next reload does not find it: it tries again.
        order, every, level = music.order == "shuffled", music.every, float(music.level)
        made: Composed = self._run(
            "media.composing:compose",
            *(files, order, every, level, music.news, language, _SPEAKING, target, self._rate),
        )
        for text, error in made.unspoken:
            log.warning("news cannot be spoken", name=music.key, text=text, error=error)
        log.info("music rendered", name=music.key, seconds=round(made.seconds))
        if made.cut:
            log.warning("music is too long, its end is never heard", name=music.key)
        return made.file

    def _name(self, music: MusicClass, language: str, files: Collection[Path]) -> str:
        """Differs whenever what is heard would."""
        recordings = [item for item in music.news if isinstance(item, Path)]
        stamps = [f"{path}\0{_written(path)}" for path in (*files, *recordings)]
        said = [str(item) for item in music.news]
        parts = [music.order, str(music.every), str(music.level), language if said else ""]
        text = "\0\0".join((*stamps, *said, *parts, str(self._rate), _MAKING))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def _sweep(self) -> None:
        """Removes rendered files that nothing plays from now on; who still hears one has it open."""
        wanted = {file for file, _ in self._playing.values()}
        for file in self._folder.glob("*.wav"):
            if file not in wanted:
                file.unlink(missing_ok=True)


def _files(place: Path) -> list[Path]:
    try:
        found = files_in(place)
    except OSError as error:
        raise AudioFileError(place, f"cannot be read ({error.strerror})", "correct its rights") from error
    if not found:
        raise AudioFileError(place, "holds no sound file", "put WAV, FLAC, Ogg or MP3 files there")
    return found


def _written(path: Path) -> str:
    try:
        status = path.stat()
    except OSError as error:
        raise AudioFileError(path, f"cannot be read ({error.strerror})", "correct the path") from error
    return f"{status.st_mtime_ns} {status.st_size}"
