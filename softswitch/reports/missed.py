"""Calls that nobody answered: whom each rang, how long, and why he did not take it."""

from typing import Final

from sqlalchemy import Connection, and_, func, select

from softswitch.records.tables import CALLS, LEGS
from softswitch.reports.result import Column, Kind, Result
from softswitch.reports.selection import Company, Selection
from softswitch.routing import Outcome
from softswitch.routing.outcome import outcome_of_status

_COLUMNS: Final = (
    Column("call", "Call"),
    Column("started_at", "Began", Kind.TIME),
    Column("caller", "From"),
    Column("caller_name", "Caller"),
    Column("called", "To"),
    Column("department", "Department"),
    Column("number", "Rang at"),
    Column("name", "Name"),
    Column("rang", "Rang for", Kind.SECONDS),
    Column("why", "Why"),
    Column("last_step", "Last step"),
    Column("outcome", "Outcome"),
)


def missed(connection: Connection, selection: Selection, company: Company, limit: int) -> Result:
    """The latest first. A call that rang at three people has three rows; one that rang at none has one."""
    c = CALLS.c
    query = (
        select(
            c.id,
            c.started_at,
            c.caller,
            c.caller_name,
            c.called,
            c.department,
            c.last_step,
            c.outcome,
            c.words,
        )
        .where(*selection.where(), c.answered_at.is_(None))
        .order_by(c.started_at.desc(), c.id)
    )
    if limit:
        query = query.limit(limit + 1)
    wanted = query.subquery()
    rang = func.min(func.coalesce(LEGS.c.ringing_at, LEGS.c.started_at))
    rung = and_(
        LEGS.c.call == wanted.c.id, LEGS.c.nth > 0, LEGS.c.direction == "outbound", LEGS.c.trunk == ""
    )
    each = (
        select(
            *wanted.c,
            LEGS.c.number,
            (func.max(LEGS.c.ended_at) - rang).label("rang"),
            func.max(LEGS.c.status).label("status"),
            func.max(LEGS.c.reason).label("reason"),
        )
        .join_from(wanted, LEGS, rung, isouter=True)
        .group_by(*wanted.c, LEGS.c.number)
        .order_by(wanted.c.started_at.desc(), wanted.c.id, LEGS.c.number)
    )
    rows: list[dict[str, object]] = []
    calls: dict[str, None] = {}
    cut = False
    for found in connection.execute(each).mappings():
        calls[found["id"]] = None
        if limit and len(calls) > limit:
            cut = True
            break
        number = found["number"] or ""
        rows.append(
            {
                **{column.key: found.get(column.key) for column in _COLUMNS},
                "call": found["id"],
                "number": number,
                "name": company.name(number),
                "why": why(found["status"], found["reason"] or "") if number else found["words"],
            }
        )
    notes = (f"These are the latest {limit} calls; --limit 0 shows all.",) if cut else ()
    return Result("missed", "Missed calls", _COLUMNS, rows, notes)


def why(status: int | None, reason: str) -> str:
    """In words, why an extension's phones did not take a call: by the SIP status that ended their part."""
    if status is None or status < 300:
        return reason
    if status == 487:
        return "The caller gave up." if reason == "call over" else Outcome.NO_ANSWER.words
    return outcome_of_status(status).words
