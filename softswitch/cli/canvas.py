"""A row of terminal cells to draw on, and the glyphs that the terminal can show."""

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What lines are made of."""

    lane: str
    line: str
    crossing: str
    from_left: str
    from_right: str
    right: str
    left: str
    pause: str
    dot: str
    more: str
    to: str


BOX: Final = Glyphs("│", "─", "┼", "├", "┤", "▶", "◀", "┊", "·", "…", "→")
ASCII: Final = Glyphs("|", "-", "+", "|", "|", ">", "<", ":", "*", "~", "->")


def glyphs_for(encoding: str) -> Glyphs:
    """Lines and arrows where the terminal's encoding has them, else plain characters."""
    return BOX if encoding.lower().replace("-", "").startswith("utf") else ASCII


class Canvas:
    """One row. Later drawing covers earlier drawing; what does not fit on the right is left out."""

    def __init__(self, width: int) -> None:
        self._cells: list[tuple[str, str]] = [(" ", "")] * width

    def put(self, at: int, text: str, style: str = "") -> None:
        """Writes from the column `at`, from 0; wide characters take two cells, combining ones none."""
        for char in text:
            size = cell_len(char)
            if at < 0 or at + size > len(self._cells):
                return
            if size == 0:
                if at > 0:
                    before, its_style = self._cells[at - 1]
                    self._cells[at - 1] = (before + char, its_style)
                continue
            self._cells[at] = (char, style)
            if size == 2:
                self._cells[at + 1] = ("", style)
            at += size

    def text(self) -> Text:
        """The row without blanks at its end."""
        made = Text()
        for char, style in self._cells:
            made.append(char, style=style or None)
        made.rstrip()
        return made


def fit(text: str, width: int, more: str) -> str:
    """The text cut to so many cells; `more` marks that something is missing."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for char in text:
        if cell_len(kept) + cell_len(char) > width - cell_len(more):
            break
        kept += char
    return kept + more if width >= cell_len(more) else ""
