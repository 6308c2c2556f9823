"""A class of music as one file: its pieces, and its news, spoken or read from files."""

from collections.abc import Sequence
from pathlib import Path

from media.composed import Composed
from media.errors import SpeechError
from media.playlist import Playlist, render
from media.speech import speak
from media.voices import voice_for
from media.wav import Sound, read


def compose(
    files: tuple[Path, ...],
    shuffled: bool,
    every: float,
    dbfs: float,
    news: Sequence[Path | str],
    language: str,
    within: float,
    target: Path,
    rate: int,
) -> Composed:
    """Renders it, each text spoken within so many seconds. Raises AudioFileError.

    Where a text could not be spoken the file is `TARGET-part`: under `target` there is nothing then.
    """
    sounds: list[Sound] = []
    unspoken: list[tuple[str, str]] = []
    for item in news:
        if isinstance(item, Path):
            sounds.append(read(item))
            continue
        try:
            sounds += speak([item], voice_for(language), within)
        except SpeechError as error:
            unspoken.append((item, str(error)))
    if unspoken:
        target = target.with_stem(f"{target.stem}-part")
    rendered = render(Playlist(files, shuffled, tuple(sounds), every, dbfs), target, rate)
    return Composed(target, rendered.seconds, rendered.cut, tuple(unspoken))
