"""An outside line by pin: who has it calls with his extension's rights, who guesses is locked."""

from tests.conftest import SwitchFactory
from tests.e2e.carriers import CarrierFactory, company
from tests.rig.carrier import Carrier
from tests.rig.handset import press, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch
from tests.rig.waiting import until_told

DIAL_TONE = 425


async def refused(switch: Switch) -> bool:
    (call,) = (await switch.control("calls"))["calls"]
    events = (await switch.control("trace", call=call["id"]))["events"]
    return any(one["text"].startswith("refuse: not-allowed") for one in events)


async def hears_dial_tone(phone: Carrier) -> None:
    await phone.media.hears({DIAL_TONE}, [DIAL_TONE], 0.3, since_key=True)


async def office(
    factory: SwitchFactory, carrier: CarrierFactory, **disa: object
) -> tuple[Switch, Carrier, Carrier]:
    """The switch, who calls in from the carrier's network, and who is called there."""
    address, server, other = new_address(), new_address(), new_address()
    caller = await carrier(address, server)
    callee = await carrier(address, other)
    plan = company(address, f"{server}:5060")
    plan["trunks"]["out"] = {"server": f"{other}:5060", "prefix": "8", "qualify": "off"}
    plan["numbers"]["+4930123450"] = "disa"
    plan["disa"] = {"lock_after": 2, **disa}
    plan["extensions"]["101"]["disa_pin"] = "482913"
    plan["extensions"]["102"]["disa_pin"] = "733504"
    return await factory(address=address, plan=plan), caller, callee


async def test_the_right_pin_leads_out_for_as_long_as_allowed(
    switch_factory: SwitchFactory, carrier: CarrierFactory
) -> None:
    switch, caller, callee = await office(switch_factory, carrier, longest_call="3s")
    talk = await caller.call_in("+4930123450")
    await talk.answered()
    await press(caller, "101#000000#")  # a slip of the finger
    await switch.wait_event("wrong pin for an outside line", extension="101")
    await press(caller, "101#482913#")
    await hears_dial_tone(caller)
    await press(caller, "8004420123456#")
    called = await callee.called()
    assert called.invite.start.startswith("INVITE sip:004420123456@")
    await called.accept()
    await talk_alone(caller, callee)
    await called.ended()
    await talk.ended()
    await switch.idle()
    (call,) = (await switch.control("calls", recent=1))["calls"]
    assert call["outcome"] == "too-long"


async def test_rights_hold_and_guessing_locks(switch_factory: SwitchFactory, carrier: CarrierFactory) -> None:
    switch, caller, callee = await office(switch_factory, carrier)
    talk = await caller.call_in("+4930123450")
    await talk.answered()
    await press(caller, "102#733504#")  # who may not call outside
    await hears_dial_tone(caller)
    await press(caller, "8004420123456#")
    await until_told(lambda: refused(switch), "102 may not call outside")
    await talk.hang_up()
    assert not callee.sip.inbox.matching(lambda one: one.method == "INVITE")

    talk = await caller.call_in("+4930123450")
    await talk.answered()
    await press(caller, "101#111111#")
    await press(caller, "101#222222#")
    await switch.wait_event("outside line locked after wrong pins", locked="the caller +491711234567")
    await talk.ended()
    again = await caller.call_in("+4930123450")
    assert (await again.final()).status == 403
