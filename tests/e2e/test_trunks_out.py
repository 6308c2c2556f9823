"""Calls out by trunks, to a carrier made by hand: rights, lines, displays, what the carrier answers."""

from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.carriers import CarrierFactory, Joined, company, last_call, shown
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import UPDATES, Handset, connect, talk_alone
from tests.rig.ports import new_address
from tests.rig.rtp import RtpPort


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
    await talk_alone(line, anna)
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
    await talk_alone(line, clara)
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
