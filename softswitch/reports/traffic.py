"""When calls come: by hour of the day, by weekday, by day or by month, on the company's own clock."""

from collections import defaultdict
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from softswitch.records.tables import CALLS
from softswitch.reports.result import Chart, Column, Kind, ReportError, Result, mean
from softswitch.reports.selection import QUARTER, Selection, number_of, quarter

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BY: Final = ("hour", "weekday", "weekday-hour", "day", "month")
_COLUMNS: Final = (
    Column("calls", "Calls", Kind.COUNT),
    Column("incoming", "In", Kind.COUNT),
    Column("outgoing", "Out", Kind.COUNT),
    Column("inner", "Inner", Kind.COUNT),
    Column("answered", "Answered", Kind.COUNT),
    Column("unanswered", "Not answered", Kind.COUNT),
    Column("waiting", "Mean wait", Kind.SECONDS),
    Column("talking", "Mean talk", Kind.SECONDS),
    Column("total_talk", "Talk", Kind.SECONDS),
)


def traffic(connection: Connection, selection: Selection, by: str = "hour") -> Result:
    """A row for each part of `by`; hours and weekdays without a call are shown too."""
    if by not in BY:
        raise ReportError(f"traffic cannot be told by {by}", f"there are {', '.join(BY)}")
    sums: dict[tuple[int | str, ...], list[float]] = defaultdict(lambda: [0.0] * 7)
    for key in _all_keys(by):
        sums[key] = [0.0] * 7
    for part, *figures in connection.execute(_query(selection)):
        key = _key(by, datetime.fromtimestamp(part * QUARTER, selection.zone))
        sums[key] = [one + float(other or 0) for one, other in zip(sums[key], figures, strict=True)]
    rows = []
    for key in sorted(sums):
        calls, incoming, outgoing, inner, answered, waiting, talking = sums[key]
        rows.append(
            {
                **_labels(by, key),
                "calls": int(calls),
                "incoming": int(incoming),
                "outgoing": int(outgoing),
                "inner": int(inner),
                "answered": int(answered),
                "unanswered": int(calls - answered),
                "waiting": mean(waiting, calls),
                "talking": mean(talking, answered),
                "total_talk": talking,
            }
        )
    labels = _label_columns(by)
    drawn = Chart(tuple(label.key for label in labels), ("incoming", "outgoing", "inner"), "calls")
    title = f"Traffic by {by.replace('-', ' and ')}"
    return Result("traffic", title, labels + _COLUMNS, rows, (_clock(selection.zone),), drawn)


def _query(selection: Selection):  # type: ignore[no-untyped-def]
    c = CALLS.c
    part = quarter(c.started_at).label("part")
    return (
        select(
            part,
            func.count(),
            number_of(c.direction == "in"),
            number_of(c.direction == "out"),
            number_of(c.direction == "inner"),
            func.count(c.answered_at),
            func.sum(c.waiting),
            func.sum(c.talking),
        )
        .where(*selection.where())
        .group_by(part)
    )


def _key(by: str, at: datetime) -> tuple[int | str, ...]:
    match by:
        case "hour":
            return (at.hour,)
        case "weekday":
            return (at.weekday(),)
        case "weekday-hour":
            return (at.weekday(), at.hour)
        case "day":
            return (at.strftime("%Y-%m-%d"),)
        case _:
            return (at.strftime("%Y-%m"),)


def _all_keys(by: str) -> list[tuple[int | str, ...]]:
    match by:
        case "hour":
            return [(hour,) for hour in range(24)]
        case "weekday":
            return [(day,) for day in range(7)]
        case _:
            return []


def _labels(by: str, key: tuple[int | str, ...]) -> dict[str, str]:
    match by:
        case "hour":
            return {"hour": f"{key[0]:02}:00"}
        case "weekday":
            return {"weekday": WEEKDAYS[int(key[0])]}
        case "weekday-hour":
            return {"weekday": WEEKDAYS[int(key[0])], "hour": f"{key[1]:02}:00"}
        case _:
            return {by: str(key[0])}


def _label_columns(by: str) -> tuple[Column, ...]:
    return tuple(Column(name, name.capitalize()) for name in by.split("-"))


def _clock(zone: ZoneInfo) -> str:
    return f"Hours and days are those of {zone.key}."
