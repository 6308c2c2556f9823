"""Pictures of what becomes of the calls to a number: Mermaid text, and SVG with a layout of its own. Pure."""

from dataclasses import dataclass
from html import escape
from typing import Final

from softswitch.config import Dialplan
from softswitch.config.problems import KeyPath
from softswitch.config.ways import reachable

_WIDTH, _HEIGHT, _GAP, _RISE = 190, 44, 130, 24
_SHORT: Final = 26


@dataclass(frozen=True, slots=True)
class Box:
    """A number, a place, or a number outside."""

    id: str
    text: str
    depth: int
    row: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another."""

    source: str
    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What becomes of a number's calls."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def picture(dialplan: Dialplan, number: str) -> Picture:
    """Of the calls to an outside number. Boxes stand in columns, by how many steps away they are."""
    start: KeyPath = ("numbers", number)
    ways, _ = reachable(dialplan, start)
    name = dialplan.numbers[number].name
    texts: dict[KeyPath, str] = {start: f"{number} {name}" if name else number}
    depth: dict[KeyPath, int] = {start: 0}
    arrows: dict[tuple[KeyPath, KeyPath], list[str]] = {}
    for way in ways:
        there: KeyPath = way.place.path if way.place is not None else ("outside", way.target)
        kind = way.place.kind.value if way.place is not None else "outside"
        title = way.place.name if way.place is not None else way.target
        texts.setdefault(there, f"{kind} {title}")
        depth.setdefault(there, depth[way.source] + 1)
        arrows.setdefault((way.source, there), []).append(way.label)
    ids = {path: f"n{index}" for index, path in enumerate(texts)}
    rows: dict[int, int] = {}
    boxes = []
    for path, text in texts.items():
        row = rows.get(depth[path], 0)
        rows[depth[path]] = row + 1
        boxes.append(Box(ids[path], text, depth[path], row))
    drawn = tuple(Arrow(ids[one], ids[two], ", ".join(labels)) for (one, two), labels in arrows.items())
    return Picture(tuple(boxes), drawn)


def mermaid(found: Picture) -> str:
    """As text for Mermaid."""
    lines = ["flowchart LR"]
    lines += [f'  {box.id}["{_quoted(box.text)}"]' for box in found.boxes]
    lines += [f'  {one.source} -->|"{_quoted(one.label)}"| {one.target}' for one in found.arrows]
    return "\n".join(lines) + "\n"


def svg(found: Picture) -> str:
    """As an SVG image."""
    at = {box.id: (20 + box.depth * (_WIDTH + _GAP), 20 + box.row * (_HEIGHT + _RISE)) for box in found.boxes}
    width = max(x for x, _ in at.values()) + _WIDTH + _GAP
    height = max(y for _, y in at.values()) + _HEIGHT + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        'font-size="13">',
        '<defs><marker id="a" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>',
    ]
    for one in found.arrows:
        parts += _arrow(at[one.source], at[one.target], one.label)
    for box in found.boxes:
        x, y = at[box.id]
        fill = "#dbeafe" if box.depth == 0 else "#f3f4f6"
        parts.append(
            f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="{fill}" '
            'stroke="#374151"/>'
        )
        parts.append(
            f'<text x="{x + _WIDTH // 2}" y="{y + _HEIGHT // 2 + 5}" text-anchor="middle">'
            f"{escape(_short(box.text, _SHORT))}</text>"
        )
    return "\n".join((*parts, "</svg>")) + "\n"


def _arrow(start: tuple[int, int], end: tuple[int, int], label: str) -> list[str]:
    middle = _HEIGHT // 2
    if end[0] > start[0]:
        x1, y1, x2, y2 = start[0] + _WIDTH, start[1] + middle, end[0], end[1] + middle
        bend = f"M{x1},{y1} C{x1 + 60},{y1} {x2 - 60},{y2} {x2},{y2}"
    elif end[0] == start[0] and end != start:  # in the same column: around what stands between
        x1 = x2 = start[0] + _WIDTH
        y1, y2 = start[1] + middle, end[1] + middle
        bow = 30 + abs(y2 - y1) // 4
        bend = f"M{x1},{y1} C{x1 + bow},{y1} {x2 + bow},{y2} {x2},{y2}"
        x1 = x2 = x1 + bow * 3 // 4
    else:  # back to where the call has been
        x1, y1, x2, y2 = start[0] + _WIDTH // 2, start[1] + _HEIGHT, end[0] + _WIDTH // 2, end[1] + _HEIGHT
        bend = f"M{x1},{y1} C{x1},{y1 + 40} {x2},{y2 + 40} {x2},{y2}"
    x, y = x1 + (x2 - x1) * 2 // 3, y1 + (y2 - y1) * 2 // 3 - 4
    return [
        f'<path d="{bend}" fill="none" stroke="#374151" marker-end="url(#a)"/>',
        f'<text x="{x}" y="{y}" text-anchor="middle" font-size="11" fill="#1d4ed8">'
        f"{escape(_short(label, 18))}</text>",
    ]


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;")
