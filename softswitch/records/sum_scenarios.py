"""How calls went through scenarios, by each of the second dimensions, counted from the records themselves."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    func,
    literal,
    select,
    union_all,
)

from softswitch.records.expressions import number_of
from softswitch.records.tables import CALLS, STEPS

Where = Sequence[ColumnElement[bool]]
_C: Final = CALLS.c
ALL_OF_IT: Final = "all"

SCENARIO_DIMENSIONS: Final[Mapping[str, str]] = {
    ALL_OF_IT: "",
    "number": "called",
    "type": "direction",
    "outcome": "outcome",
    "step": "last_step",
    "department": "department",
    "person": "answered_by",
    "trunk": "trunk",
    "queue": "queue",
    "mode": "mode",
}
"""The field of calls that a part is."""
_OF_CALLS: Final = ("caller", "talking", "transfers", *filter(None, SCENARIO_DIMENSIONS.values()))


def scenario_rows(part: str) -> Callable[[Where], Select[Any]]:
    """By scenario and that field of calls."""

    def rows(where: Where) -> Select[Any]:
        return _by(_visits(where).subquery(), part)

    return rows


def scenario_sums(where: Where) -> CompoundSelect[Any]:
    """By all dimensions, each with its name: the steps are looked through once."""
    visits = _visits(where).cte("visits")
    each = [
        _by(visits, part).add_columns(literal(name).label("dimension"))
        for name, part in SCENARIO_DIMENSIONS.items()
    ]
    return union_all(*each)


def _by(visits: FromClause, part: str) -> Select[Any]:
    """By option: an employee's hand was in it. Repeated: calls that came through a scenario more than once.

    Passes: how often all of them came through.
    """
    groups = [visits.c.scenario, *((visits.c[part],) if part else ())]
    return select(
        visits.c.scenario,
        (visits.c[part] if part else literal("")).label("part"),
        func.count().label("total"),
        number_of(visits.c.by_hand > 0).label("by_option"),
        number_of(visits.c.transfers > 0).label("with_transfer"),
        number_of(visits.c.talking <= 0).label("without_talk"),
        number_of(visits.c.outcome == "completed").label("completed"),
        number_of(visits.c.passes > 1).label("repeated"),
        func.sum(visits.c.passes).label("passes"),
        func.sum(visits.c.seconds).label("seconds"),
        func.sum(visits.c.talking).label("talk"),
    ).group_by(*groups)


def _visits(where: Where) -> Select[Any]:
    """Each call with each scenario that it came to: passes, and whether an employee's hand was in it."""
    return (
        select(
            STEPS.c.place.label("scenario"),
            number_of(STEPS.c.step == "").label("passes"),
            number_of(STEPS.c.by != "").label("by_hand"),
            (_C.ended_at - _C.started_at).label("seconds"),
            *(_C[name] for name in _OF_CALLS),
        )
        .join_from(CALLS, STEPS, and_(STEPS.c.call == _C.id, STEPS.c.kind == "scenario"))
        .where(*where, _C.scenario != "")
        .group_by(_C.id, STEPS.c.place)
    )
