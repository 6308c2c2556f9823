"""When calls come: by hour of the day, by weekday, by day or by month, on the company's own clock."""

from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from softswitch.records.expressions import QUARTER
from softswitch.records.sums import TRAFFIC
from softswitch.reports.figures import figures
from softswitch.reports.result import Chart, Column, Kind, ReportError, Result, mean
from softswitch.reports.selection import Selection

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BY: Final = ("hour", "weekday", "weekday-hour", "day", "month")
_NOTHING: Final = dict.fromkeys(("in", "out", "inner", *TRAFFIC.figures), 0)
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
    sums: dict[tuple[int | str, ...], dict[str, float]] = {key: dict(_NOTHING) for key in _all_keys(by)}
    found = figures(connection, selection, TRAFFIC, "part", "direction")
    key_at = cache(lambda part: _key(by, datetime.fromtimestamp(part * QUARTER, selection.zone)))
    for (part, direction), one in found.items():
        key = key_at(part)
        known = sums.get(key)
        if known is None:
            known = sums[key] = dict(_NOTHING)
        known[direction] += one["calls"]
        for name, figure in one.items():
            known[name] += figure
    rows = []
    for key in sorted(sums):
        one = sums[key]
        rows.append(
            {
                **_labels(by, key),
                "calls": one["calls"],
                "incoming": one["in"],
                "outgoing": one["out"],
                "inner": one["inner"],
                "answered": one["answered"],
                "unanswered": one["calls"] - one["answered"],
                "waiting": mean(one["waiting"], one["calls"]),
                "talking": mean(one["talking"], one["answered"]),
                "total_talk": float(one["talking"]),
            }
        )
    labels = _label_columns(by)
    drawn = Chart(tuple(label.key for label in labels), ("incoming", "outgoing", "inner"), "calls")
    title = f"Traffic by {by.replace('-', ' and ')}"
    return Result("traffic", title, labels + _COLUMNS, rows, (_clock(selection.zone),), drawn)


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
