"""Scenarios: how many calls each has led, where they went from there, and at which step callers leave."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection

from softswitch.records.sum_scenarios import ALL_OF_IT, scenario_rows
from softswitch.records.sum_tables import SCENARIO_SUMS
from softswitch.records.sums import SCENARIOS, Sums
from softswitch.reports.figures import figures
from softswitch.reports.result import Chart, Column, Kind, ReportError, Result, mean, share
from softswitch.reports.selection import Selection

_BY_RECORDS: Final = {"caller": Sums(SCENARIO_SUMS, scenario_rows("caller"), dimension="caller")}
"""Outside, hardly anyone calls twice on a day: sums would be as long as the records."""
BY: Final = (*(name for name in SCENARIOS if name != ALL_OF_IT), *_BY_RECORDS)
_COLUMNS: Final = (
    Column("total", "Calls", Kind.COUNT),
    Column("by_option", "By hand", Kind.COUNT),
    Column("with_transfer", "With transfer", Kind.COUNT),
    Column("without_talk", "Without talk", Kind.COUNT),
    Column("left_share", "Without talk", Kind.SHARE),
    Column("completed", "Completed", Kind.COUNT),
    Column("repeated", "Repeated", Kind.COUNT),
    Column("passes", "Passes", Kind.COUNT),
    Column("duration", "Mean call", Kind.SECONDS),
    Column("talking", "Mean talk", Kind.SECONDS),
)


def scenarios(connection: Connection, selection: Selection, by: str | None = None) -> Result:
    """A row for each scenario, and each part of `by` in it.

    By hand: an employee ran it. Repeated: calls that came through it more than once; passes: how often all
    came through. By step: the last one that the call came to; without talk, its caller left there.
    """
    if by is not None and by not in BY:
        raise ReportError(f"scenarios cannot be told by {by}", f"there are {', '.join(BY)}")
    dimension = _BY_RECORDS.get(by or "") or SCENARIOS[by or ALL_OF_IT]
    found = figures(connection, selection, dimension, "scenario", "part", fresh=by not in _BY_RECORDS)
    rows = []
    for (scenario, part), one in sorted(found.items(), key=lambda each: _order(*each)):
        row = {column.key: one[column.key] for column in _COLUMNS if column.key in one}
        row["scenario"] = scenario
        if by is not None:
            row[by] = part
        row["left_share"] = share(one["without_talk"], one["total"])
        row["duration"] = mean(one["seconds"], one["total"])
        row["talking"] = mean(one["talk"], one["total"] - one["without_talk"])
        rows.append(row)
    labels = (Column("scenario", "Scenario"), *((Column(by, by.capitalize()),) if by else ()))
    title = "Scenarios" + (f" by {by}" if by else "")
    drawn = Chart(tuple(label.key for label in labels), ("total", "without_talk", "completed"), "calls")
    return Result("scenarios", title, labels + _COLUMNS, rows, (), drawn)


def _order(key: tuple[str, str], one: Mapping[str, Any]) -> tuple[Any, ...]:
    """By scenario, in it the most calls first."""
    return key[0], -one["total"], key[1]
