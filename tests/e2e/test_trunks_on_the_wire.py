"""Trunks with SIPp as the carrier, over TCP, by name, and over a reload."""

from tests.conftest import SippFactory, SwitchFactory
from tests.e2e.carriers import ACCOUNT, CarrierFactory, Joined, company, is_registered, last_call, shown
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.handset import talk_alone
from tests.rig.ports import new_address
from tests.rig.sipp import User
from tests.rig.waiting import until_told


async def test_sipp_challenges_is_given_proof_and_echoes_what_it_hears(
    joined: Joined, handset: HandsetFactory, sipp: SippFactory
) -> None:
    switch, registrar = await joined(ACCOUNT)
    await registrar.registers(**ACCOUNT)
    await until_told(lambda: is_registered(switch), "registered")
    await registrar.sip.close()  # SIPp takes its place
    uri = f"sip:004417112345@{registrar.sip.address}:5060"
    scenario = scenarios.carrier(ACCOUNT["user"], ACCOUNT["password"], uri)
    line = await sipp(scenario, switch.address, address=registrar.sip.address, echo=True)
    anna = await handset("101", switch)
    talk = await anna.dial("9004417112345")
    await talk.answered()
    anna.media.play(440)
    await anna.media.hears({440}, [440, 700])
    await talk.hang_up()
    await line.finished()
    assert (await last_call(switch))["outcome"] == "completed"


async def test_sipp_calls_in_many_times(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    address, server = new_address(), new_address()
    switch = await switch_factory(address=address, plan=company(address, server))
    phone = await sipp(scenarios.callee(ring=50), address, registered_as=User("101", "pw-101"), calls=20)
    users = [User("+491711234567", target="+4930123451")]
    line = await sipp(scenarios.trunk_caller(), address, address=server, users=users, calls=20)
    assert (await line.finished()).succeeded == 20
    await phone.finished()
    await switch.idle()
    stranger = await sipp(scenarios.trunk_caller_refused(401), address, users=users)
    await stranger.finished()


async def test_a_trunk_over_tcp(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    """In: over a connection from any port of its address. By UDP from there it is a stranger."""
    address, server = new_address(), new_address()
    switch = await switch_factory(address=address, plan=company(address, f"{server}:5060/tcp"))
    anna = await handset("101", switch)
    line = await carrier(address, server, protocol="tcp", local_port=40123)
    outside = await line.call_in("+4930123451")
    inside = await anna.called()
    await inside.accept()
    await outside.answered()
    await talk_alone(line, anna)
    await inside.hang_up()
    await outside.ended()
    forged = await carrier(address, server)
    assert (await (await forged.call_in("+4930123451")).final()).status == 401


async def test_a_call_out_over_tcp_and_nobody_there(
    switch_factory: SwitchFactory, handset: HandsetFactory, sipp: SippFactory
) -> None:
    address, server = new_address(), new_address()
    switch = await switch_factory(address=address, plan=company(address, f"{server}:5060/tcp"))
    anna = await handset("101", switch)
    assert (await (await anna.dial("9004417112345")).final()).status == 503
    call = await last_call(switch)
    assert (call["outcome"], call["blame"]) == ("trunk-unreachable", "trunk")
    line = await sipp(scenarios.callee(), address, address=server, transport="tcp")
    talk = await anna.dial("9004417112345")
    await talk.answered()
    await talk.hang_up()
    await line.finished()
    await switch.idle()


async def test_trunks_come_change_and_go_without_losing_calls(
    joined: Joined, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    switch, line = await joined(ACCOUNT)
    await line.registers(**ACCOUNT)
    anna, clara = await handset("101", switch), await handset("103", switch)
    inside = await anna.dial("9004417112345")
    outside = await line.called_with_digest(**ACCOUNT)
    await outside.accept()
    await inside.answered()

    other = await carrier(switch.address, new_address())
    changed = company(switch.address, f"{other.sip.address}:5060")
    switch.rewrite(changed)
    await switch.control("reload")
    leaving = await line.registers_again(**ACCOUNT)
    assert leaving.get("Expires") == "0"
    second = await clara.dial("9004417112345")
    elsewhere = await other.called()
    await elsewhere.refuse(486)
    assert (await second.final()).status == 486
    assert (await (await line.call_in("+4930123451")).final()).status == 401
    assert (await shown(switch))["state"] == "static"

    await talk_alone(line, anna)
    await outside.hang_up()
    await inside.ended()
    await switch.idle()


async def test_a_name_is_resolved_and_one_that_is_none_is_told(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=company(address, "carrier.invalid"))
    await switch.wait_event("trunk's server has no address", trunk="line")
    anna = await handset("101", switch)
    assert (await (await anna.dial("9004417112345")).final()).status == 503
    call = await last_call(switch)
    assert (call["outcome"], call["blame"]) == ("trunk-unreachable", "trunk")
    assert "carrier.invalid" in (await shown(switch))["last_error"]
