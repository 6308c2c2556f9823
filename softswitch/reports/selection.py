"""Which calls a report is about, and what it knows of the company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Float, Integer, cast, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from softswitch.config import Dialplan
from softswitch.records.tables import CALLS
from softswitch.reports.conditions import Condition
from softswitch.reports.matching import as_sql
from softswitch.reports.period import Period

QUARTER: Final = 900
"""Seconds. Every timezone of today is whole quarters of an hour away from UTC, so quarters make its hours."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The calls that began in the period and fit every condition."""

    period: Period
    zone: ZoneInfo
    conditions: tuple[Condition, ...] = ()

    def where(self) -> list[ColumnElement[bool]]:
        """For a WHERE. Raises ReportError for a condition on a field that calls do not have."""
        started = CALLS.c.started_at
        found: list[ColumnElement[bool]] = []
        if self.period.since is not None:
            found.append(started >= self.period.since)
        if self.period.until is not None:
            found.append(started < self.period.until)
        return found + [as_sql(one, self.zone) for one in self.conditions]


@dataclass(frozen=True, slots=True)
class Company:
    """Names and sizes from the dialplan; empty where no dialplan is at hand."""

    people: Mapping[str, str] = field(default_factory=dict)
    """Names by extension."""
    departments: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Name and members by key."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Lines by trunk."""

    @classmethod
    def of(cls, dialplan: Dialplan) -> "Company":
        """What that dialplan says."""
        return cls(
            {number: one.name for number, one in dialplan.extensions.items()},
            {key: (one.name, frozenset(one.extensions)) for key, one in dialplan.departments.items()},
            {key: one.max_calls for key, one in dialplan.trunks.items()},
        )

    def name(self, number: str) -> str:
        """Of an extension; empty for a number that is none."""
        return self.people.get(number, "")

    def department_of(self, number: str) -> str:
        """The key of the first department that an extension is in; empty when it is in none."""
        return next((key for key, (_, members) in self.departments.items() if number in members), "")


class quarter(FunctionElement[int]):  # noqa: N801 - it reads as the SQL function that it is
    """The number of the quarter of an hour since 1970 that a time is in."""

    inherit_cache = True
    type = Integer()


@compiles(quarter, "sqlite")
def _quarter_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    (time,) = element.clauses
    return f"CAST({compiler.process(time, **options)} AS INTEGER) / {QUARTER}"


@compiles(quarter, "postgresql")
def _quarter_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    (time,) = element.clauses
    return f"CAST(floor({compiler.process(time, **options)} / {QUARTER}) AS BIGINT)"


def number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows fit."""
    return func.coalesce(func.sum(cast(condition, Integer)), 0)


def seconds_of(expression: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[float]:
    """The sum over the rows that fit."""
    return func.coalesce(func.sum(expression).filter(condition), cast(0, Float))
