"""Tables of sums: what reports would count anew from millions of calls, by days of UTC.

A call belongs to the day on which it began, with all its legs and steps. `records/sums.py` fills them, a
whole day at once; a key is all of a table's primary key but the day. Other columns are added up, over days
as over calls; `LARGEST` ones are the largest.
"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Float, Integer, Numeric, String, Table

from softswitch.records.tables import METADATA

LARGEST: Final = "largest"
WITHIN: Final = (10, 15, 20, 30, 60)
"""Seconds of waiting whose service levels are summed up."""


def _key(name: str, length: int | None) -> "Column[Any]":
    kind = Integer() if length is None else String(length)
    return Column(name, kind, primary_key=True, autoincrement=False)


def _count(name: str) -> "Column[Any]":
    return Column(name, Integer, nullable=False)


def _seconds(name: str) -> "Column[Any]":
    return Column(name, Float, nullable=False)


def _largest(name: str) -> "Column[Any]":
    return Column(name, Float, nullable=False, info={LARGEST: True})


def _sums(name: str, *columns: "Column[Any]") -> Table:
    # Days side by side, and the row in the key's own tree: half the size, and read in order.
    return Table(name, METADATA, *columns, sqlite_with_rowid=False)


SUM_DAYS: Final = Table(
    "sum_days",
    METADATA,
    Column("day", Integer, primary_key=True, autoincrement=False),  # since 1970, of UTC
    Column("fresh", Boolean, nullable=False),  # the sums are of all that the day's records say
    Column("rated_at", Float),  # when its calls were priced anew at last
)
"""Every day with calls. Who writes a record of a day makes it stale in the same transaction."""

TRAFFIC_SUMS: Final = _sums(
    "sums_traffic",
    _key("day", None),
    _key("part", None),  # the quarter of an hour in which calls began
    _key("direction", 8),
    *map(_count, ("calls", "answered")),
    *map(_seconds, ("waiting", "talking")),
)
DEPARTMENT_SUMS: Final = _sums(
    "sums_departments",
    _key("day", None),
    _key("department", 64),
    *map(_count, ("offered", "answered", "soon")),  # soon: by the third ring
    *map(_seconds, ("waited", "in_vain", "talking")),  # waited: those answered; in vain: the others
    _largest("longest"),
)
QUEUE_SUMS: Final = _sums(
    "sums_queues",
    _key("day", None),
    _key("part", None),
    _key("queue", 64),
    *map(_count, ("offered", "answered", "left_soon")),
    *(_count(f"within_{seconds}") for seconds in WITHIN),
    *map(_seconds, ("waited", "in_vain", "talking")),
    _largest("longest"),
)
LINE_SUMS: Final = _sums(
    "sums_lines",
    _key("day", None),
    _key("part", None),  # in which the leg began
    _key("trunk", 64),
    *map(_count, ("calls", "refused")),
    _seconds("seconds"),
    _largest("longest"),
)
PEOPLE_SUMS: Final = _sums(
    "sums_people",
    _key("day", None),
    _key("number", 64),
    *map(_count, ("offered", "answered", "elsewhere", "soon", "made", "reached")),
    *map(_seconds, ("ringing", "talk_in", "talk_out")),
)
COST_SUMS: Final = _sums(
    "sums_costs",
    _key("dimension", 16),
    _key("day", None),
    _key("part", 64),
    _key("currency", 3),
    *map(_count, ("calls", "priced")),
    _seconds("talking"),
    Column("price", Numeric(18, 4), nullable=False),
)
SCENARIO_SUMS: Final = _sums(
    "sums_scenarios",
    _key("dimension", 16),
    _key("day", None),
    _key("scenario", 64),
    _key("part", 128),
    *map(
        _count,
        ("total", "by_option", "with_transfer", "without_talk", "completed", "repeated", "passes"),
    ),
    *map(_seconds, ("seconds", "talk")),
)
