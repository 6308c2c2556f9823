"""Pricing calls that are recorded already, anew: after a price list was corrected."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Engine, bindparam, func, select, update

from softswitch.records import sums
from softswitch.records.destinations import destination_of
from softswitch.records.expressions import DAY
from softswitch.records.tables import CALLS, LEGS
from softswitch.records.tariffs import Paid, PriceLists, price_of

BATCH: Final = 500
"""Calls in one transaction: the switch waits no longer than these take."""
_WRITTEN: Final = ("price", "currency", "price_list", "destination", "number_type")


@dataclass
class Rated:
    """What became of the calls, and by how much the sums of each currency changed."""

    calls: int = 0
    changed: int = 0
    share: float = 0.0
    """Of the time between the first and the last call, how much is done."""
    differences: dict[str, Decimal] = field(default_factory=dict)

    def add(self, before: Paid | None, after: Paid | None) -> None:
        """One more call."""
        self.calls += 1
        if before == after:
            return
        self.changed += 1
        for paid, sign in ((before, -1), (after, 1)):
            if paid is not None:
                self.differences[paid.currency] = (
                    self.differences.get(paid.currency, Decimal(0)) + sign * paid.amount
                )


def rate(
    engine: Engine, lists: PriceLists, since: float | None, until: float | None, *, dry: bool = False
) -> Iterator[Rated]:
    """Prices every call over a trunk that began in that time; after each batch tells how far it is.

    `dry` changes nothing. Raises SQLAlchemy's errors: what was written before stays written.
    """
    rated = Rated()
    begin, end = None, None
    last: tuple[float, str] = (float("-inf") if since is None else since, "")
    while True:
        with engine.connect() as connection:
            calls = _next(connection, last, until)
            if not calls:
                break
            end = end or _end(connection, until)
            legs = _legs(connection, [call["id"] for call in calls])
        at = {call["id"]: call["started_at"] for call in calls}
        changes = []
        for call in calls:
            its_legs = legs.get(call["id"], ())
            paid = price_of(its_legs, call["called"], lists)
            before = _paid(call)
            rated.add(before, paid)
            place = _place(call, its_legs, lists)
            if paid != before or place != (call["destination"], call["number_type"]):
                amount, currency, price_list = paid or (None, "", "")
                values = (amount, currency, price_list, *place)
                changes.append({"the_id": call["id"], **dict(zip(_WRITTEN, values, strict=True))})
        if changes and not dry:
            days = {int(at[change["the_id"]] // DAY) for change in changes}
            with engine.begin() as connection:
                connection.execute(_UPDATE, changes)
                sums.rated(connection, sorted(days), time.time())
        last = (calls[-1]["started_at"], calls[-1]["id"])
        begin = calls[0]["started_at"] if begin is None else begin
        rated.share = (last[0] - begin) / max(end - begin, 1.0)
        yield rated


_UPDATE: Final = (
    update(CALLS)
    .where(CALLS.c.id == bindparam("the_id"))
    .values({name: bindparam(name) for name in _WRITTEN})
)


def _end(connection: Connection, until: float | None) -> float:
    """When the last call of them began."""
    at = CALLS.c.started_at
    query = select(func.max(at)) if until is None else select(func.max(at)).where(at < until)
    return float(connection.execute(query).scalar_one())


def _next(connection: Connection, last: tuple[float, str], until: float | None) -> Sequence[Any]:
    c = CALLS.c
    query = select(c.id, c.started_at, c.called, c.direction, *(c[name] for name in _WRITTEN)).where(
        c.trunk != "",
        c.started_at >= last[0],
        (c.started_at > last[0]) | (c.id > last[1]),
    )
    if until is not None:
        query = query.where(c.started_at < until)
    return connection.execute(query.order_by(c.started_at, c.id).limit(BATCH)).mappings().all()


def _legs(connection: Connection, calls: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    query = select(LEGS).where(LEGS.c.call.in_(calls), LEGS.c.trunk != "").order_by(LEGS.c.call, LEGS.c.nth)
    for leg in connection.execute(query).mappings():
        found.setdefault(leg["call"], []).append(leg)
    return found


def _place(call: Any, legs: Sequence[Any], lists: PriceLists) -> tuple[str, str]:
    """Where it went, and what kind of number that is: by the dialplan's country as it is now."""
    if call["direction"] != "out":
        return call["destination"], call["number_type"]
    found = destination_of(legs, call["called"], lists.look)
    return found.number, found.kind or call["number_type"]


def _paid(call: Any) -> Paid | None:
    if call["price"] is None:
        return None
    return Paid(call["price"], call["currency"], call["price_list"])
