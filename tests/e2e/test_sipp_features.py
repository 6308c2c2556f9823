"""SIPp, which knows nothing of us, transfers, parks, fetches and picks up: the ladders are its own."""

import pytest

from tests.conftest import SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import feature_scenarios as scenarios
from tests.rig.ports import new_address
from tests.rig.sipp import Sipp, User
from tests.rig.switch import Switch, dialplan, password

PEOPLE = ("101", "102", "103")


def user(number: str, calls: str = "") -> User:
    return User(number, password(number), calls)


async def office(switch_factory: SwitchFactory) -> Switch:
    address = new_address()
    return await switch_factory(plan=dialplan(address, PEOPLE), address=address)


async def all_went_well(*phones: Sipp) -> None:
    for phone in phones:
        assert (await phone.finished()).failed == 0


async def test_transfers_by_refer(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    switch = await office(switch_factory)
    boris = await sipp(scenarios.answers(), switch.address, registered_as=user("102"))
    clara = await sipp(scenarios.answers(hangs_up_after=300), switch.address, registered_as=user("103"))
    told = ("100 Trying", "180 Ringing", "200 OK")
    anna = await sipp(scenarios.transfers("103", *told), switch.address, users=[user("101", "102")])
    await all_went_well(anna, clara, boris)
    await switch.idle()


async def test_parks_and_fetches(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    switch = await office(switch_factory)
    boris = await sipp(scenarios.answers(), switch.address, registered_as=user("102"))
    anna = await sipp(
        scenarios.transfers("700", "100 Trying", "200 OK"), switch.address, users=[user("101", "102")]
    )
    await switch.wait_event("parked", orbit="701", by="101")
    await all_went_well(anna)
    clara = await sipp(scenarios.calls(300, shown="sip:102@"), switch.address, users=[user("103", "701")])
    await all_went_well(clara, boris)
    await switch.idle()


@pytest.mark.parametrize("way", ["code", "replaces"])
async def test_picks_up(
    switch_factory: SwitchFactory, sipp: SippFactory, handset: HandsetFactory, way: str
) -> None:
    switch = await office(switch_factory)
    boris = await handset("102", switch)
    anna = await sipp(scenarios.calls(0), switch.address, users=[user("101", "102")])
    rung = await boris.called()
    await rung.ring()
    extra = [f"Replaces: {rung.replaces};early-only"] if way == "replaces" else []
    clara = await sipp(
        scenarios.calls(300, extra, shown="sip:101@"),
        switch.address,
        users=[user("103", "102" if extra else "*8102")],
    )
    assert 'text="Call completed elsewhere"' in (await rung.cancelled()).get("Reason")
    await all_went_well(clara, anna)
    await switch.idle()
