"""Prices of calls: by hand, and what must hold for any price."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.config.price_list import Price, PriceList
from softswitch.records.destinations import Dialled
from softswitch.records.tariffs import Part, PriceLists, billed, charge, price_of

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def look(number: str) -> Dialled:
    return Dialled(number, "mobile" if number.startswith(("+4915", "+4917")) else "national")


def lists(*found: PriceList) -> PriceLists:
    return PriceLists([(one, one.prices) for one in found], BERLIN, look)


def price_list(*prices: dict[str, Any], **settings: Any) -> PriceList:
    made = tuple(Price.model_validate(one) for one in prices)
    return PriceList.model_validate({"key": "carrier", "currency": "EUR", **settings, "prices": made})


def cost(
    prices: PriceLists,
    number: str,
    seconds: float | None,
    began: str = "2026-03-02T10:00",
    trunk: str = "carrier",
    direction: str = "out",
) -> str | None:
    paid = prices.price(Part(trunk, number, direction, at(began), seconds))
    return None if paid is None else f"{paid.amount}"


GERMANY = price_list(
    {"to": "+49", "minute": "0.012", "connection": "0.05"},
    {"to": "+49", "type": "mobile", "minute": "0.09", "step": "30/6", "free": 3},
    {"to": "+49301", "minute": "0.01", "step": "1/1"},
    {"to": "+62", "minute": "0.1234", "step": "60/1"},
    {"direction": "in", "to": "+49800", "minute": "0.06", "step": "1/1"},
)


@pytest.mark.parametrize(
    ("number", "seconds", "expected"),
    [
        ("+4940123", 0.2, "0.0620"),  # one begun minute and the connection
        ("+4940123", 60, "0.0620"),
        ("+4940123", 60.001, "0.0740"),
        ("+4940123", 0, "0.0500"),
        ("+4940123", None, "0.0000"),  # never answered
        ("+49171555", 3, "0.0000"),  # within the free seconds
        ("+49171555", 33, "0.0450"),
        ("+49171555", 33.5, "0.0540"),  # 31 s are 36 s
        ("+493015", 61, "0.0102"),  # 61 s, rounded half up from 0.010166…
        ("+62811", 61, "0.1255"),  # 0.125456…
        ("+1212", 60, None),
    ],
)
def test_by_hand(number: str, seconds: float | None, expected: str | None) -> None:
    assert cost(lists(GERMANY), number, seconds) == expected


def test_calls_in_cost_by_the_number_that_was_called() -> None:
    assert cost(lists(GERMANY), "+498001234", 90, direction="in") == "0.0900"
    assert cost(lists(GERMANY), "+4940123", 90, direction="in") is None


TIMES = price_list(
    {"to": "+49", "minute": "0.02", "step": "1/1"},
    {"to": "+49", "minute": "0.06", "step": "1/1", "weekdays": "mon-fri", "hours": "8:00-18:00"},
    {"to": "+49", "minute": "0.01", "step": "1/1", "weekdays": "fri", "hours": "22:00-6:00"},
)


@pytest.mark.parametrize(
    ("began", "seconds", "expected"),
    [
        ("2026-03-02T10:00", 60, "0.0600"),  # Monday
        ("2026-03-07T10:00", 60, "0.0200"),  # Saturday
        ("2026-03-02T07:59:30", 60, "0.0400"),  # half of it in each
        ("2026-03-02T17:59:59", 60, "0.0207"),
        ("2026-03-07T05:00", 60, "0.0100"),  # Friday's night
        ("2026-03-06T05:00", 60, "0.0200"),
        ("2026-03-29T01:59:30", 60, "0.0200"),  # the clocks go on to 3:00
    ],
)
def test_times_of_the_day(began: str, seconds: float, expected: str) -> None:
    assert cost(lists(TIMES), "+4930", seconds, began) == expected


def test_validity_and_trunks() -> None:
    any_price = {"minute": "1"}
    old = price_list(any_price, key="old", valid_until="2026-02-28")
    new = price_list({"minute": "2"}, key="new", valid_from="2026-03-01")
    own = price_list({"minute": "3"}, key="own", trunks=("backup",), valid_until=date(2026, 3, 31))
    found = lists(old, new, own)
    assert cost(found, "+1", 60, "2026-02-28T23:59") == "1.0000"
    assert cost(found, "+1", 60, "2026-03-01T00:00") == "2.0000"
    assert cost(found, "+1", 60, "2026-03-31T23:00", "backup") == "3.0000"
    assert cost(found, "+1", 60, "2026-04-01T00:00", "backup") == "2.0000"
    assert cost(lists(own), "+1", 60) is None


def test_a_call_with_two_legs_outside_costs_both() -> None:
    began = at("2026-03-02T10:00")
    leg = {
        "trunk": "carrier",
        "direction": "outbound",
        "number": "+4940",
        "started_at": began,
    }
    answered = {**leg, "answered_at": began + 5, "ended_at": began + 65}
    legs: list[dict[str, Any]] = [
        {**answered, "trunk": "", "number": "101"},
        answered,
        {**answered, "number": "+62811"},
        {**leg, "answered_at": None, "ended_at": began + 9},
        {**answered, "direction": "inbound", "number": "+1212"},
    ]
    paid = price_of(legs, "+498001", lists(GERMANY))
    assert paid is not None
    assert (paid.amount, paid.currency, paid.price_list) == (Decimal("0.2454"), "EUR", "carrier")
    assert price_of([], "+498001", lists(GERMANY)) is None


AMOUNTS = st.decimals(0, 10, places=4)
PRICES = st.builds(
    lambda minute, connection, first, other: Price.model_validate(
        {"minute": minute, "connection": connection, "step": f"{first}/{other}"}
    ),
    AMOUNTS,
    AMOUNTS,
    st.integers(0, 120),
    st.integers(1, 120),
)
EVEN_PRICES = st.builds(
    lambda minute, connection, times, step: Price.model_validate(
        {"minute": minute, "connection": connection, "step": f"{times * step}/{step}"}
    ),
    AMOUNTS,
    AMOUNTS,
    st.integers(1, 10),
    st.integers(1, 12),
)
SECONDS = st.integers(0, 20_000).map(Decimal)
LAST_DIGIT = Decimal("1e-20")  # a third of a cent has 28 digits, and a few are lost over many steps
MONDAY = datetime(2026, 3, 2, 10, tzinfo=BERLIN)


# With steps of 3/2 two calls of 3 s are billed 6 s, and one of 6 s is billed 7: that is left out.
@given(EVEN_PRICES, SECONDS, SECONDS)
def test_two_calls_are_never_cheaper_than_one_as_long(price: Price, one: Decimal, other: Decimal) -> None:
    def costs(seconds: Decimal) -> Decimal:
        return charge(seconds, [price], MONDAY, price)

    assert costs(one) + costs(other) >= costs(one + other) - LAST_DIGIT


@given(PRICES, SECONDS, SECONDS)
def test_longer_is_never_cheaper(price: Price, one: Decimal, more: Decimal) -> None:
    assert charge(one + more, [price], MONDAY, price) >= charge(one, [price], MONDAY, price)


@given(PRICES, SECONDS.filter(bool))
def test_what_is_paid_is_whole_steps_and_the_fewest(price: Price, seconds: Decimal) -> None:
    paid = billed(seconds, price)
    assert paid >= seconds
    assert paid == price.step.first or (paid - price.step.first) % price.step.next == 0
    assert paid - price.step.next < seconds or paid == price.step.first


@given(PRICES, SECONDS)
def test_a_time_that_always_holds_changes_nothing(price: Price, seconds: Decimal) -> None:
    always = price.model_copy(
        update={"weekdays": Price.model_validate({"minute": 0, "weekdays": "mon-sun"}).weekdays}
    )
    by_steps = charge(min(seconds, Decimal(2000)), [always], MONDAY, always)
    assert by_steps == pytest.approx(
        charge(min(seconds, Decimal(2000)), [price], MONDAY, price), abs=Decimal("1e-20")
    )


@given(st.integers(0, 3600), AMOUNTS)
def test_by_the_second_an_hour_costs_sixty_minutes_exactly(seconds: int, minute: Decimal) -> None:
    price = Price.model_validate({"minute": minute, "step": "1/1"})
    assert charge(Decimal(seconds), [price], MONDAY, price) * 60 == pytest.approx(
        seconds * minute, abs=Decimal("1e-20")
    )
    assert charge(Decimal(3600), [price], MONDAY, price) == 60 * minute
