"""People: what rang at each, answered, missed, how soon, and what each called himself."""

from typing import Final

from sqlalchemy import Connection

from softswitch.records.sum_rows import THIRD_RING
from softswitch.records.sums import PEOPLE
from softswitch.reports.figures import figures
from softswitch.reports.result import Chart, Column, Kind, Result, mean, share
from softswitch.reports.selection import Company, Selection

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


def people(connection: Connection, selection: Selection, company: Company) -> Result:
    """A row for each extension that had a call, and for those of the dialplan that had none.

    A call that rings several phones of somebody is one call to him. Missed are those that nobody answered.
    """
    found = figures(connection, selection, PEOPLE, "number")
    nothing = dict.fromkeys(PEOPLE.figures, 0)
    rows = []
    for number in sorted({*found, *company.people}):
        one = found.get(number, nothing)
        offered, answered, elsewhere = one["offered"], one["answered"], one["elsewhere"]
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
                "third_ring": share(one["soon"], answered),
                "ringing": mean(one["ringing"], answered),
                "talking": mean(one["talk_in"], answered),
                "talk_in": float(one["talk_in"]),
                "made": one["made"],
                "reached": one["reached"],
                "talk_out": float(one["talk_out"]),
            }
        )
    note = f"By the third ring: within {THIRD_RING:g} s of the phone's first ring, of those answered."
    drawn = Chart(("number", "name"), ("answered", "missed", "made"), "calls")
    return Result("people", "People", _COLUMNS, rows, (note,), drawn)
