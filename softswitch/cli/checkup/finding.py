"""What a look at something found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error keeps the switch from working; a warning may cost calls or secrets some day."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is the case with `subject`; unless all is well, why that matters and what to do."""

    level: Level
    subject: str
    what: str
    why: str = ""
    remedy: str = ""


def good(subject: str, what: str) -> Finding:
    """All is well."""
    return Finding(Level.OK, subject, what)


def warning(subject: str, what: str, why: str, remedy: str) -> Finding:
    """It works, but."""
    return Finding(Level.WARNING, subject, what, why, remedy)


def error(subject: str, what: str, why: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(Level.ERROR, subject, what, why, remedy)
