"""The SIP ladder of a call: a lifeline for each device and one for the switch, an arrow for each message.

Few lifelines leave room for the message's name on its arrow; with many the names stand in a column of their
own, right of the lifelines.
"""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from softswitch.cli.answers import Event, Message
from softswitch.cli.canvas import Canvas, Glyphs, fit
from softswitch.cli.lanes import SWITCH_LANE, Lanes
from softswitch.cli.screen import safe
from softswitch.cli.times import offset, span

_TIME: Final = 11
_WIDEST_GAP: Final = 46
_ROOM_ON_ARROWS: Final = 30
_NAMES: Final = 32
_NARROWEST_GAP, _WIDE_ENOUGH_GAP = 5, 12
LONG_PAUSE: Final = 3.0
"""Seconds without a message that the ladder shows as a break."""
_PATH: Final = "bright_black"
_ANSWERED: Final = re.compile(r" \([A-Z]+\)")


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: tuple[int, ...]
    names_at: int | None
    """The column of the messages' names; None: they stand on the arrows."""
    width: int


def ladder(
    lanes: Lanes, messages: Sequence[Message], events: Sequence[Event], width: int, glyphs: Glyphs
) -> Iterator[Text]:
    """The rows from top to bottom. Messages and events are put in order of time."""
    drawing = _Drawing(lanes, _layout(len(lanes.lanes), width), glyphs)
    yield from drawing.head()
    steps: list[Message | Event] = sorted([*messages, *events], key=lambda step: step.at)
    start = previous = steps[0].at if steps else 0.0
    seen: set[tuple[int, bool, str]] = set()
    for step in steps:
        if step.at - previous >= LONG_PAUSE:
            yield drawing.pause(step.at - previous)
        previous = step.at
        if isinstance(step, Event):
            yield from drawing.event(step, step.at - start)
            continue
        identity = (lanes.of(step), step.sent, step.text)
        yield drawing.arrow(step, step.at - start, again=identity in seen)
        seen.add(identity)


def style_of(title: str) -> str:
    """The colour of a message: requests, answers that go on, good, elsewhere or prove-yourself, bad."""
    status = title[:3]
    if not (status.isascii() and status.isdigit()):
        return "cyan"
    if status in ("401", "407"):
        return "yellow"
    return {"1": "blue", "2": "green", "3": "yellow"}.get(status[0], "red")


def _layout(lanes: int, width: int) -> _Layout:
    gap = min(_WIDEST_GAP, (width - _TIME - 1) // max(1, lanes - 1))
    if gap >= _ROOM_ON_ARROWS:
        return _Layout(tuple(_TIME + gap * index for index in range(lanes)), None, width)
    narrow = (width - _TIME - _NAMES) // lanes
    gap = max(_NARROWEST_GAP, min(_WIDE_ENOUGH_GAP, narrow))
    names_at = _TIME + gap * lanes
    columns = tuple(_TIME + gap * index + gap // 2 - 1 for index in range(lanes))
    return _Layout(columns, names_at, max(width, names_at + _NAMES))


class _Drawing:
    """Draws rows on one layout."""

    def __init__(self, lanes: Lanes, layout: _Layout, glyphs: Glyphs) -> None:
        self._lanes = lanes
        self._layout = layout
        self._glyphs = glyphs

    def head(self) -> Iterator[Text]:
        """Who stands over each lifeline."""
        if self._layout.names_at is None:
            yield self._captions([lane.title for lane in self._lanes.lanes], "bold")
            yield self._captions([lane.place for lane in self._lanes.lanes], _PATH)
        else:
            yield from self._legend()
            yield self._captions([_letter(index) for index in range(len(self._lanes.lanes))], "bold")
        yield self._row().text()

    def arrow(self, message: Message, at: float, again: bool) -> Text:
        """One message."""
        style = style_of(message.title)
        device = self._lanes.of(message)
        source, target = (SWITCH_LANE, device) if message.sent else (device, SWITCH_LANE)
        row = self._row(at)
        self._line(row, self._layout.columns[source], self._layout.columns[target], style)
        name = safe(message.title) + (" again" if again else "")
        if self._layout.names_at is None:
            self._name_on_arrow(row, device, name, f"bold {style}")
        else:
            row.put(self._layout.names_at, self._fit(name, self._names_width), f"bold {style}")
        return row.text()

    def event(self, event: Event, at: float) -> Iterator[Text]:
        """What the switch did or noticed, between the messages."""
        start = self._layout.columns[0] + 2
        lines = textwrap.wrap(safe(event.text), max(20, self._layout.width - start - 4)) or [""]
        for index, line in enumerate(lines):
            row = self._row(at if index == 0 else None)
            mark = self._glyphs.dot if index == 0 else " "
            row.put(start, f"{mark} {line} ", "italic magenta")
            yield row.text()

    def pause(self, seconds: float) -> Text:
        """A long time without anything."""
        row = Canvas(self._layout.width)
        row.put(0, f"{span(seconds):>{_TIME - 3}}", _PATH)
        for column in self._layout.columns:
            row.put(column, self._glyphs.pause, _PATH)
        return row.text()

    def _fit(self, name: str, width: int) -> str:
        """What is answered can be seen from the arrows: `(INVITE)` goes before anything is cut."""
        if cell_len(name) > width:
            name = _ANSWERED.sub("", name)
        return fit(name, width, self._glyphs.more)

    @property
    def _names_width(self) -> int:
        return self._layout.width - (self._layout.names_at or 0)

    def _row(self, at: float | None = None) -> Canvas:
        row = Canvas(self._layout.width)
        if at is not None:
            row.put(0, f"{offset(at):>{_TIME - 3}}", _PATH)
        for column in self._layout.columns:
            row.put(column, self._glyphs.lane, _PATH)
        return row

    def _line(self, row: Canvas, source: int, target: int, style: str) -> None:
        glyphs = self._glyphs
        left, right = min(source, target), max(source, target)
        for column in range(left + 1, right):
            row.put(column, glyphs.crossing if column in self._layout.columns else glyphs.line, style)
        if source < target:
            row.put(source, glyphs.from_left, style)
            row.put(target - 1, glyphs.right, style)
        else:
            row.put(source, glyphs.from_right, style)
            row.put(target + 1, glyphs.left, style)

    def _name_on_arrow(self, row: Canvas, device: int, name: str, style: str) -> None:
        """In the middle of the gap beside the switch that the arrow passes."""
        switch = self._layout.columns[SWITCH_LANE]
        beside = self._layout.columns[SWITCH_LANE + (1 if device > SWITCH_LANE else -1)]
        left, room = min(switch, beside), abs(switch - beside) - 1
        shown = f" {self._fit(name, room - 4)} "
        row.put(left + 1 + (room - cell_len(shown)) // 2, shown, style)

    def _captions(self, captions: list[str], style: str) -> Text:
        """Over the middle of each lifeline, as far as the edges allow."""
        columns, width = self._layout.columns, self._layout.width
        gap = columns[1] - columns[0] if len(columns) > 1 else width
        row = Canvas(width)
        for column, caption in zip(columns, captions, strict=True):
            shown = fit(caption, gap - 2, self._glyphs.more)
            at = column - cell_len(shown) // 2
            row.put(max(0, min(at, width - cell_len(shown))), shown, style)
        return row.text()

    def _legend(self) -> Iterator[Text]:
        titles = max(cell_len(lane.title) for lane in self._lanes.lanes)
        for index, lane in enumerate(self._lanes.lanes):
            row = Text.assemble((f"  {_letter(index)}  ", "bold"), lane.title)
            row.pad_right(titles - cell_len(lane.title) + 3)
            row.append(lane.place, style=_PATH)
            row.rstrip()
            yield row
        yield Text()


def _letter(index: int) -> str:
    """S for the switch, A for the caller, B, C … for the others; numbers when letters are at an end."""
    if index == SWITCH_LANE:
        return "S"
    rank = index if index == 0 else index - 1
    letters = [chr(code) for code in range(ord("A"), ord("Z") + 1) if chr(code) != "S"]
    return letters[rank] if rank < len(letters) else str(rank)
