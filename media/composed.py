"""What becomes of a class of music: for who asked for it, without what it takes to make it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Composed:
    """What came out."""

    file: Path
    seconds: float
    cut: bool
    """Not all pieces have room."""
    unspoken: tuple[tuple[str, str], ...]
    """Texts that could not be spoken and are left out, each with the reason."""
