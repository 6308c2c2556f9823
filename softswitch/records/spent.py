"""What calls out have cost, out of their records."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, select

from softswitch.records.record import CallRecord
from softswitch.records.spending import Spent
from softswitch.records.tables import CALLS

A_MONTH: Final = 32 * 86400.0
"""Seconds: more than any month has, wherever its midnight is."""


def spent_lately(connection: Connection, now: float) -> Iterator[Spent]:
    """What the database knows of the last month."""
    c = CALLS.c
    query = select(c.id, c.caller, c.started_at, c.price).where(
        c.started_at >= now - A_MONTH, c.direction == "out", c.price > 0
    )
    for row in connection.execute(query):
        yield Spent(*row)


def spent_in(record: CallRecord) -> Spent | None:
    """Of a call out; one without a price has cost nothing."""
    row = record.call
    if row["direction"] != "out":
        return None
    return Spent(row["id"], row["caller"], row["started_at"], row["price"] or Decimal(0))
