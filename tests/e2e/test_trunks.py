"""Trunks, with a carrier made by hand: calls in and out, and who does not get through."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile

from media.tones import sine
from tests.conftest import SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.carrier import Carrier, challenge
from tests.rig.handset import UPDATES, Handset, connect
from tests.rig.ports import new_address
from tests.rig.raw import Raw
from tests.rig.rtp import RtpPort
from tests.rig.sipp import User
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until_told

CarrierFactory = Callable[..., Awaitable[Carrier]]


def company(
    address: str, server: str, trunk: dict[str, Any] | None = None, **settings: Any
) -> dict[str, Any]:
    """Anna 101, Boris 102 who may not call outside, Clara 103, and one trunk."""
    plan: dict[str, Any] = dialplan(address, ("101", "102", "103"))
    plan["extensions"]["102"]["rights"] = {"outside": False}
    plan["departments"] = {"sales": {"name": "Sales", "members": ["101", "103"]}}
    plan["numbers"] = {"+4930123450": "sales", "+4930123451": "101"}
    plan["trunks"] = {
        "line": {
            "server": server,
            "prefix": "9",
            "numbers": ["+4930123450", "+4930123451"],
            "qualify": "off",  # SIPp takes an OPTIONS for a call
            **(trunk or {}),
        }
    }
    return {**plan, **settings}


@pytest.fixture
def carrier(raw: Callable[..., Awaitable[Raw]], rtp: Callable[..., Awaitable[RtpPort]]) -> CarrierFactory:
    """`await carrier(switch.address, address)`: a carrier's server at that address, port 5060."""

    async def start(remote: str, address: str, **settings: Any) -> Carrier:
        return Carrier("carrier", await raw(remote, address=address, **settings), await rtp())

    return start


@pytest.fixture
def joined(
    switch_factory: SwitchFactory, carrier: CarrierFactory
) -> Callable[..., Awaitable[tuple[Switch, Carrier]]]:
    """`await joined(**trunk)`: a switch, and the carrier that its trunk leads to."""

    async def start(trunk: dict[str, Any] | None = None, **settings: Any) -> tuple[Switch, Carrier]:
        address, server = new_address(), new_address()
        line = await carrier(address, server)
        plan = company(address, f"{server}:5060", trunk, **settings)
        return await switch_factory(address=address, plan=plan), line

    return start


Joined = Callable[..., Awaitable[tuple[Switch, Carrier]]]


ACCOUNT = {"user": "4930123", "password": "carrier-pw"}


async def they_hear_each_other(one: Handset, other: Handset) -> None:
    one.media.play(440)
    other.media.play(700)
    for party, expected in ((one, 700), (other, 440)):
        await party.media.hears({expected}, [440, 700])


async def last_call(switch: Switch) -> dict[str, Any]:
    await switch.idle()
    (call,) = (await switch.control("calls", recent=1))["calls"]
    return call


async def shown(switch: Switch, trunk: str = "line") -> dict[str, Any]:
    trunks = (await switch.control("trunks"))["trunks"]
    return next(one for one in trunks if one["name"] == trunk)


# ---- in ----


@pytest.mark.parametrize("number", ["+4930123451", "4930123451"])
async def test_a_call_comes_in_and_both_hear_each_other(
    joined: Joined, handset: HandsetFactory, number: str, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "note.wav", sine(900, 1.0, 8000), 8000)
    switch, line = await joined(
        numbers={"+4930123451": {"otherwise": "101", "music": "jazz"}},
        music={"jazz": {"files": str(tmp_path / "note.wav")}},
    )
    anna = await handset("101", switch)
    outside = await line.call_in(number, name="Dora")
    inside = await anna.called()
    assert '"Dora" <sip:+491711234567@office.example>' in inside.invite.get("From")
    assert "+491711234567" in inside.invite.get("P-Asserted-Identity")
    await inside.accept()
    await outside.answered()
    await they_hear_each_other(line, anna)
    await inside.reinvite(anna.media.sdp("sendonly", 2))
    await line.media.hears({900}, [700, 900])
    await outside.hang_up()
    await inside.ended()
    call = await last_call(switch)
    assert (call["caller"], call["caller_name"], call["outcome"]) == ("+491711234567", "Dora", "completed")


async def test_a_department_rings_and_the_carrier_hears_the_end(
    joined: Joined, handset: HandsetFactory
) -> None:
    switch, line = await joined()
    anna, clara = await handset("101", switch), await handset("103", switch)
    outside = await line.call_in("+4930123450")
    first, second = await anna.called(), await clara.called()
    await first.ring()
    await second.accept()
    await first.cancelled()
    await outside.answered()
    await second.hang_up()
    await outside.ended()
    await switch.idle()


async def test_the_asserted_identity_counts_and_privacy_is_kept(
    joined: Joined, handset: HandsetFactory
) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    identities = [("P-Asserted-Identity", '"Emil" <tel:+49-171-99>')]
    outside = await line.call_in("+4930123451", "12345", "Nobody", extra=identities)
    inside = await anna.called()
    assert '"Emil" <sip:+4917199@office.example>' in inside.invite.get("From")
    await inside.refuse(486)
    assert (await outside.final()).status == 486
    hidden = await line.call_in("+4930123451", extra=[*identities, ("Privacy", "id")])
    inside = await anna.called()
    assert "4917199" not in str(inside.invite)
    assert "sip:anonymous@" in inside.invite.get("From")
    await inside.refuse(486)
    await hidden.final()


async def test_a_call_to_our_contact_is_for_the_number_in_to(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    outside = await line.call_in("softswitch", to="+4930123451")
    await (await anna.called()).refuse(486)
    assert (await outside.final()).status == 486


async def test_a_stranger_is_asked_for_proof(
    joined: Joined, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    stranger = await carrier(switch.address, new_address())
    assert (await (await stranger.call_in("+4930123451")).final()).status == 401
    # The right address, but not the port that the dialplan names.
    neighbour = await carrier(switch.address, line.sip.address, local_port=5070)
    assert (await (await neighbour.call_in("+4930123451")).final()).status == 401
    assert anna.sip.inbox.matching(lambda m: m.start.startswith("INVITE")) == []


@pytest.mark.parametrize("called", ["+4930999", "123451", "101", "0049123456", "90049123456", "*8", "700"])
async def test_what_is_not_in_numbers_does_not_exist(
    joined: Joined, handset: HandsetFactory, called: str
) -> None:
    switch, line = await joined()
    await handset("101", switch)
    assert (await (await line.call_in(called)).final()).status == 404
    assert (await last_call(switch))["outcome"] == "unknown-number"


async def test_who_claims_to_be_an_extension_gains_nothing(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined()
    anna, clara = await handset("101", switch), await handset("103", switch)
    outside = await line.call_in("+4930123451", "103", "Clara")
    inside = await anna.called()
    # Clara is not busy with a call that somebody makes in her name.
    direct = await line.call_in("+4930123450", "101")
    await (await clara.called()).refuse(486)
    await inside.accept()
    await outside.answered()
    # Codes pressed from outside are nothing but tones.
    line.media.play(440)
    await line.media.press("#")
    await line.media.press("#")
    await line.media.press("7")
    await anna.media.heard(0.5)
    (talking,) = [call for call in (await switch.control("calls"))["calls"] if call["answered_at"]]
    assert talking["state"] == "talking"
    await outside.hang_up()
    await inside.ended()
    await direct.cancel()


# ---- out ----


async def test_a_call_goes_out_and_both_hear_each_other(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345", name="Anna")
    outside = await line.called()
    address = line.sip.address
    assert outside.invite.start == f"INVITE sip:004417112345@{address}:5060 SIP/2.0"
    assert outside.invite.get("To") == f"<sip:004417112345@{address}>"
    assert '"Phone 101" <sip:+4930123450@office.example>' in outside.invite.get("From")
    assert outside.invite.get("P-Asserted-Identity") == '"Phone 101" <sip:+4930123450@office.example>'
    await outside.ring()
    await inside.provisional(180)
    await outside.accept()
    await inside.answered()
    await they_hear_each_other(line, anna)
    assert (await shown(switch))["calls"] == 1
    await inside.hang_up()
    await outside.ended()
    call = await last_call(switch)
    assert (call["called_name"], call["outcome"]) == ("004417112345", "completed")


async def test_early_media_of_the_carrier_is_heard(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    inside = await anna.dial("90800123456")
    outside = await line.called()
    line.media.send_to(outside.invite.body)
    await outside.respond(183, "Session Progress", line.media.sdp())
    await inside.provisional(183)
    line.media.play(440)
    await anna.media.hears({440}, [440, 700])
    await outside.refuse(404, "Not Found")
    assert (await inside.final()).status == 404
    assert (await last_call(switch))["outcome"] == "no-such-number"


@pytest.mark.parametrize(
    ("status", "told", "outcome", "blame"),
    [
        (404, 404, "no-such-number", "caller"),
        (486, 486, "busy", "callee"),
        (480, 480, "no-answer", "callee"),
        (603, 603, "declined", "callee"),
        (403, 503, "trunk-refused", "trunk"),
        (302, 503, "trunk-failed", "trunk"),
        (500, 503, "trunk-failed", "trunk"),
        (503, 503, "trunk-failed", "trunk"),
    ],
)
async def test_what_the_carrier_answers_has_its_outcome_and_blame(
    joined: Joined, handset: HandsetFactory, status: int, told: int, outcome: str, blame: str
) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345")
    extra = [("Contact", "<sip:1@203.0.113.1>")] if status == 302 else []
    await (await line.called()).refuse(status, extra=extra)
    assert (await inside.final()).status == told
    call = await last_call(switch)
    assert (call["outcome"], call["blame"]) == (outcome, blame)
    last_error = (await shown(switch))["last_error"]
    assert (f"{status} " in (last_error or "")) == (blame == "trunk")


async def test_who_has_no_right_hears_so(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined()
    boris = await handset("102", switch)
    assert (await (await boris.dial("9004417112345")).final()).status == 403
    assert (await last_call(switch))["outcome"] == "not-allowed"
    assert line.sip.inbox.matching(lambda m: m.start.startswith("INVITE")) == []


async def test_all_lines_are_taken_both_ways(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined({"max_calls": 1})
    anna, clara = await handset("101", switch), await handset("103", switch)
    outgoing = await anna.dial("9004417112345")
    outside = await line.called()
    await outside.accept()
    await outgoing.answered()
    refused = await (await clara.dial("9004417112345")).final()
    assert (refused.status, refused.get("Retry-After")) == (503, "5")
    assert (await (await line.call_in("+4930123451")).final()).status == 503
    await outgoing.hang_up()
    await outside.ended()
    await switch.idle()
    again = await clara.dial("9004417112345")
    await (await line.called()).refuse(486)
    assert (await again.final()).status == 486


async def test_a_caller_from_outside_is_sent_out_again_by_the_right_of_an_extension(
    joined: Joined, handset: HandsetFactory
) -> None:
    """A transfer to a mobile: his own number is on its display."""
    switch, line = await joined()
    anna = await handset("101", switch)
    outside = await line.call_in("+4930123451", name="Dora")
    inside = await anna.called()
    await inside.accept()
    await outside.answered()
    answer = await inside.ask("REFER", extra=[("Refer-To", "<sip:90171555@office.example>")])
    assert answer.status == 202
    mobile = await line.called()
    assert '"Dora" <sip:+491711234567@office.example>' in mobile.invite.get("From")
    assert mobile.invite.get("P-Asserted-Identity") == "<sip:+4930123450@office.example>"
    assert (await shown(switch))["calls"] == 2
    await mobile.ring()
    await outside.hang_up()
    await mobile.cancelled()
    await switch.idle()


async def test_a_caller_from_outside_keeps_his_number_on_every_display(
    joined: Joined, handset: HandsetFactory, rtp: Callable[..., Awaitable[RtpPort]]
) -> None:
    """Picked up by the number that he has called, sent on, and handed over after asking."""
    switch, line = await joined()
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    outside = await line.call_in("+4930123450", name="Dora")
    ringing = [await anna.called(), await clara.called()]
    for one in ringing:
        await one.ring()
    assert (await (await boris.dial("*84930123451")).final()).status == 480, "nobody calls that number"
    picking = await boris.dial("*84930123450")
    assert "+491711234567" in (await picking.answered()).get("P-Asserted-Identity")
    for one in ringing:
        await one.cancelled()
    await outside.answered()
    await picking.refer("90171555")
    assert [await picking.told() for _ in range(2)][-1] == "SIP/2.0 403 Forbidden", "he may not call outside"
    await picking.refer("103")
    passed = await clara.called()
    assert '"Dora" <sip:+491711234567@office.example>' in passed.invite.get("From")
    await passed.accept()
    await picking.ended()
    asking, asked = await connect(Handset("103", clara.sip, await rtp(), clara.seen), anna, UPDATES)
    await passed.refer("101", instead_of=asking)
    await asking.ended()
    assert '"Dora" <sip:+491711234567@office.example>' in await asked.shown()
    await outside.hang_up()
    await asked.ended()
    await switch.idle()


async def test_the_mobile_rings_with_the_desk_and_accepts_by_a_key(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    plan = company(address, f"{server}:5060")
    plan["extensions"]["101"]["mobile"] = "90171555"
    switch = await switch_factory(address=address, plan=plan)
    anna, clara = await handset("101", switch), await handset("103", switch)
    calling = await clara.dial("101")
    desk, mobile = await anna.called(), await line.called()
    assert mobile.invite.start == f"INVITE sip:0171555@{server}:5060 SIP/2.0"
    await desk.ring()
    await mobile.accept()
    await line.media.press("1")
    await calling.answered()
    await desk.cancelled()
    await they_hear_each_other(line, clara)
    await calling.hang_up()
    await mobile.ended()
    await switch.idle()


@pytest.mark.parametrize(("forwarder", "allowed"), [("101", True), ("102", False)])
async def test_a_call_forwarded_outside_needs_the_right_of_who_forwards(
    switch_factory: SwitchFactory,
    handset: HandsetFactory,
    carrier: CarrierFactory,
    forwarder: str,
    allowed: bool,
) -> None:
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    plan = company(address, f"{server}:5060")
    plan["extensions"][forwarder]["forward"] = {"always": "90171555"}
    plan["numbers"]["+4930123451"] = forwarder
    switch = await switch_factory(address=address, plan=plan)
    outside = await line.call_in("+4930123451", name="Dora")
    if allowed:
        mobile = await line.called()
        assert '"Dora" <sip:+491711234567@office.example>' in mobile.invite.get("From")
        # The carrier is told the number that was called, and no number of the house.
        assert "<sip:+4930123451@office.example>;reason=unconditional" in mobile.invite.get("Diversion")
        assert f"sip:{forwarder}@" not in str(mobile.invite)
        await mobile.refuse(486)
        assert (await outside.final()).status == 486
    else:
        assert (await outside.final()).status == 403
    await switch.idle()


async def test_a_carrier_does_not_send_our_parties_on(joined: Joined, handset: HandsetFactory) -> None:
    """It would be with an extension's rights, whose number anybody outside may claim."""
    switch, line = await joined()
    anna = await handset("101", switch)
    outside = await line.call_in("+4930123451", "101")
    inside = await anna.called()
    await inside.accept()
    await outside.answered()
    answer = await outside.ask("REFER", extra=[("Refer-To", "<sip:90171555@office.example>")])
    assert answer.status == 603
    await outside.hang_up()
    await inside.ended()
    await switch.idle()


# ---- proof and registration ----


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
    await they_hear_each_other(line, anna)
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


async def is_registered(switch: Switch) -> bool:
    return (await shown(switch))["state"] == "registered"


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


# ---- SIPp as the carrier ----


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


# ---- TCP ----


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
    await they_hear_each_other(line, anna)
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


# ---- reload ----


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

    await they_hear_each_other(line, anna)
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
