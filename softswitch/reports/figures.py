"""A report's figures, out of the sums by day as far as they go, and out of the records for the rest.

The rest is what lies before the first and after the last whole day, what is not summed up yet, and
everything where a condition asks for what sums do not know. It is read in slices of time, so that whoever
waits can be told how far it is.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Float, Integer, Select, func, inspect, or_, select

from softswitch.records.expressions import DAY
from softswitch.records.sum_tables import SUM_DAYS
from softswitch.records.sums import Sums
from softswitch.records.tables import CALLS
from softswitch.reports.fields import Field
from softswitch.reports.period import Period
from softswitch.reports.result import Kind
from softswitch.reports.selection import Selection

_MOST_RUNS: Final = 30
"""Runs of summed up days: gaps between so many make one statement's WHERE long enough."""
_SLICES: Final = 40
_SHORTEST_SLICE: Final = 2.0 * DAY

Key = Any
"""The value of one key, or a tuple of several."""
Span = tuple[float, float]
"""Seconds since 1970: from, and until."""


def figures(
    connection: Connection,
    selection: Selection,
    sums: Sums,
    *keys: str,
    rows: Callable[..., Select[Any]] | None = None,
    extra: tuple[str, ...] = (),
    fresh: bool = True,
) -> dict[Key, dict[str, Any]]:
    """The figures of the selected calls by these keys. Without `fresh` the sums are left alone.

    `rows` in place of those of the sums may have more figures: `extra`, which are added up.
    """
    names = (*sums.figures, *extra)
    gathered = _Gathered(sums, keys, names)
    spans, runs = [(_least(selection.period), _most(selection.period))], []
    conditions = selection.on_fields(
        {name: Field(sums.table.c[key], Kind.TEXT) for name, key in sums.fields.items()}
    )
    if fresh and conditions is not None:
        runs = _runs(connection, selection.period)
        spans = list(_between(spans[0], runs))
    slices = list(_slices(connection, spans))
    if runs:
        gathered.begin(connection.execute(_summed(sums, keys, runs, conditions)))
    selection.told(1 / (len(slices) + 1))
    fits = selection.conditions_on_calls()
    for nth, (since, until) in enumerate(slices):
        began = [CALLS.c.started_at >= since, CALLS.c.started_at < until]
        gathered.take(connection.execute((rows or sums.rows)([*began, *fits])))
        selection.told((nth + 2) / (len(slices) + 1))
    return gathered.found


class _Gathered:
    """Figures from several statements, put together by key."""

    def __init__(self, sums: Sums, keys: tuple[str, ...], names: tuple[str, ...]) -> None:
        self.found: dict[Key, dict[str, Any]] = {}
        self._keys = keys
        self._nothing = {name: _zero(sums, name) for name in names}
        self._largest = sums.largest

    def begin(self, rows: Iterable[Any]) -> None:
        """The first of all, each key once: as it is, since it may be a hundred thousand rows."""
        count, names = len(self._keys), tuple(self._nothing)
        for row in rows:
            key = row[0] if count == 1 else tuple(row[:count])
            self.found[key] = dict(zip(names, row[count:], strict=True))

    def take(self, rows: Iterable[Any]) -> None:
        for row in rows:
            mapping = row._mapping
            key = mapping[self._keys[0]] if len(self._keys) == 1 else tuple(map(mapping.get, self._keys))
            known = self.found.get(key)
            if known is None:
                known = self.found[key] = dict(self._nothing)
            for name, zero in self._nothing.items():
                value = type(zero)(mapping[name] or 0)
                known[name] = max(known[name], value) if name in self._largest else known[name] + value


def _zero(sums: Sums, name: str) -> Any:
    """In the type of the figure: databases add integers up to decimals."""
    if name not in sums.table.c:
        return 0
    kind = sums.table.c[name].type
    return 0 if isinstance(kind, Integer) else 0.0 if isinstance(kind, Float) else kind.python_type(0)


def _summed(
    sums: Sums, keys: tuple[str, ...], runs: Sequence[tuple[int, int]], conditions: Sequence[Any] | None
) -> Select[Any]:
    table = sums.table
    columns = [table.c[key] for key in keys]
    totals = [
        (func.max if name in sums.largest else func.sum)(table.c[name]).label(name) for name in sums.figures
    ]
    days = or_(*(table.c.day.between(first, last) for first, last in runs))
    return select(*columns, *totals).where(*sums.mine, days, *(conditions or ())).group_by(*columns)


def _runs(connection: Connection, period: Period) -> list[tuple[int, int]]:
    """First and last of summed up days in a row that lie in the period, whole."""
    if not inspect(connection).has_table(SUM_DAYS.name):
        return []  # no switch of this version has had it yet
    query = select(SUM_DAYS.c.day).where(SUM_DAYS.c.fresh.is_(True))
    if period.since is not None:
        query = query.where(SUM_DAYS.c.day >= int(-(-period.since // DAY)))
    if period.until is not None:
        query = query.where(SUM_DAYS.c.day < int(period.until // DAY))
    runs: list[tuple[int, int]] = []
    stale = select(SUM_DAYS.c.day).where(SUM_DAYS.c.fresh.is_(False))
    gaps = sorted(connection.execute(stale).scalars())
    for day in connection.execute(query.order_by(SUM_DAYS.c.day)).scalars():
        # A day without calls has no sums, and needs none: only a stale one parts two runs.
        if runs and not _any_between(gaps, runs[-1][1], day):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    runs.sort(key=lambda run: run[0] - run[1])
    return sorted(runs[:_MOST_RUNS])


def _any_between(gaps: Sequence[int], first: int, last: int) -> bool:
    at = bisect_right(gaps, first)
    return at < len(gaps) and gaps[at] < last


def _between(whole: Span, runs: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """What of the time the runs leave."""
    at, end = whole
    for first, last in runs:
        if first * DAY > at:
            yield at, float(first * DAY)
        at = float((last + 1) * DAY)
    if at < end:
        yield at, end


def _slices(connection: Connection, spans: Sequence[Span]) -> Iterator[Span]:
    """The spans, cut; and none beyond the first and the last call."""
    if not spans:
        return
    first, last = connection.execute(
        select(
            select(func.min(CALLS.c.started_at)).scalar_subquery(),
            select(func.max(CALLS.c.started_at)).scalar_subquery(),
        )
    ).one()
    if first is None:
        return
    # Calls have begun by its last moment too.
    cut = [(max(since, first), min(until, last + 1.0)) for since, until in spans]
    cut = [(since, until) for since, until in cut if since < until]
    length = max(_SHORTEST_SLICE, sum(until - since for since, until in cut) / _SLICES)
    for since, until in cut:
        at = since
        while at < until:
            yield at, min(at + length, until)
            at += length


def _least(period: Period) -> float:
    return float("-inf") if period.since is None else period.since


def _most(period: Period) -> float:
    return float("inf") if period.until is None else period.until
