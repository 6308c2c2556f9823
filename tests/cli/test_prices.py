"""softswitch prices and rate."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.engine import URL

from softswitch.records.tables import CALLS
from tests.cli.fake import GOOD, Command
from tests.reports.month import fill

PRICES = """\
timezone: Europe/Berlin
trunks: {carrier: {server: 203.0.113.9}, backup: {server: 203.0.113.10}}
price_lists:
  carrier: {trunks: [carrier], currency: EUR, file: prices.csv}
"""


@pytest.fixture
def office(folder: Path) -> Path:
    """A dialplan with a price list, and a month of records."""
    file = folder / "office.yaml"
    file.write_text(GOOD + PRICES)
    (folder / "prices.csv").write_text("to,minute\n+49,0.1\n")
    (folder / "state").mkdir()
    engine = create_engine(URL.create("sqlite", database=str(folder / "state" / "records.db")))
    with engine.begin() as connection:
        fill(connection)
    engine.dispose()
    return file


def prices_in(folder: Path) -> dict[str, Decimal]:
    engine = create_engine(URL.create("sqlite", database=str(folder / "state" / "records.db")))
    with engine.connect() as connection:
        query = select(CALLS.c.id, CALLS.c.price).where(CALLS.c.price.is_not(None))
        found = dict(connection.execute(query).tuples().all())
    engine.dispose()
    return found


def test_rating_anew(softswitch: Command, office: Path, folder: Path) -> None:
    before = prices_in(folder)
    asked = ("rate", office, "--from", "2026-03", "--to", "2026-03")
    dry = softswitch(*asked, "--dry")
    # m05: 300 s to a mobile cost 0.45 and cost 0.50; m06 and the calls over backup have no price any more.
    assert dry.stdout == "15 calls over trunks, 4 would change, -1.4833 EUR.\n"
    assert prices_in(folder) == before
    assert json.loads(softswitch(*asked, "--json").stdout) == {
        "calls": 15,
        "changed": 4,
        "differences": {"EUR": "-1.4833"},
        "dry": False,
    }
    assert prices_in(folder) == {"m05": Decimal("0.5000"), "m18": Decimal("1.2000")}
    assert softswitch(*asked).stdout == "15 calls over trunks, 0 changed.\n"


def test_rating_needs_a_time_and_price_lists(softswitch: Command, office: Path, folder: Path) -> None:
    assert "from when on?" in softswitch("rate", office).stderr
    office.write_text(GOOD)
    assert "has no price lists" in softswitch("rate", office, "--since", "ever").stderr


def test_a_good_file_of_prices(softswitch: Command, office: Path) -> None:
    result = softswitch("prices", "prices.csv")
    assert (result.exit_code, result.stdout) == (0, "prices.csv: good, 1 price\n")


def test_a_bad_file_of_prices(softswitch: Command, office: Path, folder: Path) -> None:
    (folder / "prices.csv").write_text("to,minute\n+49,cheap\nBerlin,1\n")
    result = softswitch("prices", "prices.csv")
    assert result.exit_code == 1
    first, second, last = result.stdout.splitlines()
    assert first.startswith("prices.csv:2: minute: this is not an amount of money: 'cheap'; write")
    assert second.startswith("prices.csv:3: to: this is no beginning of a number")
    assert last == "prices.csv: refused, 2 errors"
    data = json.loads(softswitch("prices", "prices.csv", "--json").stdout)
    assert [problem["line"] for problem in data["problems"]] == [2, 3]
