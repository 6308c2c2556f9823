"""The keeper writes what a call has cost, and what its caller has spent."""

from decimal import Decimal
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, select

from softswitch.app.pricing import look, price_lists_of, prices_of
from softswitch.config import load_text
from softswitch.records import store
from softswitch.records.events import CallAnswered, CallEnded, CallEvent, CallStarted, DeviceCalled, Routed
from softswitch.records.keeper import Keeper
from softswitch.records.spending import Spending
from softswitch.records.tables import CALLS
from tests.records.test_keeper import write

DIALPLAN = """\
domain: office.example
country: DE
extensions: {101: {password: geheimnis-1}}
trunks: {carrier: {server: 203.0.113.9, prefix: 0}}
price_lists: {carrier: {currency: EUR, prices: [{to: "+4930", minute: 0.1, connection: 0.05}]}}
"""


def outside(call: str, at: float) -> list[CallEvent]:
    """101 calls Berlin as it is dialled there; it is answered after 5 s and goes on for 61."""
    number, dialog = "030123456", f"{call}-b"
    return [
        CallStarted(at, call, "101", "Anna", "0030123456", "192.0.2.1:5060", f"{call}-a"),
        Routed(at, call, "ring", (), "", "outside", number, number),
        DeviceCalled(at, call, number, "203.0.113.9:5060", dialog, "carrier"),
        CallAnswered(at + 5, call, number, number, dialog),
        CallEnded(at + 66, call, "completed", "nobody", "It is over.", 200, "101"),
    ]


def test_a_call_is_recorded_with_its_price(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    write(tmp_path / "journal", outside("a", now) + outside("b", now))
    dialplan = load_text(DIALPLAN, tmp_path / "office.yaml", {})
    for _ in range(2):  # after a restart the journal may be read once more
        spending = Spending(ZoneInfo("UTC"), lambda: now + 100)
        keeper = Keeper(
            tmp_path / "journal",
            store.database_url(tmp_path, None),
            spent=lambda calls, new, spending=spending: spending.recorded(calls, new=new),
        )
        prices = prices_of(dialplan)
        keeper.prices, keeper.look = price_lists_of(prices), partial(look, prices)
        while keeper.turn():
            pass
        assert spending.of("101") == (Decimal("0.5"), Decimal("0.5"))
        keeper.close()
    engine = create_engine(store.database_url(tmp_path, None))
    names = ("price", "currency", "price_list", "destination", "number_type")
    with engine.connect() as connection:
        found = connection.execute(select(*(CALLS.c[name] for name in names))).all()
    engine.dispose()
    assert [tuple(one) for one in found] == [
        (Decimal("0.2500"), "EUR", "carrier", "+4930123456", "national")
    ] * 2
