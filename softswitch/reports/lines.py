"""Lines of the trunks: the busiest hour, how many were taken at once, how many would have been enough."""

import heapq
from collections import defaultdict
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from softswitch.records.expressions import QUARTER, constant
from softswitch.records.sum_rows import LONGEST_CALL
from softswitch.records.sums import LINES
from softswitch.records.tables import CALLS, LEGS
from softswitch.reports.erlang import lines_for, offered
from softswitch.reports.figures import figures
from softswitch.reports.period import Period
from softswitch.reports.queues import hour_of
from softswitch.reports.result import Chart, Column, Kind, Result
from softswitch.reports.selection import Company, Selection

LOSS: Final = 0.01
"""The share of calls that may find all lines taken in the busiest hour: the usual aim."""
_CANDIDATES: Final = 24
"""So many hours, those with the most seconds of calls begun in them, are looked at second by second."""
_HOUR: Final = 3600.0
_COLUMNS: Final = (
    Column("trunk", "Trunk"),
    Column("calls", "Calls", Kind.COUNT),
    Column("lines", "Lines", Kind.COUNT),
    Column("most", "Most at once", Kind.COUNT),
    Column("enough", "Enough", Kind.COUNT),
    Column("refused", "No free line", Kind.COUNT),
    Column("erlangs", "Erlangs", Kind.NUMBER),
    Column("busiest", "Busiest hour"),
    Column("busiest_calls", "Calls in it", Kind.COUNT),
    Column("seconds", "Lines taken", Kind.SECONDS),
)
_FAR: Final = int(LONGEST_CALL // QUARTER)
"""Quarters of an hour: of legs on trunks that have lasted longer than a week nothing is known here."""
Interval = tuple[float, float]
Parts = dict[int, dict[str, Any]]
"""Figures by quarter of an hour."""


def lines(connection: Connection, selection: Selection, company: Company, loss: float = LOSS) -> Result:
    """A row for each trunk. `loss`: the share of calls that may find no free line in the busiest hour."""
    hours = _hours(connection, selection)
    rows = []
    for trunk in sorted({*hours, *company.lines}):
        parts = hours.get(trunk, {})
        row: dict[str, Any] = {
            "trunk": trunk,
            "calls": sum(one["calls"] for one in parts.values()),
            "seconds": float(sum(one["seconds"] for one in parts.values())),
            "lines": company.lines.get(trunk),
            "refused": sum(one["refused"] for one in parts.values()),
            "busiest": "",
            **dict.fromkeys(("busiest_calls", "erlangs", "most", "enough")),
        }
        if row["calls"]:
            row |= _busiest(connection, selection, trunk, parts)
            row["enough"] = enough_lines(row["erlangs"], row["most"], row["lines"], row["refused"], loss)
        rows.append(row)
    notes = (
        f"Enough: with so many lines {loss:.1%} of the calls or fewer find none free in the busiest hour "
        "(Erlang B), or all that were there at once find one, whichever is less.",
    )
    return Result(
        "lines", "Lines", _COLUMNS, rows, notes, Chart(("trunk",), ("most", "enough", "lines"), "lines")
    )


def enough_lines(carried: float, most: int, lines: int | None, refused: int, loss: float) -> int:
    """How many lines would have been enough.

    Where calls were refused, the traffic was more than the lines have carried.
    """
    traffic = carried
    if refused and lines and carried < lines:
        traffic = offered(carried, lines)
    found = lines_for(traffic, loss)
    return found if refused else min(found, most)


def most_at_once(intervals: list[Interval], since: float, until: float) -> tuple[float, int]:
    """Seconds of the intervals that lie between the two times, and how many lie over each other at the most.

    One that ends where another begins does not lie over it.
    """
    ends: list[float] = []
    taken, most = 0.0, 0
    for start, end in sorted(intervals):
        start, end = max(start, since), min(end, until)
        if end <= start:
            continue
        taken += end - start
        while ends and ends[0] <= start:
            heapq.heappop(ends)
        heapq.heappush(ends, end)
        most = max(most, len(ends))
    return taken, most


def _hours(connection: Connection, selection: Selection) -> dict[str, Parts]:
    """By trunk and quarter of an hour: what began in it."""
    hours: dict[str, Parts] = defaultdict(dict)
    for (trunk, part), one in figures(connection, selection, LINES, "trunk", "part").items():
        if trunk:
            hours[trunk][part] = one
    return hours


def _busiest(connection: Connection, selection: Selection, trunk: str, parts: Parts) -> dict[str, Any]:
    hours: dict[datetime, list[float]] = {}
    for part, one in parts.items():
        known = hours.setdefault(_hour_of(part, selection.zone), [0, 0.0])
        known[0] += one["calls"]
        known[1] += one["seconds"]
    candidates = heapq.nlargest(_CANDIDATES, hours, key=lambda hour: (hours[hour][1], -hour.timestamp()))
    # A long call that began near an hour's end fills the next one.
    later = {datetime.fromtimestamp(one.timestamp() + _HOUR, selection.zone) for one in candidates}
    until = selection.period.until
    candidates += [one for one in sorted(later - set(candidates)) if until is None or one.timestamp() < until]
    reaching = {hour: _reaching(parts, hour.timestamp()) for hour in candidates}
    intervals = _intervals(connection, selection, trunk, set().union(*reaching.values()))
    busiest, erlangs, most = candidates[0], -1.0, 0
    for hour in candidates:
        since = hour.timestamp()
        mine = [one for part in reaching[hour] for one in intervals.get(part, ())]
        taken, at_once = most_at_once(mine, since, since + _HOUR)
        most = max(most, at_once)
        if taken / _HOUR > erlangs:
            busiest, erlangs = hour, taken / _HOUR
    return {
        "busiest": f"{busiest:%Y-%m-%d %H:%M}",
        "busiest_calls": int(hours[busiest][0]) if busiest in hours else 0,
        "erlangs": erlangs,
        "most": most,
    }


@lru_cache(maxsize=100_000)
def _hour_of(part: int, zone: ZoneInfo) -> datetime:
    """Of a quarter: several trunks ask for the same."""
    return hour_of(part * QUARTER, zone)


def _reaching(parts: Parts, since: float) -> set[int]:
    """The quarters of an hour in which something began that may be there in the hour from `since` on."""
    first, last = int(since // QUARTER), int((since + _HOUR) // QUARTER)
    return {
        part
        for part in range(first - _FAR, last)
        if part in parts and (part >= first or (part + 1) * QUARTER + parts[part]["longest"] > since)
    }


def _intervals(
    connection: Connection, selection: Selection, trunk: str, parts: set[int]
) -> dict[int, list[Interval]]:
    """What began in these quarters of an hour, by quarter."""
    legs = LEGS.c
    # Said twice, so that the index of legs on trunks is known to hold them.
    query = select(legs.started_at, legs.ended_at).where(legs.trunk == trunk, legs.trunk != constant("''"))
    if selection.conditions or selection.period != Period(None, None):
        query = query.join_from(LEGS, CALLS, legs.call == CALLS.c.id).where(*selection.where())
    found: dict[int, list[Interval]] = defaultdict(list)
    for first, last in _runs(parts):
        # A statement each: over all of them at once SQLite would read every leg of the trunk.
        began = (legs.started_at >= float(first * QUARTER), legs.started_at < float((last + 1) * QUARTER))
        for start, end in connection.execute(query.where(*began)):
            found[int(start // QUARTER)].append((start, end))
    return found


def _runs(parts: set[int]) -> list[list[int]]:
    """First and last of numbers in a row."""
    runs: list[list[int]] = []
    for part in sorted(parts):
        if runs and runs[-1][1] == part - 1:
            runs[-1][1] = part
        else:
            runs.append([part, part])
    return runs
