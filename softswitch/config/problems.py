"""What is wrong with a dialplan, said so that an operator can mend it."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

KeyPath = tuple[str | int, ...]

# How much of a value a problem's text shows, in characters.
LONGEST_VALUE = 80


class Severity(StrEnum):
    """An error refuses the file; a warning is told and the file is taken."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem known by its key, before its place in the file is looked up.

    `at_key` points at the key itself (it is unknown, or written twice) instead of at its value.
    `value` is what the file says there, as text; None where there is none or where it must not be shown.
    """

    path: KeyPath
    message: str
    remedy: str
    value: str | None = None
    severity: Severity = Severity.ERROR
    at_key: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a dialplan: where it is, what the file says, why that cannot be, what to do.

    Lines and columns count from 1. `path` is dotted (`extensions.101.password`), empty for the file as a
    whole. `value` never holds a password.
    """

    file: Path
    line: int
    column: int
    path: str
    value: str | None
    message: str
    remedy: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        kind = "warning: " if self.severity is Severity.WARNING else ""
        subject = f"{self.path}: " if self.path else ""
        value = "" if self.value is None or _tells(self.message, self.value) else f": {_short(self.value)!r}"
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.file}:{self.line}:{self.column}: {kind}{subject}{self.message}{value}{remedy}"


class DialplanError(Exception):
    """The dialplan was refused. `problems` holds every error and warning found, sorted by place."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def dotted(path: KeyPath) -> str:
    """The path as an operator reads it: `extensions.101.name`, `listen[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            # A key from the file may hold line ends and escape sequences; a terminal must not see them.
            name = part if part.isprintable() else repr(part)[1:-1]
            text += f".{name}" if text else name
    return text


def _tells(message: str, value: str) -> bool:
    """Whether the message names the value already, as a word of its own."""
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", message) is not None


def _short(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"
