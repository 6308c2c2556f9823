"""Sums by day, so that a report over years reads thousands of rows and not millions.

One definition each: the SELECT that makes a report's figures from the records themselves. Run over a day it
fills that day's sums; run over a report's loose ends it answers for what is not summed up. A day is summed up
as a whole, when it is over: it costs a call nothing, and nothing can be counted twice. A record that comes
later, and a price put right, make the day stale in their own transaction: reports read its records until it
is summed up anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg

from softswitch.records.expressions import DAY
from softswitch.records.sum_costs import COST_DIMENSIONS, cost_rows
from softswitch.records.sum_rows import department_rows, line_rows, people_rows, queue_rows, traffic_rows
from softswitch.records.sum_scenarios import ALL_OF_IT, SCENARIO_DIMENSIONS, scenario_rows, scenario_sums
from softswitch.records.sum_tables import (
    COST_SUMS,
    DEPARTMENT_SUMS,
    LARGEST,
    LINE_SUMS,
    PEOPLE_SUMS,
    QUEUE_SUMS,
    SCENARIO_SUMS,
    SUM_DAYS,
    TRAFFIC_SUMS,
)
from softswitch.records.tables import CALLS

LATE: Final = 3600.0
"""Seconds after its end until a day is summed up: most calls that began in it are recorded by then."""
LONGEST: Final = 60.0
"""Seconds that one statement about a day may take."""
CACHE: Final = 65_536
"""Kilobytes of a day in memory while SQLite sums it up: its calls, legs and steps are read several times."""

Where = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Sums:
    """One kind of sums."""

    table: Table
    rows: Callable[[Where], Select[Any]]
    """The figures of the calls that fit, from the records: keys, then figures, by their names."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Fields of calls that a key stands for, so that conditions on them need no records."""
    dimension: str = ""
    """Where several kinds share a table."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of what a row is about."""
        names = (column.name for column in self.table.primary_key)
        return tuple(name for name in names if name not in ("day", "dimension"))

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of what is counted."""
        return tuple(column.name for column in self.table.columns if not column.primary_key)

    @property
    def largest(self) -> frozenset[str]:
        """Those of the figures that are not added up."""
        return frozenset(column.name for column in self.table.columns if LARGEST in column.info)

    @property
    def mine(self) -> list[ColumnElement[bool]]:
        """For a WHERE: the rows of the table that are of this kind."""
        return [self.table.c.dimension == self.dimension] if self.dimension else []


TRAFFIC: Final = Sums(TRAFFIC_SUMS, traffic_rows, {"direction": "direction"})
DEPARTMENTS: Final = Sums(DEPARTMENT_SUMS, department_rows, {"department": "department"})
QUEUES: Final = Sums(QUEUE_SUMS, queue_rows, {"queue": "queue"})
LINES: Final = Sums(LINE_SUMS, line_rows)
PEOPLE: Final = Sums(PEOPLE_SUMS, people_rows)
COSTS: Final[Mapping[str, Sums]] = {
    name: Sums(COST_SUMS, cost_rows(part), {"currency": "currency", **fields}, name)
    for name, (part, fields) in COST_DIMENSIONS.items()
}
SCENARIOS: Final[Mapping[str, Sums]] = {
    name: Sums(SCENARIO_SUMS, scenario_rows(part), {part: "part"} if part else {}, name)
    for name, part in SCENARIO_DIMENSIONS.items()
}
ALL: Final = (TRAFFIC, DEPARTMENTS, QUEUES, LINES, PEOPLE, *COSTS.values(), *SCENARIOS.values())


def stale_days(connection: Connection, now: float) -> list[int]:
    """Days that are over and not summed up, the latest first: those are asked for most."""
    query = select(SUM_DAYS.c.day).where(
        SUM_DAYS.c.fresh.is_(False), SUM_DAYS.c.day < int((now - LATE) // DAY)
    )
    return list(connection.execute(query.order_by(SUM_DAYS.c.day.desc())).scalars())


def sum_up(engine: Engine, day: int) -> bool:
    """Sums a day up, in one transaction; False when somebody else has. Raises SQLAlchemy's errors."""
    with engine.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE}")
        else:  # a day may take longer than a record
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(LONGEST * 1000)}")
        # First of all: whoever writes a record of the day, or a price, waits, or we for him.
        claim = update(SUM_DAYS).where(SUM_DAYS.c.day == day, SUM_DAYS.c.fresh.is_(False)).values(fresh=True)
        if connection.execute(claim).rowcount != 1:
            return False
        there = {"the_day": day, "since": float(day * DAY), "until": float((day + 1) * DAY)}
        for statement, fixed, order in _statements(connection.dialect.name):
            given = {**fixed, **there}
            values: Any = given if order is None else tuple(given[name] for name in order)
            connection.exec_driver_sql(statement, values)
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA cache_size = -2000")  # as by default
    return True


@cache
def _statements(dialect: str) -> list[tuple[str, dict[str, Any], Sequence[str] | None]]:
    """What sums a day up, as the driver takes it: SQL, the values that are always the same, and their order.

    Made once: making them anew takes the interpreter longer than a small office's day the database.
    """
    the_day = bindparam("the_day", type_=Integer)
    began = [CALLS.c.started_at >= bindparam("since"), CALLS.c.started_at < bindparam("until")]
    made: list[Any] = [
        delete(table).where(table.c.day == the_day) for table in dict.fromkeys(one.table for one in ALL)
    ]
    for sums in (TRAFFIC, DEPARTMENTS, QUEUES, LINES, PEOPLE, *COSTS.values()):
        found = sums.rows(began).subquery()
        values: dict[str, Any] = {"day": the_day}
        if sums.dimension:
            values["dimension"] = literal(sums.dimension)
        values |= {name: found.c[name] for name in (*sums.keys, *sums.figures)}
        made.append(insert(sums.table).from_select(list(values), select(*values.values())))
    found = scenario_sums(began).subquery()
    names = ("dimension", *SCENARIOS[ALL_OF_IT].keys, *SCENARIOS[ALL_OF_IT].figures)
    values = {"day": the_day, **{name: found.c[name] for name in names}}
    made.append(insert(SCENARIO_SUMS).from_select(list(values), select(*values.values())))
    kind = sqlite.dialect() if dialect == "sqlite" else psycopg.dialect()  # type: ignore[no-untyped-call]
    compiled = [one.compile(dialect=kind) for one in made]
    return [(str(one), dict(one.params), one.positiontup) for one in compiled]


def rated(connection: Connection, days: Sequence[int], at: float) -> None:
    """Calls of these days have another price, by this transaction."""
    connection.execute(
        update(SUM_DAYS).where(SUM_DAYS.c.day.in_(sorted(days))).values(fresh=False, rated_at=at)
    )


def last_rated(connection: Connection, since: float) -> float:
    """When calls of the days from `since` on were priced anew at last; 0 for never."""
    query = select(func.max(SUM_DAYS.c.rated_at)).where(SUM_DAYS.c.day >= int(since // DAY))
    return float(connection.execute(query).scalar() or 0.0)
