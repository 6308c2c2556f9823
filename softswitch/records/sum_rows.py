"""The figures of traffic, departments, queues, lines and people, counted from the records themselves."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import BinaryExpression, ColumnElement, Select, and_, case, func, literal, select, union_all
from sqlalchemy.sql import operators

from softswitch.records.expressions import DAY, constant, number_of, quarter, seconds_of
from softswitch.records.sum_tables import WITHIN
from softswitch.records.tables import CALLS, LEGS

RING: Final = 5.0
"""Seconds from one ring to the next: one of tone, four of silence, as in most countries (ITU-T E.180)."""
THIRD_RING: Final = 3 * RING
"""Seconds until the third ring is over; who answers before answers within three rings."""
SOON: Final = 10.0
"""Seconds of waiting within which a caller has left soon."""
LONGEST_CALL: Final = 7.0 * DAY
"""Seconds. Legs on trunks that begin later in their call than that are not counted."""

Where = Sequence[ColumnElement[bool]]
_C: Final = CALLS.c
_ANSWERED: Final = _C.answered_at.is_not(None)
_LEFT: Final = _C.answered_at.is_(None)


def traffic_rows(where: Where) -> Select[Any]:
    """By quarter of an hour and direction."""
    part = quarter(_C.started_at)
    return (
        select(
            part.label("part"),
            _C.direction,
            func.count().label("calls"),
            func.count(_C.answered_at).label("answered"),
            func.sum(_C.waiting).label("waiting"),
            func.sum(_C.talking).label("talking"),
        )
        .where(*where)
        .group_by(part, _C.direction)
    )


def department_rows(where: Where) -> Select[Any]:
    """By department."""
    return (
        select(
            _C.department,
            func.count().label("offered"),
            func.count(_C.answered_at).label("answered"),
            number_of(and_(_ANSWERED, _C.waiting < THIRD_RING)).label("soon"),
            seconds_of(_C.waiting, _ANSWERED).label("waited"),
            seconds_of(_C.waiting, _LEFT).label("in_vain"),
            func.sum(_C.talking).label("talking"),
            func.coalesce(func.max(_C.waiting).filter(_ANSWERED), 0.0).label("longest"),
        )
        .where(*where, _C.department != "")
        .group_by(_C.department)
    )


def within(seconds: float) -> ColumnElement[int]:
    """How many were answered so soon."""
    return number_of(and_(_ANSWERED, _C.waiting <= seconds))


def queue_rows(where: Where, soon: float | None = None) -> Select[Any]:
    """By quarter of an hour and queue. `soon`: counts those answered within it too."""
    part = quarter(_C.started_at)
    return (
        select(
            part.label("part"),
            _C.queue,
            func.count().label("offered"),
            func.count(_C.answered_at).label("answered"),
            number_of(and_(_LEFT, _C.waiting <= SOON)).label("left_soon"),
            *(within(seconds).label(f"within_{seconds}") for seconds in WITHIN),
            seconds_of(_C.waiting, _ANSWERED).label("waited"),
            seconds_of(_C.waiting, _LEFT).label("in_vain"),
            func.sum(_C.talking).label("talking"),
            func.max(_C.waiting).label("longest"),
            *(() if soon is None else (within(soon).label("soon"),)),
        )
        .where(*where, _C.queue != "")
        .group_by(part, _C.queue)
    )


def line_rows(where: Where) -> Select[Any]:
    """By quarter of an hour and trunk: legs that began, their seconds; and calls that found no free line."""
    part = quarter(LEGS.c.started_at)
    seconds = LEGS.c.ended_at - LEGS.c.started_at
    taken = (
        select(
            part.label("part"),
            LEGS.c.trunk,
            func.count().label("calls"),
            literal(0).label("refused"),
            func.sum(func.coalesce(seconds, 0.0)).label("seconds"),
            func.max(func.coalesce(seconds, 0.0)).label("longest"),
        )
        .join_from(CALLS, LEGS, LEGS.c.call == _C.id)
        .where(*where, *_legs_near(where), LEGS.c.trunk != constant("''"))
        .group_by(part, LEGS.c.trunk)
    )
    part = quarter(_C.started_at)
    refused = (
        select(part.label("part"), _C.trunk, literal(0), func.count(), literal(0.0), literal(0.0))
        .where(*where, _C.outcome == "no-free-line")
        .group_by(part, _C.trunk)
    )
    both = union_all(taken, refused).subquery()
    names = ("calls", "refused", "seconds")
    return select(
        both.c.part,
        both.c.trunk,
        *(func.sum(both.c[name]).label(name) for name in names),
        func.max(both.c.longest).label("longest"),
    ).group_by(both.c.part, both.c.trunk)


def _legs_near(where: Where) -> Iterator[ColumnElement[bool]]:
    """When legs began, as far as the conditions say when their calls did.

    It follows from them, but PostgreSQL does not know that, and would read every leg there ever was.
    """
    for one in where:
        if isinstance(one, BinaryExpression) and one.left is _C.started_at:
            if one.operator is operators.ge:
                yield LEGS.c.started_at >= one.right
            elif one.operator is operators.lt:
                yield LEGS.c.started_at < one.right + LONGEST_CALL


def people_rows(where: Where) -> Select[Any]:
    """By extension: what rang at it, and what it called itself.

    A call that rings several phones of somebody is one call to him.
    """
    each = (
        select(
            LEGS.c.number,
            _C.answered_at.label("taken_at"),
            func.min(func.coalesce(LEGS.c.ringing_at, LEGS.c.started_at)).label("rang_at"),
            func.min(LEGS.c.answered_at).label("answered_at"),
            func.sum(
                case((LEGS.c.answered_at.is_not(None), LEGS.c.ended_at - LEGS.c.answered_at), else_=0.0)
            ).label("talk"),
        )
        .join_from(CALLS, LEGS, LEGS.c.call == _C.id)
        .where(*where, LEGS.c.direction == "outbound", LEGS.c.trunk == "", LEGS.c.nth > 0)
        .group_by(_C.id, _C.answered_at, LEGS.c.number)
        .subquery()
    )
    answered = each.c.answered_at.is_not(None)
    ringing = each.c.answered_at - each.c.rang_at
    no, none = literal(0), literal(0.0)
    rung = select(
        each.c.number,
        func.count().label("offered"),
        number_of(answered).label("answered"),
        number_of(and_(each.c.answered_at.is_(None), each.c.taken_at.is_not(None))).label("elsewhere"),
        number_of(and_(answered, ringing < THIRD_RING)).label("soon"),
        no.label("made"),
        no.label("reached"),
        seconds_of(ringing, answered).label("ringing"),
        func.sum(each.c.talk).label("talk_in"),
        none.label("talk_out"),
    ).group_by(each.c.number)
    made = (
        select(
            _C.caller,
            *(no,) * 4,
            func.count(),
            func.count(_C.answered_at),
            *(none,) * 2,
            func.sum(_C.talking),
        )
        .where(*where, _C.direction != "in")
        .group_by(_C.caller)
    )
    both = union_all(rung, made).subquery()
    names = (
        *("offered", "answered", "elsewhere", "soon", "made", "reached"),
        *("ringing", "talk_in", "talk_out"),
    )
    return select(both.c.number, *(func.sum(both.c[name]).label(name) for name in names)).group_by(
        both.c.number
    )
