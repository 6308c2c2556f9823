"""Phones are asked by OPTIONS whether they are there, when the dialplan says so."""

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.message import response
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan


async def listed(switch: Switch) -> dict[str, dict[str, object]]:
    found = (await switch.control("registrations"))["registrations"]
    return {one["number"]: one for one in found}


async def test_the_round_trip_is_shown_and_the_silent_phone_is_known(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    registration = {"algorithms": ["md5"], "qualify": 5}
    plan = dialplan(address, ("101", "102", "103"), registration=registration)
    switch = await switch_factory(address=address, plan=plan)
    anna = await handset("101", switch)
    # It is asked where its packets come from, and any answer shows that it is there.
    boris = await handset("102", switch, claims="192.0.2.77:5060")
    clara = await handset("103", switch, "tcp")
    await clara.sip.close()

    asked = await anna.take("OPTIONS")
    assert asked.start.startswith(f"OPTIONS sip:101@{anna.sip.address}")
    await anna.sip.send(response(asked, 200, "OK"))
    asked = await boris.take("OPTIONS")
    await boris.sip.send(response(asked, 404, "Not Found"))
    await switch.wait_event("phone does not answer", number="103")
    found = await listed(switch)
    assert 0 <= float(str(found["101"]["rtt_ms"])) < 1000
    assert 0 <= float(str(found["102"]["rtt_ms"])) < 1000
    assert found["103"]["rtt_ms"] is None
    assert not found["103"]["connected"]
