"""Expressions that SQLite and PostgreSQL write differently, and sums over some of the rows."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Float, Integer, cast, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

QUARTER: Final = 900
"""Seconds. Every timezone of today is whole quarters of an hour away from UTC, so quarters make its hours."""
DAY: Final = 86_400
"""Seconds of a day of UTC."""


class quarter(FunctionElement[int]):  # noqa: N801 - it reads as the SQL function that it is
    """The number of the quarter of an hour since 1970 that a time is in."""

    inherit_cache = True
    type = Integer()
    seconds = QUARTER


class utc_day(quarter):  # noqa: N801 - as above
    """The number of the day of UTC since 1970 that a time is in."""

    inherit_cache = True
    seconds = DAY


@compiles(quarter, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    (time,) = element.clauses
    return f"CAST({compiler.process(time, **options)} AS INTEGER) / {element.seconds}"


@compiles(quarter, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    (time,) = element.clauses
    return f"CAST(floor({compiler.process(time, **options)} / {element.seconds}) AS INTEGER)"


def constant(text: str) -> ColumnElement[Any]:
    """SQL as it is, for what is grouped by: PostgreSQL takes no two bound values for the same one."""
    return literal_column(text)


def number_of(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows fit."""
    return func.coalesce(func.sum(cast(condition, Integer)), 0)


def seconds_of(expression: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[float]:
    """The sum over the rows that fit."""
    return func.coalesce(func.sum(expression).filter(condition), cast(0, Float))
