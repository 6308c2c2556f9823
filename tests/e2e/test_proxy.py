"""A proxy stands between the phones and the switch, and in every dialog's route (RFC 3261 §16)."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.conftest import PhoneFactory, SwitchFactory
from tests.rig.ports import new_address
from tests.rig.proxy import Proxy
from tests.rig.switch import dialplan

ANNA, BORIS, CLARA = 500, 900, 1300
ProxyFactory = Callable[[str], Awaitable[str]]


@pytest.fixture
async def proxy() -> AsyncIterator[ProxyFactory]:
    """`await proxy(switch's address)`: where phones send their requests instead."""
    running: list[Proxy] = []

    async def start(switch: str) -> str:
        running.append(await Proxy.start(new_address(), switch))
        return running[-1].address

    yield start
    for one in running:
        one.close()


async def test_phones_behind_a_proxy_call_hold_and_transfer(
    switch_factory: SwitchFactory, proxy: ProxyFactory, baresip_factory: PhoneFactory
) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, ("101", "102", "103")))
    edge = await proxy(address)
    anna = await baresip_factory("101", switch, registrar=edge, tone=ANNA)
    boris = await baresip_factory("102", switch, registrar=edge, tone=BORIS)
    clara = await baresip_factory("103", switch, tone=CLARA)  # not behind it
    found = (await switch.control("registrations"))["registrations"]
    assert [one["address"] for one in found[:2]] == [f"{edge}:5060"] * 2

    await anna.dial("102")
    await boris.answer()  # though both are reached at one address
    await anna.hears(BORIS)
    await boris.hears(ANNA)
    await boris.hold()
    await boris.resume()
    await anna.hears(BORIS)
    await boris.transfer("103")
    await clara.answer()
    await boris.closed()
    await anna.hears(CLARA)
    await clara.hears(ANNA)
    # That Anna's phone was told of Clara, by a re-INVITE, has come to its end: else it could not hang up.
    await anna.hangup()
    await clara.closed()
    await switch.idle()
