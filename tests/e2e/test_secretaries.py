"""Secretaries: a place of its own for callers from outside, and who rings through to her director."""

from tests.conftest import SwitchFactory
from tests.e2e.carriers import CarrierFactory, company
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import talk_alone
from tests.rig.ports import new_address


async def test_callers_come_to_a_secretary_who_connects_them_to_her_director(
    switch_factory: SwitchFactory,
    handset: HandsetFactory,
    carrier: CarrierFactory,
) -> None:
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    plan = company(address, f"{server}:5060")
    plan["numbers"] = {"+4930123450": "secretary"}
    plan["extensions"]["101"] |= {"secretary": "103", "do_not_disturb": True}
    plan["extensions"]["103"]["role"] = "secretary"
    switch = await switch_factory(address=address, plan=plan)
    director, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    refused = await boris.dial("101")
    assert (await refused.final()).status in (480, 486), "the director is not to be disturbed"
    outside = await line.call_in("+4930123450")
    at_desk = await clara.called()
    await at_desk.accept()
    await outside.answered()
    await at_desk.refer("101")
    connected = await director.called()  # his secretary sends the call
    assert "+491711234567" in connected.invite.get("P-Asserted-Identity")
    await connected.accept()
    await talk_alone(line, director)
    await outside.hang_up()
    await connected.ended()
