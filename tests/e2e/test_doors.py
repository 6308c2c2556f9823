"""Door phones: one key opens, and the station is told its code; who calls from outside opens nothing."""

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.carriers import CarrierFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import connect, disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until


async def house(switch_factory: SwitchFactory, server: str = "", **door: str) -> Switch:
    """Anna 101, and the door 190; a carrier at `server` whose number leads to the door."""
    address = new_address()
    plan = dialplan(address, ("101", "190"))
    plan["extensions"]["190"]["door"] = {"code": "47#", **door}
    if server:
        plan["extensions"]["101"]["mobile"] = "90171555"
        plan["trunks"] = {
            "line": {"server": server, "prefix": "9", "numbers": ["+4930123459"], "qualify": "off"}
        }
        plan["numbers"] = {"+4930123459": "190"}
    return await switch_factory(plan=plan, address=address)


@pytest.mark.parametrize("way", ["rfc4733", "info"])
async def test_one_key_opens(switch_factory: SwitchFactory, handset: HandsetFactory, way: str) -> None:
    switch = await house(switch_factory, send=way, key="9")
    anna, door = await handset("101", switch), await handset("190", switch)
    rings, answered = await connect(door, anna)
    anna.media.play(440)
    await door.media.heard(0.1)
    await anna.media.press("5", 80)
    await anna.media.press("9", 80)
    if way == "info":
        keys = [(await rings.taken("INFO")).body.decode().split("Signal=")[1][0] for _ in "47#"]
        assert "".join(keys) == "47#"
    else:
        await until(lambda: door.media.keys() == "547#", "the code, and what was no key of ours")
    opened = await switch.wait_event("door opened", by="101")
    assert opened["door"] == "190"
    await disconnect(answered, rings)


async def test_a_call_to_it_is_answered_by_itself_and_who_may_open(
    switch_factory: SwitchFactory,
    handset: HandsetFactory,
    carrier: CarrierFactory,
) -> None:
    """Not a caller from outside; whom we have called at his mobile for the door, yes."""
    server = new_address()
    switch = await house(switch_factory, f"{server}:5060")
    line = await carrier(switch.address, server)
    door = await handset("190", switch)
    outside = await line.call_in("+4930123459")
    rung = await door.called()
    assert rung.invite.get("Answer-Mode") == "Auto"
    await rung.accept()
    await outside.answered()
    line.media.play(440)
    await door.media.heard(0.1)
    await line.media.press("5", 80)
    await until(lambda: door.media.keys() == "5", "it is a key like any other")
    await outside.hang_up()
    await rung.ended()
    rings = await door.dial("101")
    mobile = await line.called()
    await mobile.accept()
    await line.media.press("1", 80)
    await rings.answered()
    door.media.packets.items.clear()
    await line.media.press("5", 80)
    await switch.wait_event("door opened", door="190")
    await until(lambda: door.media.keys() == "47#", "the code")
    await disconnect(mobile, rings)
