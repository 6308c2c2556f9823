"""A dialplan's problems on the terminal: the place, the line with a caret under it, the remedy."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softswitch.cli.screen import safe

if TYPE_CHECKING:
    from rich.console import Console

    from softswitch.cli.masking import Masked
    from softswitch.config import Problem

# A line longer than the terminal is shown around the place in question; so much of it stands before.
_BEFORE = 24


def show_problems(problems: Sequence["Problem"], console: "Console") -> None:
    """Prints each problem, in the order given."""
    texts: dict[Path, Masked | None] = {}
    for problem in problems:
        if problem.file not in texts:
            texts[problem.file] = _masked(problem.file)
        _show(problem, texts[problem.file], console)


def count(problems: Iterable["Problem"]) -> str:
    """How many, in words: `2 errors, 1 warning`."""
    numbers = Counter(str(problem.severity) for problem in problems)
    words = (
        f"{numbers[kind]} {kind}{'' if numbers[kind] == 1 else 's'}"
        for kind in ("error", "warning")
        if numbers[kind]
    )
    return ", ".join(words) or "no problem"


def as_data(problem: "Problem") -> dict[str, Any]:
    """A problem for JSON."""
    return {
        "severity": str(problem.severity),
        "file": str(problem.file),
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "value": problem.value,
        "message": problem.message,
        "remedy": problem.remedy,
    }


def _masked(file: Path) -> "Masked | None":
    from softswitch.cli.masking import Masked

    try:
        return Masked(file.read_bytes().decode("utf-8-sig", errors="replace"))
    except (OSError, ValueError):
        return None


def _show(problem: "Problem", text: "Masked | None", console: "Console") -> None:
    from rich.text import Text

    style = "bold red" if problem.severity == "error" else "bold yellow"
    head = Text(f"{safe(str(problem.file))}:{problem.line}:{problem.column}: ", style="bold")
    head.append(str(problem.severity), style=style)
    head.append(f": {_subject(problem)}")
    console.print(head, soft_wrap=True)
    if text is not None:
        _show_line(problem, text, style, console)
    if problem.remedy:
        console.print(Text.assemble(("     = ", "dim"), safe(problem.remedy)), soft_wrap=True)


def _subject(problem: "Problem") -> str:
    """Path and message as the problem's own text has them."""
    from dataclasses import replace

    bare = str(replace(problem, file=Path(), remedy="", severity=type(problem.severity)("error")))
    return safe(bare.split(": ", 1)[1])


def _show_line(problem: "Problem", text: "Masked", style: str, console: "Console") -> None:
    from rich.cells import cell_len
    from rich.text import Text

    line = text.line(problem.line)
    if not line.text.strip():
        return
    at = line.column(problem.column) - 1
    length = _length(problem, line.text, at)
    room = max(30, console.width - 9)
    cut = max(0, at - _BEFORE) if cell_len(line.text) > room else 0
    before = ("…" if cut else "") + safe(line.text[cut:at].replace("\t", " "))
    after = safe(line.text[at:].replace("\t", " ")).rstrip()
    shown = Text(before + after)
    shown.truncate(room, overflow="ellipsis")
    console.print(Text.assemble((f"{problem.line:5} │ ", "dim"), shown), soft_wrap=True)
    caret = " " * cell_len(before) + "^" * max(1, min(length, room - cell_len(before)))
    console.print(Text.assemble(("      │ ", "dim"), (caret, style)), soft_wrap=True)


def _length(problem: "Problem", line: str, at: int) -> int:
    """How many characters of the line the problem is about."""
    value = problem.value or ""
    for word in (f'"{value}"', f"'{value}'", value):
        if value and line.startswith(word, at):
            return len(word)
    return 1
