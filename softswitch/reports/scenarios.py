"""Scenarios: how many calls each has led, where they went from there, and at which step callers leave."""

from typing import Any, Final

from sqlalchemy import Connection, Subquery, and_, func, select

from softswitch.records.tables import CALLS, STEPS
from softswitch.reports.result import Chart, Column, Kind, ReportError, Result, mean, share
from softswitch.reports.selection import Selection, number_of

_C: Final = CALLS.c
_DIMENSIONS: Final = {
    "number": _C.called,
    "type": _C.direction,
    "outcome": _C.outcome,
    "step": _C.last_step,
    "department": _C.department,
    "caller": _C.caller,
    "person": _C.answered_by,
    "trunk": _C.trunk,
    "queue": _C.queue,
    "mode": _C.mode,
}
BY: Final = tuple(_DIMENSIONS)
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
    if by is not None and by not in _DIMENSIONS:
        raise ReportError(f"scenarios cannot be told by {by}", f"there are {', '.join(BY)}")
    visits = _visits(selection)
    groups: list[Any] = [visits.c.scenario.label("scenario")]
    if by is not None:
        groups.append(_DIMENSIONS[by].label("part"))
    query = (
        select(
            *groups,
            func.count().label("total"),
            number_of(visits.c.by_hand > 0).label("by_option"),
            number_of(_C.transfers > 0).label("with_transfer"),
            number_of(_C.talking <= 0).label("without_talk"),
            number_of(_C.outcome == "completed").label("completed"),
            number_of(visits.c.passes > 1).label("repeated"),
            func.sum(visits.c.passes).label("passes"),
            func.sum(_C.ended_at - _C.started_at).label("seconds"),
            func.sum(_C.talking).label("talk"),
        )
        .join_from(visits, CALLS, CALLS.c.id == visits.c.call)
        .group_by(*groups)
        .order_by(groups[0], func.count().desc(), *groups[1:])
    )
    rows = []
    for found in connection.execute(query).mappings():
        row = {column.key: found[column.key] for column in _COLUMNS if column.key in found}
        row["passes"] = int(found["passes"])
        row["scenario"] = found["scenario"]
        if by is not None:
            row[by] = found["part"]
        row["left_share"] = share(found["without_talk"], found["total"])
        row["duration"] = mean(found["seconds"], found["total"])
        row["talking"] = mean(found["talk"], found["total"] - found["without_talk"])
        rows.append(row)
    labels = (Column("scenario", "Scenario"), *((Column(by, by.capitalize()),) if by else ()))
    title = "Scenarios" + (f" by {by}" if by else "")
    drawn = Chart(tuple(label.key for label in labels), ("total", "without_talk", "completed"), "calls")
    return Result("scenarios", title, labels + _COLUMNS, rows, (), drawn)


def _visits(selection: Selection) -> Subquery:
    """Each selected call with each scenario it came to: passes, and whether an employee's hand was in it."""
    return (
        select(
            STEPS.c.call,
            STEPS.c.place.label("scenario"),
            number_of(STEPS.c.step == "").label("passes"),
            number_of(STEPS.c.by != "").label("by_hand"),
        )
        .join_from(CALLS, STEPS, and_(STEPS.c.call == CALLS.c.id, STEPS.c.kind == "scenario"))
        .where(*selection.where(), CALLS.c.scenario != "")
        .group_by(STEPS.c.call, STEPS.c.place)
        .subquery()
    )
