"""Live events: all of them for whoever keeps up, a count for whoever does not."""

import asyncio

from softswitch.api import live
from softswitch.api.live import Live, as_data
from tests.records.calls import call


def test_the_form_of_an_event() -> None:
    data = as_data(call("x-1")[1])
    assert (data["version"], data["type"], data["call"], data["kind"]) == (1, "Routed", "x-1", "extension")
    assert data["reasons"] == [{"text": "102 is the extension of Boris", "line": 12}]


async def test_who_is_too_slow_is_told_how_much_he_missed() -> None:
    many = Live()
    stream = many.stream({})
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    limit = live._MOST_WAITING
    event = call("x-1")[0]
    for _ in range(limit + 7):
        many.publish(event)
    heard = [await first, *[await anext(stream) for _ in range(limit)]]
    assert [one["type"] for one in heard] == ["CallStarted"] * limit + ["EventsMissed"]
    assert heard[-1]["count"] == 7
    await stream.aclose()
    assert not many._listeners
