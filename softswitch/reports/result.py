"""A report's answer: columns and rows, whatever it is shown as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class ReportError(Exception):
    """A report cannot be made: what is wrong, and what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Kind(Enum):
    """What a column's values are, and so how they are written."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    """With two decimals."""
    SHARE = "share"
    """0 to 1, shown in percent."""
    SECONDS = "seconds"
    TIME = "time"
    """Seconds since 1970."""
    MONEY = "money"
    """A Decimal; the currency stands in a column of its own."""


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is for programs, `title` for people."""

    key: str
    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Chart:
    """What of a report is drawn: a group of bars for each row, a bar in it for each of `values`."""

    labels: tuple[str, ...]
    """Keys of the columns that name a row."""
    values: tuple[str, ...]
    """Keys of the columns that are drawn."""
    axis: str
    """What the values are."""


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer. A value that there is none of is None: a mean over no call, for instance."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    notes: tuple[str, ...] = ()
    chart: Chart | None = None


def share(part: float, whole: float) -> float | None:
    """`part` of `whole`, 0 to 1; None of nothing."""
    return part / whole if whole else None


def mean(total: float | None, count: float) -> float | None:
    """The mean; None of nothing."""
    return (total or 0.0) / count if count else None
