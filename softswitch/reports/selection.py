"""Which calls a report is about, and what it knows of the company."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from softswitch.config import Dialplan
from softswitch.records.tables import CALLS
from softswitch.reports.conditions import Condition, fields_of
from softswitch.reports.fields import Field
from softswitch.reports.matching import as_sql
from softswitch.reports.period import Period


def _nobody(_share: float) -> None:
    """Is told how far a report is."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The calls that began in the period and fit every condition."""

    period: Period
    zone: ZoneInfo
    conditions: tuple[Condition, ...] = ()
    told: Callable[[float], None] = field(default=_nobody, compare=False)
    """Called with the share of the work that is done."""

    def where(self) -> list[ColumnElement[bool]]:
        """For a WHERE. Raises ReportError for a condition on a field that calls do not have."""
        started = CALLS.c.started_at
        found: list[ColumnElement[bool]] = []
        if self.period.since is not None:
            found.append(started >= self.period.since)
        if self.period.until is not None:
            found.append(started < self.period.until)
        return found + self.conditions_on_calls()

    def conditions_on_calls(self) -> list[ColumnElement[bool]]:
        """The conditions alone. Raises as `where` does."""
        return [as_sql(one, self.zone) for one in self.conditions]

    def on_fields(self, fields: Mapping[str, Field]) -> list[ColumnElement[bool]] | None:
        """The conditions, on these fields in place of those of calls; None when they ask for others too."""
        if not all(fields_of(one) <= fields.keys() for one in self.conditions):
            return None
        return [as_sql(one, self.zone, fields) for one in self.conditions]


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
