"""What calls cost. Pure: a call's facts and the price lists in, an amount out; decimals all the way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from softswitch.config.hours import Hours
from softswitch.config.price_list import Price, PriceList
from softswitch.records.destinations import Dialled, Look

if TYPE_CHECKING:
    from softswitch.records.record import CallRecord  # and SQLAlchemy with it

PLACES: Final = Decimal("0.0001")
"""What the records keep of an amount."""
_MINUTE: Final = 60


class Paid(NamedTuple):
    """What a call has cost."""

    amount: Decimal
    currency: str
    price_list: str
    """Its key."""


@dataclass(frozen=True, slots=True)
class Part:
    """A call's time on a trunk."""

    trunk: str
    number: str
    """Outside: whom it went to, or for calls in the own number that was called."""
    direction: str
    """out or in."""
    began: float
    """When it was answered, else when it began; seconds since 1970."""
    seconds: float | None
    """How long it was connected; None when it never was."""


class PriceLists:
    """Price lists, compiled."""

    def __init__(
        self, lists: Iterable[tuple[PriceList, tuple[Price, ...]]], zone: ZoneInfo, look: Look
    ) -> None:
        """`lists`: each with all of its prices, its own before its file's. `zone`: whose clock they go by."""
        self._zone = zone
        self.look = look
        """What a number outside is."""
        # Named trunks go before all trunks, and of those the list that began last.
        ordered = sorted(lists, key=lambda one: (not one[0].trunks, -_began(one[0])))
        self._lists = [(one, _by_beginning(prices)) for one, prices in ordered]

    def price(self, part: Part) -> Paid | None:
        """What it has cost; None when no list has a price for it. What never was connected costs nothing."""
        at = datetime.fromtimestamp(part.began, self._zone)
        dialled = self.look(part.number)
        for one, prices in self._lists:
            if not _holds(one, part.trunk, at):
                continue
            found = _candidates(prices, dialled, part.direction)
            now = _first(found, at)
            if now is None:
                continue
            seconds = Decimal(0) if part.seconds is None else Decimal(str(max(0.0, part.seconds)))
            amount = Decimal(0) if part.seconds is None else charge(seconds, found, at, now)
            return Paid(amount.quantize(PLACES, ROUND_HALF_UP), one.currency, one.key)
        return None


def price_of(legs: Iterable[Mapping[str, Any]], called: str, lists: PriceLists) -> Paid | None:
    """What a call has cost by all of its legs on trunks; `called` is the number that a call in has dialled.

    Legs that are paid in another currency than the first are left out: no rate between them is known here.
    """
    total: Paid | None = None
    for leg in legs:
        if not leg["trunk"]:
            continue
        goes_in = leg["direction"] == "inbound"
        answered_at, ended_at = leg["answered_at"], leg["ended_at"]
        seconds = None if answered_at is None or ended_at is None else ended_at - answered_at
        began = leg["started_at"] if answered_at is None else answered_at
        number = called if goes_in else leg["number"]
        paid = lists.price(Part(leg["trunk"], number, "in" if goes_in else "out", began, seconds))
        if paid is None:
            continue
        if total is None:
            total = paid
        elif paid.currency == total.currency:
            total = total._replace(amount=total.amount + paid.amount)
    return total


def put_price(record: "CallRecord", lists: PriceLists) -> None:
    """Writes into the record what the call has cost."""
    paid = price_of(record.legs, record.call["called"], lists)
    if paid is not None:
        record.call.update(price=paid.amount, currency=paid.currency, price_list=paid.price_list)


def charge(seconds: Decimal, prices: list[Price], at: datetime, now: Price) -> Decimal:
    """What a connection of so many seconds costs that began `at`, when `now` was the price that held.

    Its connection fee, free seconds and steps are those of its beginning. Each step costs what holds when the
    step begins. Not rounded.
    """
    rest = seconds.to_integral_value(ROUND_CEILING) - Decimal(str(now.free))
    if rest <= 0:
        return now.connection
    if not any(price.has_times for price in prices):
        return now.connection + billed(rest, now) * now.minute / _MINUTE
    total, done = now.connection, Decimal(0)
    price: Price | None = now
    while done < rest:
        step = now.step.first if not done and now.step.first else now.step.next
        moment = at.timestamp() + float(done) + now.free
        price = _first(prices, datetime.fromtimestamp(moment, at.tzinfo)) or price or now
        total += step * price.minute / _MINUTE
        done += step
    return total


def billed(seconds: Decimal, price: Price) -> Decimal:
    """The seconds that are paid for, in whole steps."""
    first, other = Decimal(price.step.first), Decimal(price.step.next)
    if seconds <= first:
        return first
    return first + ((seconds - first) / other).to_integral_value(ROUND_CEILING) * other


def _began(one: PriceList) -> int:
    return one.valid_from.toordinal() if one.valid_from else 0


def _holds(one: PriceList, trunk: str, at: datetime) -> bool:
    if one.trunks and trunk not in one.trunks:
        return False
    day = at.date()
    return not (one.valid_from and day < one.valid_from) and not (one.valid_until and day > one.valid_until)


def _by_beginning(prices: tuple[Price, ...]) -> dict[str, list[Price]]:
    found: dict[str, list[Price]] = {}
    for price in prices:
        found.setdefault(price.to or "", []).append(price)
    return found


def _candidates(prices: dict[str, list[Price]], dialled: Dialled, direction: str) -> list[Price]:
    """All that fit the number, the one that holds first; times are not looked at."""
    found: list[Price] = []
    for length in range(len(dialled.number), -1, -1):
        at_this = [
            price
            for price in prices.get(dialled.number[:length], ())
            if price.direction == direction and price.type in (None, dialled.kind)
        ]
        found += sorted(at_this, key=lambda price: (price.type is None, not price.has_times))
    return found


def _first(prices: list[Price], at: datetime) -> Price | None:
    return next((price for price in prices if _fits(price, at)), None)


def _fits(price: Price, at: datetime) -> bool:
    if not price.hours:
        return not price.weekdays or any(at.date() in days for days in price.weekdays)
    minute = at.hour * 60 + at.minute
    return any(_in(price, hours, at, minute) for hours in price.hours)


def _in(price: Price, hours: Hours, at: datetime, minute: int) -> bool:
    """Hours over midnight belong to the day on which they begin."""
    day = at.date()
    if hours.over_midnight:
        if minute < hours.end:
            day -= timedelta(days=1)
        elif minute < hours.start:
            return False
    elif not hours.start <= minute < hours.end:
        return False
    return not price.weekdays or any(day in days for days in price.weekdays)
