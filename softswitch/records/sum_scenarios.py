"""How calls went through scenarios, by each of the second dimensions, counted from the records themselves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal, select

from softswitch.records.expressions import number_of
from softswitch.records.tables import CALLS, STEPS

Where = Sequence[ColumnElement[bool]]
_C: Final = CALLS.c
ALL_OF_IT: Final = "all"

SCENARIO_DIMENSIONS: Final[Mapping[str, tuple[ColumnElement[str] | None, Mapping[str, str]]]] = {
    ALL_OF_IT: (None, {}),
    "number": (_C.called, {"called": "part"}),
    "type": (_C.direction, {"direction": "part"}),
    "outcome": (_C.outcome, {"outcome": "part"}),
    "step": (_C.last_step, {"last_step": "part"}),
    "department": (_C.department, {"department": "part"}),
    "person": (_C.answered_by, {"answered_by": "part"}),
    "trunk": (_C.trunk, {"trunk": "part"}),
    "queue": (_C.queue, {"queue": "part"}),
    "mode": (_C.mode, {"mode": "part"}),
}
"""What a part is, and the fields of calls that it is."""


def scenario_rows(part: ColumnElement[str] | None) -> Callable[[Where], Select[Any]]:
    """By scenario and part.

    By option: an employee's hand was in it. Repeated: calls that came through it more than once; passes: how
    often all of them came through.
    """

    def rows(where: Where) -> Select[Any]:
        visits = (
            select(
                STEPS.c.call,
                STEPS.c.place.label("scenario"),
                number_of(STEPS.c.step == "").label("passes"),
                number_of(STEPS.c.by != "").label("by_hand"),
            )
            .join_from(CALLS, STEPS, and_(STEPS.c.call == _C.id, STEPS.c.kind == "scenario"))
            .where(*where, _C.scenario != "")
            .group_by(STEPS.c.call, STEPS.c.place)
            .subquery()
        )
        return (
            select(
                visits.c.scenario,
                (literal("") if part is None else part).label("part"),
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
            .join_from(visits, CALLS, _C.id == visits.c.call)
            .group_by(visits.c.scenario, *(() if part is None else (part,)))
        )

    return rows
