"""The hand-checked month of tests/reports, rated: every price by hand, then the bills, on both databases."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.engine import URL

from softswitch.app.pricing import price_lists_of, prices_of
from softswitch.config import load_text
from softswitch.records import store, sums
from softswitch.records.rating import Rated, rate
from softswitch.records.spent import spent_lately
from softswitch.records.tables import CALLS
from softswitch.records.tariffs import PriceLists
from softswitch.reports.costs import costs
from softswitch.reports.database import reading
from tests.records.conftest import engine, url
from tests.reports.month import COMPANY, fill, march

__all__ = ["engine", "url"]

DIALPLAN = """\
domain: office.example
country: DE
timezone: Europe/Berlin
extensions: {101: {password: geheimnis-1}}
trunks: {carrier: {server: 203.0.113.9}, backup: {server: 203.0.113.10}}
price_lists:
  carrier:
    trunks: [carrier]
    currency: EUR
    prices:
      - {to: "+49", minute: 0.02, connection: 0.05}
      - {to: "+49", type: special, minute: 0.09, step: 30/6}
      - {to: "+44", minute: 0.12, step: 60/1, free: 30s}
      - {to: "+4930510", direction: in, minute: 0.06, step: 1/1}
  march: {trunks: [backup], currency: USD, valid_until: 2026-03-31, prices: [{minute: 1}]}
  april:
    trunks: [backup]
    currency: USD
    valid_from: 2026-04-01
    prices:
      - {to: "+62", minute: 0.30, step: 1/1}
      - {to: "+62", minute: 0.10, step: 1/1, hours: "0:00-0:05"}
"""
BY_HAND = {
    "m05": ("0.45", "EUR", "carrier"),  # 300 s are 30 and 45 times 6: 5 min at 0.09
    "m06": ("0.12", "EUR", "carrier"),  # 90 s less 30 free: one minute
    "m07": ("0", "USD", "march"),  # not answered
    "m10": ("0.24", "EUR", "carrier"),  # our own number: 240 s
    "m11": ("0.18", "EUR", "carrier"),
    "m12": ("0", "EUR", "carrier"),
    "m13": ("0", "EUR", "carrier"),
    # Begun in March, answered in April at 0:00:02: 298 s at 0.10 until 0:05, then 302 s at 0.30.
    "m17": ("2.0067", "USD", "april"),
}


@pytest.fixture
def lists(tmp_path: Path) -> PriceLists:
    """Those of the dialplan."""
    return price_lists_of(prices_of(load_text(DIALPLAN, tmp_path / "office.yaml", {})))


def bill(url: URL, by: str) -> dict[tuple[str, str], Decimal]:
    with reading(url) as connection:
        rows = costs(connection, march(), COMPANY, by).rows
    return {(row[by], row["currency"]): row["price"] for row in rows if row["price"]}


def test_every_price_and_every_bill(engine: Engine, url: URL, lists: PriceLists) -> None:
    store.migrate(engine)
    with engine.begin() as connection:
        fill(connection)
    with engine.connect() as connection:
        days = sums.stale_days(connection, 2e9)
    assert all(sums.sum_up(engine, day) for day in days)
    done = Rated()
    march_only = march().period
    for done in rate(engine, lists, march_only.since, march_only.until):
        assert 0 < done.share <= 1
    # Before: 0.45 + 0.3333 + 0 + 1.2 EUR.
    assert (done.calls, done.differences) == (15, {"EUR": Decimal("-0.9933"), "USD": Decimal("2.0067")})
    with engine.connect() as connection:
        c = CALLS.c
        found = connection.execute(select(c.id, c.price, c.currency, c.price_list).where(c.id != "m18"))
        assert {one: tuple(rest) for one, *rest in found if rest[0] is not None} == {
            call: (Decimal(amount), *rest) for call, (amount, *rest) in BY_HAND.items()
        }
    for summed in (False, True):
        if summed:
            assert any(sums.sum_up(engine, day) for day in days)
        assert bill(url, "person") == {
            ("101", "EUR"): Decimal("0.57"),
            ("103", "EUR"): Decimal("0.42"),
            ("103", "USD"): Decimal("2.0067"),
        }
        assert bill(url, "department") == {
            ("sales", "EUR"): Decimal("0.57"),
            ("service", "EUR"): Decimal("0.42"),
            ("service", "USD"): Decimal("2.0067"),
        }
        assert bill(url, "trunk") == {
            ("carrier", "EUR"): Decimal("0.99"),
            ("backup", "USD"): Decimal("2.0067"),
        }
        assert bill(url, "destination") == {
            ("+49 DE", "EUR"): Decimal("0.45"),
            ("+44 GB", "EUR"): Decimal("0.12"),
            ("in", "EUR"): Decimal("0.42"),
            ("+62 ID", "USD"): Decimal("2.0067"),
        }
        assert bill(url, "type") == {
            ("special", "EUR"): Decimal("0.45"),
            ("international", "EUR"): Decimal("0.12"),
            ("", "EUR"): Decimal("0.42"),
            ("international", "USD"): Decimal("2.0067"),
        }
        assert bill(url, "month") == {
            ("2026-03", "EUR"): Decimal("0.99"),
            ("2026-03", "USD"): Decimal("2.0067"),
        }
    with engine.connect() as connection:
        end = march_only.until or 0.0
        spent = {one.call: one.amount for one in spent_lately(connection, end)}
    assert spent == {"m05": Decimal("0.45"), "m06": Decimal("0.12"), "m17": Decimal("2.0067")} | (
        {"m18": Decimal("1.2")}
    )


def test_rating_dry_changes_nothing(engine: Engine, url: URL, lists: PriceLists) -> None:
    store.migrate(engine)
    with engine.begin() as connection:
        fill(connection)
    before = bill(url, "person")
    *_, done = rate(engine, lists, None, None, dry=True)
    assert done.changed > 0
    assert bill(url, "person") == before
