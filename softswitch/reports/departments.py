"""Departments: calls offered to each, answered, missed, how soon, and how long was talked."""

from typing import Final

from sqlalchemy import Connection, and_, func, select

from softswitch.records.tables import CALLS
from softswitch.reports.result import Chart, Column, Kind, Result, mean, share
from softswitch.reports.selection import Company, Selection, number_of, seconds_of

RING: Final = 5.0
"""Seconds from one ring to the next: one of tone, four of silence, as in most countries (ITU-T E.180)."""
THIRD_RING: Final = 2 * RING
"""Seconds until the third ring begins; who answers in it answers within three rings."""
_COLUMNS: Final = (
    Column("department", "Department"),
    Column("name", "Name"),
    Column("offered", "Offered", Kind.COUNT),
    Column("answered", "Answered", Kind.COUNT),
    Column("missed", "Missed", Kind.COUNT),
    Column("answered_share", "Answered", Kind.SHARE),
    Column("third_ring", "By 3rd ring", Kind.SHARE),
    Column("waiting", "Mean wait", Kind.SECONDS),
    Column("longest_wait", "Longest", Kind.SECONDS),
    Column("gave_up_after", "Gave up after", Kind.SECONDS),
    Column("talking", "Mean talk", Kind.SECONDS),
    Column("total_talk", "Talk", Kind.SECONDS),
)


def departments(connection: Connection, selection: Selection, company: Company) -> Result:
    """Every department that a call came to, and those of the dialplan that none came to."""
    c = CALLS.c
    answered = c.answered_at.is_not(None)
    query = (
        select(
            c.department,
            func.count(),
            func.count(c.answered_at),
            number_of(and_(answered, c.waiting < THIRD_RING + RING)),
            seconds_of(c.waiting, answered),
            func.max(c.waiting).filter(answered),
            seconds_of(c.waiting, c.answered_at.is_(None)),
            func.sum(c.talking),
        )
        .where(*selection.where(), c.department != "")
        .group_by(c.department)
    )
    found = {key: figures for key, *figures in connection.execute(query)}
    rows = []
    for key in sorted({*found, *company.departments}):
        offered, taken, soon, waited, longest, in_vain, talked = found.get(
            key, (0, 0, 0, 0.0, None, 0.0, 0.0)
        )
        rows.append(
            {
                "department": key,
                "name": company.departments[key][0] if key in company.departments else "",
                "offered": offered,
                "answered": taken,
                "missed": offered - taken,
                "answered_share": share(taken, offered),
                "third_ring": share(soon, taken),
                "waiting": mean(waited, taken),
                "longest_wait": longest,
                "gave_up_after": mean(in_vain, offered - taken),
                "talking": mean(talked, taken),
                "total_talk": float(talked or 0.0),
            }
        )
    note = f"By the third ring: within {THIRD_RING + RING:g} s of the call's beginning, of those answered."
    drawn = Chart(("department",), ("answered", "missed"), "calls")
    return Result("departments", "Departments", _COLUMNS, rows, (note,), drawn)
