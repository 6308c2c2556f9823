"""A dialplan's price lists, ready to price calls by."""

from functools import partial

from softswitch.app.keeper_messages import Prices
from softswitch.config import Dialplan
from softswitch.config.price_file import read_prices
from softswitch.records.destinations import Dialled
from softswitch.records.tariffs import PriceLists
from softswitch.routing.numbers import look_up


def prices_of(dialplan: Dialplan) -> Prices:
    """All of them. A file spoilt since the dialplan was read counts as far as it can be read."""
    lists = []
    for one in dialplan.price_lists.values():
        from_file = () if one.file is None else read_prices(one.file)[0]
        lists.append((one, one.prices + from_file))
    return Prices(tuple(lists), dialplan.timezone, dialplan.country, dialplan.area_code or "")


def price_lists_of(prices: Prices) -> PriceLists:
    """The same, compiled."""
    return PriceLists(prices.lists, prices.zone, partial(look, prices))


def look(prices: Prices, number: str) -> Dialled:
    """What a number outside is, for somebody in the company's country and area."""
    if prices.country is None:
        return Dialled(number, "")
    known = look_up(number, prices.country, prices.area_code)
    return Dialled(known.e164 or number, known.kind)
