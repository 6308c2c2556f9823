"""Departments: calls offered to each, answered, missed, how soon, and how long was talked."""

from typing import Final

from sqlalchemy import Connection

from softswitch.records.sum_rows import THIRD_RING
from softswitch.records.sums import DEPARTMENTS
from softswitch.reports.figures import figures
from softswitch.reports.result import Chart, Column, Kind, Result, mean, share
from softswitch.reports.selection import Company, Selection

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
    found = figures(connection, selection, DEPARTMENTS, "department")
    nothing = dict.fromkeys(DEPARTMENTS.figures, 0)
    rows = []
    for key in sorted({*found, *company.departments}):
        one = found.get(key, nothing)
        offered, taken, talked = one["offered"], one["answered"], one["talking"]
        rows.append(
            {
                "department": key,
                "name": company.departments[key][0] if key in company.departments else "",
                "offered": offered,
                "answered": taken,
                "missed": offered - taken,
                "answered_share": share(taken, offered),
                "third_ring": share(one["soon"], taken),
                "waiting": mean(one["waited"], taken),
                "longest_wait": one["longest"] if taken else None,
                "gave_up_after": mean(one["in_vain"], offered - taken),
                "talking": mean(talked, taken),
                "total_talk": float(talked),
            }
        )
    note = f"By the third ring: within {THIRD_RING:g} s of the call's beginning, of those answered."
    drawn = Chart(("department",), ("answered", "missed"), "calls")
    return Result("departments", "Departments", _COLUMNS, rows, (note,), drawn)
