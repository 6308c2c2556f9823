"""People: what rang at each, answered, missed, how soon, and what each called himself."""

from typing import Final

from sqlalchemy import Connection, and_, case, func, select

from softswitch.records.tables import CALLS, LEGS
from softswitch.reports.departments import RING, THIRD_RING
from softswitch.reports.result import Chart, Column, Kind, Result, mean, share
from softswitch.reports.selection import Company, Selection, number_of, seconds_of

_COLUMNS: Final = (
    Column("number", "Number"),
    Column("name", "Name"),
    Column("department", "Department"),
    Column("offered", "Rang", Kind.COUNT),
    Column("answered", "Answered", Kind.COUNT),
    Column("elsewhere", "By others", Kind.COUNT),
    Column("missed", "Missed", Kind.COUNT),
    Column("answered_share", "Answered", Kind.SHARE),
    Column("third_ring", "By 3rd ring", Kind.SHARE),
    Column("ringing", "Mean ring", Kind.SECONDS),
    Column("talking", "Mean talk", Kind.SECONDS),
    Column("talk_in", "Talk, called", Kind.SECONDS),
    Column("made", "Made", Kind.COUNT),
    Column("reached", "Reached", Kind.COUNT),
    Column("talk_out", "Talk, calling", Kind.SECONDS),
)
_NOTHING: Final = (0, 0, 0, 0, 0.0, 0.0)


def people(connection: Connection, selection: Selection, company: Company) -> Result:
    """A row for each extension that had a call, and for those of the dialplan that had none.

    A call that rings several phones of somebody is one call to him. Missed are those that nobody answered.
    """
    rung = _rung(connection, selection)
    made = _made(connection, selection)
    rows = []
    for number in sorted({*rung, *made, *company.people}):
        offered, answered, elsewhere, soon, ringing, talk_in = rung.get(number, _NOTHING)
        calls, reached, talk_out = made.get(number, (0, 0, 0.0))
        rows.append(
            {
                "number": number,
                "name": company.name(number),
                "department": company.department_of(number),
                "offered": offered,
                "answered": answered,
                "elsewhere": elsewhere,
                "missed": offered - answered - elsewhere,
                "answered_share": share(answered, offered - elsewhere),
                "third_ring": share(soon, answered),
                "ringing": mean(ringing, answered),
                "talking": mean(talk_in, answered),
                "talk_in": float(talk_in or 0.0),
                "made": calls,
                "reached": reached,
                "talk_out": float(talk_out or 0.0),
            }
        )
    note = f"By the third ring: within {THIRD_RING + RING:g} s of the phone's first ring, of those answered."
    drawn = Chart(("number", "name"), ("answered", "missed", "made"), "calls")
    return Result("people", "People", _COLUMNS, rows, (note,), drawn)


def _rung(connection: Connection, selection: Selection) -> dict[str, tuple[int, int, int, int, float, float]]:
    """By extension: offered, answered, answered by others, soon, seconds of ringing and of talk."""
    each = (
        select(
            LEGS.c.number,
            CALLS.c.answered_at.label("taken_at"),
            func.min(func.coalesce(LEGS.c.ringing_at, LEGS.c.started_at)).label("rang_at"),
            func.min(LEGS.c.answered_at).label("answered_at"),
            func.sum(
                case((LEGS.c.answered_at.is_not(None), LEGS.c.ended_at - LEGS.c.answered_at), else_=0.0)
            ).label("talk"),
        )
        .join_from(CALLS, LEGS, LEGS.c.call == CALLS.c.id)
        .where(*selection.where(), LEGS.c.direction == "outbound", LEGS.c.trunk == "", LEGS.c.nth > 0)
        .group_by(CALLS.c.id, CALLS.c.answered_at, LEGS.c.number)
        .subquery()
    )
    answered = each.c.answered_at.is_not(None)
    ringing = each.c.answered_at - each.c.rang_at
    query = select(
        each.c.number,
        func.count(),
        number_of(answered),
        number_of(and_(each.c.answered_at.is_(None), each.c.taken_at.is_not(None))),
        number_of(and_(answered, ringing < THIRD_RING + RING)),
        seconds_of(ringing, answered),
        func.sum(each.c.talk),
    ).group_by(each.c.number)
    return {number: tuple(figures) for number, *figures in connection.execute(query)}


def _made(connection: Connection, selection: Selection) -> dict[str, tuple[int, int, float]]:
    """By caller of the house: calls, answered ones, seconds of talk."""
    c = CALLS.c
    query = (
        select(c.caller, func.count(), func.count(c.answered_at), func.sum(c.talking))
        .where(*selection.where(), c.direction != "in")
        .group_by(c.caller)
    )
    return {caller: (calls, reached, talk) for caller, calls, reached, talk in connection.execute(query)}
