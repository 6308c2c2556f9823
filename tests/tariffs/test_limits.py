"""Limits: who has spent what he may calls nobody outside, but emergencies."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine

from softswitch.records.record import CallRecord
from softswitch.records.spending import Spending
from softswitch.routing import CallFacts, Outcome, Refuse, Ring
from tests.reports.month import fill
from tests.routing.company import company
from tests.routing.state import Known

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


def record(call: str, began: str, price: str | None, direction: str = "out") -> CallRecord:
    amount = None if price is None else Decimal(price)
    row = {"id": call, "caller": "101", "direction": direction, "started_at": at(began), "price": amount}
    return CallRecord(row, (), ())


def test_spending_counts_each_call_once_and_forgets_at_midnight_and_at_the_month_s_end() -> None:
    now = at("2026-03-30T12:00")
    spending = Spending(BERLIN, lambda: now)
    told: list[str] = []
    spending.told = told.append
    spending.record(record("a", "2026-03-30T11:00", "1.5"))
    spending.record(record("a", "2026-03-30T11:00", "1.5"))
    spending.record(record("b", "2026-03-29T23:59", "2"))
    spending.record(record("c", "2026-02-28T11:00", "4"))
    spending.record(record("d", "2026-03-30T11:00", None))
    spending.record(record("e", "2026-03-30T11:00", "8", "in"))
    assert spending.of("101") == (Decimal("1.5"), Decimal("3.5"))
    assert spending.of("102") == (0, 0)
    assert told == ["101", "101"]
    now = at("2026-03-31T00:00")
    assert spending.of("101") == (0, Decimal("3.5"))
    now = at("2026-04-01T00:00")
    assert spending.of("101") == (0, 0)
    spending.record(record("f", "2026-04-01T00:00", "1"))
    assert spending.of("101") == (1, 1)


def test_what_the_database_knows_is_counted_after_a_restart(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'records.db'}")
    spending = Spending(BERLIN, lambda: at("2026-03-31T23:59:59"))
    with engine.begin() as connection:
        fill(connection)
        spending.load(connection)
    engine.dispose()
    assert spending.of("101") == (0, Decimal("0.7833"))
    assert spending.of("103") == (Decimal("1.2"), Decimal("1.2"))
