"""The terminal: consoles, and text that came from elsewhere made harmless for them."""

import json
import sys
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def stdout(*, wide: bool = False) -> "Console":
    """Where results go. Colours only on a terminal and without NO_COLOR; 80 columns where none are known.

    No markup: `[red]` in somebody's name stays what it is. `wide` takes all of a wide terminal.
    """
    from rich.console import Console

    console = Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
    if not wide and console.width > 120:
        console.width = 120
    return console


def stderr() -> "Console":
    """Where failures go."""
    from rich.console import Console

    return Console(file=sys.stderr, markup=False, highlight=False, emoji=False)


def table(*columns: str, right: tuple[str, ...] = ()) -> "Table":
    """An empty table in the house's style; `right` names the columns that hold numbers."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold", show_edge=False)
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return made


def print_json(value: Any) -> None:
    """JSON on stdout. All but ASCII is escaped, so nothing in it can move a terminal's cursor."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=True, default=str).replace("\x7f", "\\u007f"))


def safe(text: str) -> str:
    """The text with every character that a terminal could obey, or that hides, written as its escape.

    Control characters (C0, C1, DEL), line ends, and invisible format characters such as those that turn the
    direction of writing.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def safe_lines(text: str) -> list[str]:
    """The lines of a text, each made `safe`; a tab becomes spaces."""
    return [safe(line.expandtabs(4)) for line in text.replace("\r\n", "\n").split("\n")]


def _escape(char: str) -> str:
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
