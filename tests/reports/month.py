"""March 2026 in a small office in Berlin, and the first call of April: month.csv, to be counted by hand.

On the 29th at 2:00 the clocks went to 3:00. Answered calls rang at each phone from the first second on; who
answered was one of those that rang. m04 rang 101, who declined, and 102; m09 found 103 busy.
"""

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, false, select

from softswitch.records.expressions import utc_day
from softswitch.records.sum_tables import SUM_DAYS
from softswitch.records.tables import CALLS, LEGS, METADATA, RECORDINGS, STEPS
from softswitch.reports.period import parse_period
from softswitch.reports.selection import Company, Selection

ZONE: Final = ZoneInfo("Europe/Berlin")
COMPANY: Final = Company(
    {"101": "Anna Berg", "102": "Boris", "103": "Clara", "104": "Dewi"},
    {"sales": ("Sales", frozenset({"101", "102"})), "service": ("Service", frozenset({"103"}))},
    {"carrier": 2, "backup": 1},
)
_TEXTS: Final = [one.name for one in CALLS.columns if one.type.python_type is str and not one.primary_key]
_PATHS: Final = {
    # Steps of scenarios: place, step, by.
    "m01": [("welcome", "", ""), ("welcome", "menu", "")],
    "m02": [("welcome", "", ""), ("welcome", "menu", ""), ("welcome", "", ""), ("welcome", "menu", "")],
    "m03": [("welcome", "", ""), ("welcome", "menu", "")],
    "m04": [("welcome", "", ""), ("welcome", "menu", "")],
    "m14": [("night", "", ""), ("night", "say", "")],
    "m15": [("night", "", ""), ("night", "say", "")],
    "m16": [("night", "", "101"), ("night", "desk", "101")],
}
_ENDS: Final = {("m04", "101"): (603, "Decline"), ("m09", "103"): (486, "Busy Here")}


def fill(connection: Connection) -> None:
    """Makes the tables and writes the month."""
    METADATA.create_all(connection)
    with (Path(__file__).parent / "month.csv").open() as file:
        for row in csv.DictReader(file):
            _write(connection, row)
    day = utc_day(CALLS.c.started_at)
    connection.execute(SUM_DAYS.insert().from_select(["day", "fresh"], select(day, false()).distinct()))


def _write(connection: Connection, row: dict[str, str]) -> None:
    began = datetime.fromisoformat(row["began"]).replace(tzinfo=ZONE).timestamp()
    waiting, talking = float(row["waiting"]), float(row["talking"])
    answered_at = began + waiting if row["answered_by"] else None
    call: dict[str, Any] = {
        **dict.fromkeys(_TEXTS, ""),
        **{name: value for name, value in row.items() if name in _TEXTS},
        "id": row["id"],
        "started_at": began,
        "answered_at": answered_at,
        "ended_at": began + waiting + talking,
        "waiting": waiting,
        "talking": talking,
        "held": 0.0,
        "rings": len(row["rang"].split()),
        "transfers": int(row["transfers"]),
        "blame": "nobody",
        "words": f"It was {row['outcome']}.",
        "status": 200,
        "price": Decimal(row["price"]) if row["price"] else None,
        "destination": row["called"] if row["direction"] == "out" else "",
        "currency": "EUR" if row["price"] else "",
        "recordings": int(row["recordings"]),
        "recovered": False,
    }
    connection.execute(CALLS.insert(), call)
    outside = row["trunk"] if row["direction"] == "in" else ""
    legs = [_leg(row["caller"], began, answered_at, call["ended_at"], outside, "inbound")]
    if row["direction"] == "out":
        legs.append(_leg(row["called"], began, answered_at, call["ended_at"], row["trunk"], "outbound"))
    for number in row["rang"].split():
        takes = answered_at if number == row["answered_by"] else None
        ended_at = call["ended_at"] if takes or answered_at is None else answered_at
        leg = _leg(number, began, takes, ended_at, "", "outbound")
        if takes is None:
            status, reason = _ENDS.get(
                (row["id"], number), (487, "answered elsewhere" if answered_at else "call over")
            )
            leg |= {"status": status, "reason": reason}
        legs.append(leg)
    for nth, leg in enumerate(legs):
        connection.execute(LEGS.insert(), {**leg, "call": row["id"], "nth": nth})
    for nth, (place, step, by) in enumerate(_PATHS.get(row["id"], ())):
        step_row = {"call": row["id"], "nth": nth, "at": began + nth, "seconds": 1.0, "kind": "scenario"}
        connection.execute(STEPS.insert(), {**step_row, "place": place, "step": step, "by": by, "words": ""})
    if call["recordings"]:
        connection.execute(
            RECORDINGS.insert(),
            {"file": f"{row['id']}.flac", "call": row["id"], "started_at": began, "seconds": talking}
            | {"bytes": 1000, "by": ""},
        )


def _leg(
    number: str, began: float, answered_at: float | None, ended_at: float, trunk: str, direction: str
) -> dict[str, Any]:
    return {
        **dict.fromkeys(("name", "device", "dialog", "reason", "transport", "codec"), ""),
        **dict.fromkeys(("received", "sent", "lost"), 0),
        "number": number,
        "direction": direction,
        "trunk": trunk,
        "started_at": began,
        "ringing_at": began if direction == "outbound" else None,
        "answered_at": answered_at,
        "ended_at": ended_at,
        "status": 200 if answered_at else 487,
        "secured": False,
    }


def march(*conditions: Any) -> Selection:
    """The calls of March."""
    return Selection(parse_period("2026-03", "2026-03", ZONE, 0.0), ZONE, conditions)
