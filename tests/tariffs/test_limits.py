"""Limits: who has spent what he may calls nobody outside, but emergencies."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine

from softswitch.app.pricing import price_lists_of, prices_of
from softswitch.config import load_text
from softswitch.records.record import CallRecord
from softswitch.records.running_costs import RunningCosts
from softswitch.records.spending import Spending, Spent
from softswitch.records.spent import spent_in, spent_lately
from softswitch.routing import CallFacts, Outcome, Refuse, Ring
from tests.reports.month import fill
from tests.routing.company import company
from tests.routing.state import Known
from tests.tariffs.test_keeper_prices import DIALPLAN as PRICES
from tests.tariffs.test_keeper_prices import outside

DIALPLAN = """\
domain: office.example
country: DE
limits: {month: 50}
extensions:
  101: {password: geheimnis-1, limit: {day: 5}}
  102: {password: geheimnis-2}
  103: {password: geheimnis-3, limit: {month: 0}}
departments:
  sales: {name: Sales, members: [101, 102], limit: {month: 60}}
trunks:
  carrier: {server: 203.0.113.9, prefix: 0}
"""
T = 1_800_000_000.0
BERLIN = ZoneInfo("Europe/Berlin")


def money(**spent: tuple[float, float]) -> Known:
    found = {number.removeprefix("x"): one for number, one in spent.items()}
    return Known(
        money={number: (Decimal(str(day)), Decimal(str(month))) for number, (day, month) in found.items()}
    )


@pytest.mark.parametrize(
    ("caller", "state", "why"),
    [
        ("101", money(x101=(4.99, 20)), ""),
        ("101", money(x101=(5, 20)), "101 has spent the 5 of this day"),
        ("101", money(x101=(0, 50)), "101 has spent the 50 of this month"),
        ("102", money(x102=(30, 49)), ""),
        ("102", money(x101=(0, 30), x102=(0, 30)), "the department Sales has spent the 60 of this month"),
        ("103", money(), "103 has spent the 0 of this month"),
    ],
)
def test_a_limit_bars_calls_out(caller: str, state: Known, why: str) -> None:
    decision = company(DIALPLAN).decide(CallFacts(caller, "0030123456"), state)
    if not why:
        assert isinstance(decision, Ring)
        return
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.LIMIT_REACHED
    assert decision.reasons[-1].text == why
    assert decision.reasons[-1].line


@pytest.mark.parametrize("dialled", ["112", "0112", "101"])
def test_it_bars_neither_emergencies_nor_the_house(dialled: str) -> None:
    decision = company(DIALPLAN).decide(CallFacts("103", dialled), money(x103=(9, 9)))
    assert isinstance(decision, Ring)


def test_warnings_come_before_the_limit() -> None:
    limits = company(DIALPLAN).outside.limits
    assert limits.warnings("101", money(x101=(3.99, 3.99))) == []
    assert limits.warnings("101", money(x101=(4, 48))) == [
        "101 has spent 4 of the 5 of this day",
        "101 has spent 48 of the 50 of this month",
        "the department Sales has spent 48 of the 60 of this month",
    ]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def out(call: str, began: str, price: str) -> Spent:
    return Spent(call, "101", at(began), Decimal(price))


@pytest.mark.parametrize(
    ("direction", "price", "spent"), [("out", "1.5", "1.5"), ("out", None, "0"), ("in", "8", None)]
)
def test_what_a_record_says(direction: str, price: str | None, spent: str | None) -> None:
    amount = None if price is None else Decimal(price)
    row = {"id": "a", "caller": "101", "direction": direction, "started_at": 1.0, "price": amount}
    found = spent_in(CallRecord(row, (), ()))
    assert found == (None if spent is None else Spent("a", "101", 1.0, Decimal(spent)))


def test_spending_counts_each_call_once_and_forgets_at_midnight_and_at_the_month_s_end() -> None:
    now = at("2026-03-30T12:00")
    spending = Spending(BERLIN, lambda: now)
    told: list[str] = []
    spending.told = told.append
    for _ in range(2):
        spending.recorded([out("a", "2026-03-30T11:00", "1.5")])
    spending.recorded(
        [
            out("b", "2026-03-29T23:59", "2"),
            out("c", "2026-02-28T11:00", "4"),
            out("d", "2026-03-30T11:00", "0"),
        ]
    )
    assert spending.of("101") == (Decimal("1.5"), Decimal("3.5"))
    assert spending.of("102") == (0, 0)
    assert told == ["101", "101"]
    now = at("2026-03-31T00:00")
    assert spending.of("101") == (0, Decimal("3.5"))
    now = at("2026-04-01T00:00")
    assert spending.of("101") == (0, 0)
    spending.recorded([out("f", "2026-04-01T00:00", "1")])
    assert spending.of("101") == (1, 1)
    spending.forget_recorded()  # calls were rated anew
    spending.recorded([out("f", "2026-04-01T00:00", "3")], new=False)
    assert spending.of("101") == (3, 3)


def test_what_the_database_knows_is_counted_after_a_restart(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'records.db'}")
    spending = Spending(BERLIN, lambda: at("2026-03-31T23:59:59"))
    spending.told = lambda extension: pytest.fail(f"{extension} has spent nothing new")
    with engine.begin() as connection:
        fill(connection)
        spending.recorded(spent_lately(connection, at("2026-03-31T23:59:59")), new=False)
    engine.dispose()
    assert spending.of("101") == (0, Decimal("0.7833"))
    assert spending.of("103") == (Decimal("1.2"), Decimal("1.2"))


def test_a_running_call_counts_with_what_it_costs_so_far_and_once_only() -> None:
    spending = Spending(BERLIN, lambda: at("2026-03-30T12:00"))
    spending.runs(out("a", "2026-03-30T11:59", "1"))
    spending.runs(out("a", "2026-03-30T11:59", "3"))
    spending.runs(out("b", "2026-03-29T23:59", "2"))
    assert spending.of("101") == (3, 5)
    spending.recorded([out("a", "2026-03-30T11:59", "4")])
    spending.runs(out("a", "2026-03-30T11:59", "3"))  # its end is told after its record: the record holds
    assert spending.of("101") == (4, 6)
    spending.runs(out("b", "2026-03-29T23:59", "0"))  # nobody has answered
    assert spending.of("101") == (4, 4)


def test_what_calls_cost_that_are_not_over() -> None:
    dialplan = load_text(PRICES, Path("office.yaml"), {})
    spending = Spending(BERLIN, lambda: T)
    now = T
    running = RunningCosts(price_lists_of(prices_of(dialplan)), spending.runs, lambda: now)
    for call in ("x", "y"):
        for event in outside(call, T)[:3]:
            running.take(event)
    assert spending.of("101") == (Decimal("0.3"), Decimal("0.3")), "each with its first minute"
    for event in outside("x", T)[3:4]:
        running.take(event)
    now = T + 125
    assert len(list(running.refresh())) == 2
    assert spending.of("101")[0] == Decimal("0.25") + Decimal("0.15"), "two minutes of x; y rings still"
    running.take(outside("y", T)[4])
    assert spending.of("101")[0] == Decimal("0.25"), "nobody has answered"
    running.take(outside("x", T)[4])
    assert spending.of("101")[0] == Decimal("0.25"), "until its record is there"
    spending.recorded([Spent("x", "101", T, Decimal("0.25"))])
    assert spending.of("101")[0] == Decimal("0.25")
    assert not list(running.refresh())
