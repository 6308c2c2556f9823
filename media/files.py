"""Which files hold sound."""

from pathlib import Path
from typing import Final

FORMATS: Final = (".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64")


def files_in(place: Path) -> list[Path]:
    """The sound files of a folder, by name; of a file, itself. Raises OSError."""
    if not place.is_dir():
        return [place]
    found = (one for one in place.iterdir() if one.suffix.lower() in FORMATS and not one.name.startswith("."))
    return sorted(one for one in found if one.is_file())
