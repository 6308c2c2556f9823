"""Days are summed up in the quiet, and what has been spent is told anew when calls were rated anew."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine, update

from benchmarks.history import week
from softswitch.records import store, summing, sums
from softswitch.records.spending import Spent
from softswitch.records.summing import Summing
from softswitch.records.tables import CALLS

MONDAY = 1_772_409_600.0  # 2026-03-02
NOW = MONDAY + 10 * 86_400


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summing, "EVERY", 0.0)
    monkeypatch.setattr(summing, "RESTS", 0.0)


def test_days_are_summed_up_one_by_one(engine: Engine) -> None:
    told: list[list[Spent]] = []
    work = Summing(engine, lambda calls: told.append(list(calls)), lambda: NOW)
    work.work()  # there is nothing yet, not even a table
    store.migrate(engine)
    records = list(week(40, MONDAY))
    paid = next(one.call for one in records if one.call["price"])
    with engine.begin() as connection:
        store.write(connection, records)

    def stale() -> int:
        with engine.connect() as connection:
            return len(sums.stale_days(connection, NOW))

    for left in range(stale() - 1, -1, -1):
        work.work()
        assert stale() == left
    with engine.begin() as connection:
        connection.execute(
            update(CALLS).where(CALLS.c.id == paid["id"]).values(price=paid["price"] + Decimal(7))
        )
        sums.rated(connection, [int(paid["started_at"] // 86_400)], NOW + 1)
    assert told == []
    for _ in range(2):
        work.work()
    assert stale() == 0
    assert len(told) == 1
    assert {one.call: one.amount for one in told[0]}[paid["id"]] == paid["price"] + 7


def test_one_that_was_summed_up_by_somebody_else_is_left(engine: Engine) -> None:
    store.migrate(engine)
    with engine.begin() as connection:
        store.write(connection, list(week(10, MONDAY)))
    work = Summing(engine, clock=lambda: NOW)
    work.look()
    with engine.connect() as connection:
        days = sums.stale_days(connection, NOW)
    assert all(sums.sum_up(engine, day) for day in days)
    for _ in days:
        work.work()
