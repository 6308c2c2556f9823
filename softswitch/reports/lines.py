"""Lines of the trunks: the busiest hour, how many were taken at once, how many would have been enough."""

import heapq
from collections import defaultdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, select

from softswitch.records.tables import CALLS, LEGS
from softswitch.reports.erlang import lines_for, offered
from softswitch.reports.queues import hour_of
from softswitch.reports.result import Chart, Column, Kind, Result
from softswitch.reports.selection import QUARTER, Company, Selection, quarter

LOSS: Final = 0.01
"""The share of calls that may find all lines taken in the busiest hour: the usual aim."""
_CANDIDATES: Final = 24
"""So many hours, those with the most seconds of calls begun in them, are looked at second by second."""
_HOUR: Final = 3600.0
_COLUMNS: Final = (
    Column("trunk", "Trunk"),
    Column("calls", "Calls", Kind.COUNT),
    Column("seconds", "Lines taken", Kind.SECONDS),
    Column("busiest", "Busiest hour"),
    Column("busiest_calls", "Calls in it", Kind.COUNT),
    Column("erlangs", "Erlangs", Kind.NUMBER),
    Column("most", "Most at once", Kind.COUNT),
    Column("lines", "Lines", Kind.COUNT),
    Column("refused", "No free line", Kind.COUNT),
    Column("enough", "Enough", Kind.COUNT),
)
Interval = tuple[float, float]


def lines(connection: Connection, selection: Selection, company: Company, loss: float = LOSS) -> Result:
    """A row for each trunk. `loss`: the share of calls that may find no free line in the busiest hour."""
    rows = []
    refused = _refused(connection, selection)
    hours = _hours(connection, selection)
    for trunk in sorted({*hours, *company.lines}):
        row: dict[str, Any] = {
            "trunk": trunk,
            "calls": sum(one[0] for one in hours[trunk].values()),
            "seconds": sum(one[1] for one in hours[trunk].values()),
            "lines": company.lines.get(trunk),
            "refused": refused.get(trunk, 0),
            "busiest": "",
            **dict.fromkeys(("busiest_calls", "erlangs", "most", "enough")),
        }
        if hours[trunk]:
            row |= _busiest(connection, selection, trunk, hours[trunk])
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


def _hours(
    connection: Connection, selection: Selection
) -> dict[str, dict[datetime, tuple[int, float, float]]]:
    """By trunk and hour: legs begun in it, their seconds, how long the longest call of them was."""
    part = quarter(LEGS.c.started_at).label("part")
    seconds = LEGS.c.ended_at - LEGS.c.started_at
    whole = CALLS.c.ended_at - CALLS.c.started_at
    query = (
        select(LEGS.c.trunk, part, func.count(), func.sum(seconds), func.max(whole))
        .join_from(CALLS, LEGS, LEGS.c.call == CALLS.c.id)
        .where(*selection.where(), LEGS.c.trunk != "")
        .group_by(LEGS.c.trunk, part)
    )
    hours: dict[str, dict[datetime, tuple[int, float, float]]] = defaultdict(dict)
    for trunk, at, calls, taken, longest in connection.execute(query):
        hour = hour_of(at * QUARTER, selection.zone)
        before = hours[trunk].get(hour, (0, 0.0, 0.0))
        hours[trunk][hour] = (before[0] + calls, before[1] + (taken or 0), max(before[2], longest or 0))
    return hours


def _busiest(
    connection: Connection,
    selection: Selection,
    trunk: str,
    hours: dict[datetime, tuple[int, float, float]],
) -> dict[str, Any]:
    longest = max(one[2] for one in hours.values())
    candidates = heapq.nlargest(_CANDIDATES, hours, key=lambda hour: (hours[hour][1], -hour.timestamp()))
    # A long call that began near an hour's end fills the next one.
    later = {datetime.fromtimestamp(one.timestamp() + _HOUR, selection.zone) for one in candidates}
    until = selection.period.until
    candidates += [one for one in sorted(later - set(candidates)) if until is None or one.timestamp() < until]
    busiest, erlangs, most = candidates[0], -1.0, 0
    for hour in candidates:
        since = hour.timestamp()
        intervals = _intervals(connection, selection, trunk, since, longest)
        taken, at_once = most_at_once(intervals, since, since + _HOUR)
        most = max(most, at_once)
        if taken / _HOUR > erlangs:
            busiest, erlangs = hour, taken / _HOUR
    return {
        "busiest": f"{busiest:%Y-%m-%d %H:%M}",
        "busiest_calls": hours[busiest][0] if busiest in hours else 0,
        "erlangs": erlangs,
        "most": most,
    }


def _intervals(
    connection: Connection, selection: Selection, trunk: str, since: float, longest: float
) -> list[Interval]:
    query = (
        select(LEGS.c.started_at, LEGS.c.ended_at)
        .join_from(CALLS, LEGS, LEGS.c.call == CALLS.c.id)
        .where(
            *selection.where(),
            # Finds the calls by their index: a leg begins after its call, and ends with it at the latest.
            CALLS.c.started_at >= since - longest,
            CALLS.c.started_at < since + _HOUR,
            LEGS.c.trunk == trunk,
            LEGS.c.started_at < since + _HOUR,
            LEGS.c.ended_at > since,
        )
    )
    return [(start, end) for start, end in connection.execute(query)]


def _refused(connection: Connection, selection: Selection) -> dict[str, int]:
    query = (
        select(CALLS.c.trunk, func.count())
        .where(*selection.where(), CALLS.c.outcome == "no-free-line")
        .group_by(CALLS.c.trunk)
    )
    return dict(connection.execute(query).tuples().all())
