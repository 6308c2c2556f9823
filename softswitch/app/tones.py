"""Call progress tones for parties that are answered already, so that no phone makes the tone by itself."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from media import studio
from media.tone_kinds import Tone

_MAKING = "1"
"""Part of every file's name: another number makes all of them anew."""


def write_tones(folder: Path, rate: int) -> Mapping[Tone, Path]:
    """A file a tone, one period long, to be played over and over; what is there already stays.

    Raises AudioFileError, studio.StudioError.
    """
    files: dict[Tone, Path] = {kind: folder / f"tone-{kind}-{rate}-{_MAKING}.wav" for kind in get_args(Tone)}
    for kind, file in files.items():
        if not file.is_file():
            studio.run("media.tones:write_period", kind, file, rate)
    return MappingProxyType(files)
