"""A trunk's proof and registration, and whether its servers are there."""

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.carriers import ACCOUNT, CarrierFactory, Joined, company, is_registered, last_call, shown
from tests.e2e.conftest import HandsetFactory
from tests.rig.carrier import challenge
from tests.rig.handset import talk_alone
from tests.rig.ports import new_address
from tests.rig.waiting import until_told


@pytest.mark.parametrize("status", [401, 407])
async def test_the_carriers_challenge_is_answered(
    joined: Joined, handset: HandsetFactory, status: int
) -> None:
    switch, line = await joined(ACCOUNT)
    await line.registers(**ACCOUNT)
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345")
    outside = await line.called_with_digest(**ACCOUNT, status=status)
    assert f"<sip:4930123@{line.sip.address}>" in outside.invite.get("From")
    assert f"sip:+4930123450@{line.sip.address}" in outside.invite.get("P-Asserted-Identity")
    assert "<sip:4930123@" in outside.invite.get("Contact")
    await outside.accept()
    await inside.answered()
    await talk_alone(line, anna)
    await inside.hang_up()
    goodbye = await outside.take("BYE")
    if not goodbye.get("Authorization" if status == 401 else "Proxy-Authorization"):
        await outside.respond(status, "", extra=[challenge(status)], to=goodbye)
        goodbye = await outside.take("BYE")
    await outside.respond(200, "OK", to=goodbye)
    await switch.idle()


async def test_a_wrong_password_is_the_trunks_blame(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined(ACCOUNT)
    await line.registers(**ACCOUNT)
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345")
    # A carrier that has a new nonce each time is believed a few times, as if the old one had been stale.
    for nonce in ("one", "two", "three", "four"):
        await (await line.called()).refuse(407, extra=[challenge(407, nonce)])
    assert (await inside.final()).status == 503
    call = await last_call(switch)
    assert (call["outcome"], call["blame"]) == ("trunk-refused", "trunk")


async def test_it_registers_takes_calls_there_and_leaves_at_the_end(
    joined: Joined, handset: HandsetFactory
) -> None:
    switch, line = await joined(ACCOUNT)
    sent = await line.registers(**ACCOUNT)
    assert sent.start == f"REGISTER sip:{line.sip.address}:5060 SIP/2.0"
    assert sent.get("To") == f"<sip:4930123@{line.sip.address}>"
    contact = f"sip:4930123@{switch.address}:5060"
    assert contact in sent.get("Contact")
    await until_told(lambda: is_registered(switch), "registered")
    anna = await handset("101", switch)
    outside = await line.call_in("4930123", to="+4930123451")
    inside = await anna.called()
    await inside.accept()
    await outside.answered()
    await inside.hang_up()
    await outside.ended()
    await switch.idle()
    switch.process.kill(15)
    last = await line.registers_again(**ACCOUNT)
    assert last.get("Expires") == "0"


async def test_it_refreshes_in_time(joined: Joined) -> None:
    switch, line = await joined(ACCOUNT)
    first = await line.registers(**ACCOUNT, expires=6)
    again = await line.take("REGISTER", within=8)
    assert again.get("Call-ID") == first.get("Call-ID")
    await line.answer(again, 200, [("Contact", f"{again.get('Contact')};expires=600")])
    await until_told(lambda: is_registered(switch), "registered")


async def test_a_failed_registration_is_told_and_tried_again(joined: Joined) -> None:
    switch, line = await joined(ACCOUNT)
    await line.answer(await line.take("REGISTER"), 503)

    async def failed() -> bool:
        one = await shown(switch)
        return one["state"] == "failed" and "503" in (one["last_error"] or "")

    await until_told(failed, "the failure is told")
    await line.registers(**ACCOUNT)
    await until_told(lambda: is_registered(switch), "registered")


async def test_a_refused_registration_is_no_hammering(joined: Joined) -> None:
    switch, line = await joined(ACCOUNT)
    for _ in range(2):
        await line.answer(await line.take("REGISTER"), 401, [challenge(401)])
    told = await switch.wait_event("not registered at the carrier")
    assert told["code"] == 401
    assert told["retry_in"] >= 45
    assert ACCOUNT["password"] not in "\n".join(str(item) for item in switch.log.items)


async def test_a_trunk_is_asked_whether_it_is_there(joined: Joined) -> None:
    switch, line = await joined({"qualify": "5s"})
    asked = await line.take("OPTIONS")
    assert asked.start == f"OPTIONS sip:{line.sip.address}:5060 SIP/2.0"
    await line.answer(asked, 404)  # any answer is one

    async def answers() -> bool:
        one = await shown(switch)
        return one["answers"] is True and one["rtt_ms"] is not None

    await until_told(answers, "it answers")
    await line.take("OPTIONS", within=8)


async def test_a_silent_trunk_is_told(switch_factory: SwitchFactory) -> None:
    address, server = new_address(), new_address()
    plan = company(address, f"{server}:5060/tcp", {"qualify": "5s"})
    switch = await switch_factory(address=address, plan=plan)
    await switch.wait_event("trunk does not answer", trunk="line")
    one = await shown(switch)
    assert (one["answers"], one["last_error"]) == (False, f"no answer to OPTIONS from {server}:5060")


async def test_of_several_servers_the_one_that_answers_is_used(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    """Nobody is at the first. Calls come in from a third address, which is in the trunk's networks."""
    address, gone, server, other = (new_address() for _ in range(4))
    line, caller = await carrier(address, server), await carrier(address, other, local_port=5090)
    servers = {"servers": [f"{gone}:5060/tcp", f"{server}:5060"], "addresses": [f"{other}/32"]}
    plan = company(address, "", {**ACCOUNT, **servers, "qualify": "5s"})
    del plan["trunks"]["line"]["server"]
    switch = await switch_factory(address=address, plan=plan)
    await line.answer(await line.take("OPTIONS"), 200)
    registered = await line.registers(**ACCOUNT)
    assert registered.get("To") == f"<sip:4930123@{server}>"
    await until_told(lambda: is_registered(switch), "registered")
    one = await shown(switch)
    assert (one["answers"], one["silent"]) == (True, [f"{gone}:5060"])
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345")
    outside = await line.called()
    assert f"<sip:4930123@{server}>" in outside.invite.get("From")
    await outside.refuse(486)
    assert (await inside.final()).status == 486
    from_elsewhere = await caller.call_in("+4930123451")
    await (await anna.called()).refuse(486)
    assert (await from_elsewhere.final()).status == 486


async def test_a_trunk_that_requires_srtp_and_shows_its_number(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    """Anna has a number of her own outside, Clara is seen by the trunk's."""
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    plan = company(address, f"{server}:5060", {"srtp": "require", "caller_id": "+4930123450"})
    plan["extensions"]["101"]["caller_id"] = "+4930123451"
    switch = await switch_factory(address=address, plan=plan)
    for number, seen in (("101", "+4930123451"), ("103", "+4930123450")):
        inside = await (await handset(number, switch)).dial("9004417112345")
        outside = await line.called()
        assert b" RTP/SAVP " in outside.invite.body
        assert b"a=crypto:" in outside.invite.body
        for header in ("From", "P-Asserted-Identity"):
            assert f"sip:{seen}@office.example>" in outside.invite.get(header)
        await outside.refuse(486)
        assert (await inside.final()).status == 486
    assert (await (await line.call_in("+4930123451")).final()).status == 488
