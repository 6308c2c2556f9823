"""Sums by day say what the records say, whatever comes late and whatever is rated anew, on both databases."""

import random
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.engine import URL

from benchmarks.history import DAY, WEEK, week
from softswitch.records import store, sums
from softswitch.records.record import CallRecord
from softswitch.records.sum_tables import SUM_DAYS, TRAFFIC_SUMS
from softswitch.records.tables import CALLS
from softswitch.reports.conditions import parse_condition
from softswitch.reports.database import reading
from softswitch.reports.figures import figures
from softswitch.reports.period import Period
from softswitch.reports.selection import Selection

MONDAY = 1_772_409_600.0  # 2026-03-02
UTC = ZoneInfo("UTC")
EVER = Period(None, None)


def add(engine: Engine, records: Iterable[CallRecord]) -> None:
    with engine.begin() as connection:
        store.write(connection, list(records))


def sum_all(engine: Engine, now: float = 2e9) -> int:
    with engine.connect() as connection:
        days = sums.stale_days(connection, now)
    return sum(sums.sum_up(engine, day) for day in days)


SOME = (sums.QUEUES, sums.PEOPLE, sums.COSTS["person"], sums.SCENARIOS["step"])


def assert_equal_to_the_records(
    url: URL, period: Period, *conditions: str, among: Iterable[sums.Sums] = SOME
) -> None:
    selection = Selection(period, UTC, tuple(map(parse_condition, conditions)))
    with reading(url) as connection:
        for one in among:
            summed = figures(connection, selection, one, *one.keys)
            counted = figures(connection, selection, one, *one.keys, fresh=False)
            assert summed.keys() == counted.keys()
            for key, expected in counted.items():
                assert summed[key] == pytest.approx(expected, abs=Decimal("0.00005")), (one.table.name, key)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A week of 300 calls, summed up."""
    store.migrate(engine)
    add(engine, week(300, MONDAY, seed=3))
    assert sum_all(engine) == 7
    return engine


@pytest.mark.parametrize(
    "period",
    [
        Period(MONDAY, MONDAY + WEEK),
        Period(MONDAY + 3.5 * 3600, MONDAY + 2 * DAY + 9.25 * 3600),
        Period(MONDAY + 10 * 3600, MONDAY + 15 * 3600),
        Period(None, MONDAY + 3 * DAY),
    ],
)
def test_sums_and_records_agree_on_any_period(filled: Engine, url: URL, period: Period) -> None:
    assert_equal_to_the_records(url, period)


def test_all_of_them_agree(filled: Engine, url: URL) -> None:
    assert_equal_to_the_records(url, EVER, among=sums.ALL)


def test_they_agree_under_conditions(filled: Engine, url: URL) -> None:
    for condition, one in (
        ("direction=in", sums.TRAFFIC),
        ("queue=orders", sums.QUEUES),
        ("talking>10 and queue!=orders", sums.QUEUES),
        ("trunk~carrier*", sums.COSTS["trunk"]),
    ):
        assert_equal_to_the_records(url, EVER, condition, among=[one])


def test_a_late_record_is_counted_at_once_and_once(filled: Engine, url: URL) -> None:
    late = next(iter(week(1, MONDAY, seed=2)))
    late.call.update(started_at=MONDAY + DAY + 1)
    for _ in range(2):  # read once more after a restart
        add(filled, [late])
        assert_equal_to_the_records(url, EVER)
        with reading(url) as connection:
            found = figures(connection, Selection(EVER, UTC), sums.TRAFFIC, "direction")
        assert sum(one["calls"] for one in found.values()) == 301
    assert sum_all(filled) == 1
    assert sum_all(filled) == 0
    assert_equal_to_the_records(url, EVER)
    with filled.connect() as connection:
        assert connection.execute(select(func.sum(TRAFFIC_SUMS.c.calls))).scalar_one() == 301


def test_another_price_is_told_at_once(filled: Engine, url: URL) -> None:
    with filled.begin() as connection:
        priced = select(CALLS.c.id, CALLS.c.started_at).where(CALLS.c.price > 0).limit(1)
        call, at = connection.execute(priced).one()
        connection.execute(update(CALLS).where(CALLS.c.id == call).values(price=Decimal("7.7777")))
        sums.rated(connection, [int(at // DAY)], 5.0)
    assert_equal_to_the_records(url, EVER)
    with filled.connect() as connection:
        assert sums.last_rated(connection, MONDAY) == 5.0
        assert sums.last_rated(connection, MONDAY + 2 * WEEK) == 0.0
    assert sum_all(filled) == 1
    assert_equal_to_the_records(url, EVER)


def test_a_day_is_summed_up_when_it_is_over(engine: Engine) -> None:
    store.migrate(engine)
    add(engine, (replace(one) for one in week(50, MONDAY)))
    with engine.connect() as connection:
        assert sums.stale_days(connection, MONDAY + DAY + sums.LATE - 1) == []
        assert sums.stale_days(connection, MONDAY + DAY + sums.LATE) == [int(MONDAY // DAY)]


def test_a_day_is_not_summed_up_twice_at_once(filled: Engine) -> None:
    assert not sums.sum_up(filled, int(MONDAY // DAY))


def test_many_days_stale_here_and_there(engine: Engine, url: URL) -> None:
    """More gaps than a statement names."""
    store.migrate(engine)
    dice = random.Random(7)  # noqa: S311
    for nth in range(10):
        add(engine, week(30, MONDAY + nth * WEEK, seed=nth))
    sum_all(engine)
    with engine.begin() as connection:
        days: list[Any] = list(connection.execute(select(SUM_DAYS.c.day)).scalars())
        stale = dice.sample(days, len(days) // 2)
        connection.execute(update(SUM_DAYS).where(SUM_DAYS.c.day.in_(stale)).values(fresh=False))
    assert_equal_to_the_records(url, EVER, among=[sums.TRAFFIC])
