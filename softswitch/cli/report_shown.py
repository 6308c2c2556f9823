"""A report on the terminal, as CSV, JSON, sheet or picture."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from softswitch.cli.screen import print_json, safe, stdout, table
from softswitch.cli.times import span

if TYPE_CHECKING:
    from softswitch.reports.result import Column, Result

_TEXT_WIDTH = 12
"""Characters that a text may be folded to."""
_GAP = 3
"""Blanks between two columns."""
# On a terminal, columns that hold nothing in any row are left out; these lists have too many for one.
_NARROW = {
    "calls": frozenset({"id", "started_at", "caller", "called", "department", "answered_by"})
    | {"waiting", "talking", "outcome", "price", "currency", "files"},
    "missed": frozenset({"call", "started_at", "caller", "called", "number", "name", "rang", "why"}),
}


def show(
    result: "Result", zone: ZoneInfo, *, csv: bool, json: bool, xlsx: Path | None, chart: Path | None
) -> None:
    """Files that were asked for; on stdout the table, or what takes its place.

    Raises ReportError and OSError.
    """
    from softswitch.reports.chart import draw
    from softswitch.reports.plain import as_data, write_csv
    from softswitch.reports.sheet import write_sheet

    if xlsx is not None:
        write_sheet(result, xlsx, zone)
    if chart is not None:
        draw(result, chart)
    if json:
        print_json(as_data(result, zone))
    elif csv:
        write_csv(result, sys.stdout, zone)
    elif xlsx is not None or chart is not None:
        for file in (xlsx, chart):
            if file is not None:
                stdout().print(f"{safe(str(file))} is written.", soft_wrap=True)
    else:
        _print(result, zone)


def _print(result: "Result", zone: ZoneInfo) -> None:
    from softswitch.reports.result import Kind

    console = stdout(wide=True)
    if not result.rows:
        console.print("No calls fit.")
        return
    wanted = _NARROW.get(result.name)
    columns = [
        column
        for column in result.columns
        if (wanted is None or column.key in wanted)
        and any(row.get(column.key) not in (None, "") for row in result.rows)
    ]
    cells = [[_text(row.get(column.key), column, zone) for column in columns] for row in result.rows]
    widths = [_width(column, [row[nth] for row in cells]) for nth, column in enumerate(columns)]
    fit = _fit(widths, console.width)
    # A title may stand twice, as a count and as a share; columns are told apart by their place.
    rows = table(*(column.title for column in columns[:fit]))
    for column, width, shown in zip(columns, widths, rows.columns, strict=False):
        shown.min_width = width
        if column.kind is not Kind.TEXT:
            shown.justify = "right"
    for row in cells:
        rows.add_row(*row[:fit])
    console.print(rows)
    if fit < len(columns):
        left = ", ".join(column.title for column in columns[fit:])
        console.print(f"Too narrow for: {left}. A wider terminal, --csv or --xlsx has them.", style="dim")
    for note in result.notes:
        console.print(safe(note), style="dim")


def _width(column: "Column", cells: list[str]) -> int:
    """Characters that it needs: a figure whole, a text or a title by its words."""
    from softswitch.reports.result import Kind

    longest = max(map(len, cells), default=0)
    if column.kind is Kind.TEXT:
        longest = min(longest, _TEXT_WIDTH)
    return max(longest, *map(len, column.title.split()))


def _fit(widths: list[int], width: int) -> int:
    """How many columns fit beside each other; one always does."""
    taken = 0
    for nth, one in enumerate(widths):
        taken += one + (_GAP if nth else 0)
        if taken > width:
            return max(1, nth)
    return len(widths)


def _text(found: Any, column: "Column", zone: ZoneInfo) -> str:
    from softswitch.reports.plain import money
    from softswitch.reports.result import Kind

    if found is None:
        return ""
    match column.kind:
        case Kind.TIME:
            return datetime.fromtimestamp(found, zone).strftime("%Y-%m-%d %H:%M:%S")
        case Kind.SECONDS:
            return span(found)
        case Kind.SHARE:
            return f"{found:.1%}"
        case Kind.NUMBER:
            return f"{found:.2f}"
        case Kind.MONEY:
            return money(found)
        case _:
            return safe(str(found))
