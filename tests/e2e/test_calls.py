"""Extension calls extension: the ladder of a plain call, who hears whom, and hanging up at every stage."""

import re

import pytest

from media.spectrum import frequencies_in, glitches
from tests.conftest import PhoneFactory, SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.ports import new_address
from tests.rig.sipp import User
from tests.rig.switch import dialplan


async def test_two_phones_talk_and_a_third_is_alone(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory
) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, ("101", "102", "103", "104")))
    anna = await baresip_factory("101", switch, tone=440)
    boris = await baresip_factory("102", switch, tone=700)
    clara = await baresip_factory("103", switch, tone=1100)
    dora = await baresip_factory("104", switch, tone=1500)

    await anna.dial("102")
    await anna.wait("CALL_RINGING")
    await boris.answer()
    await clara.dial("104")
    await dora.answer()
    for phone in (anna, boris, clara, dora):
        await phone.established()

    everybody = [440, 700, 1100, 1500]
    for phone, tone in ((anna, 700), (boris, 440), (clara, 1500), (dora, 1100)):
        await phone.hears(tone)
        # A break may be a phone's own, on a busy machine, which it then makes up for; the switch makes none.
        for _ in range(10):
            heard = (await phone.hears_more(0.5)).last(0.5)
            assert frequencies_in(heard.samples, heard.rate, everybody) == {tone}
            broken = glitches(heard.samples, heard.rate, tone)
            if not broken:
                break
        assert not broken
    await anna.hangup()
    await boris.closed()
    await switch.wait_event("call ended", outcome="completed", ended_by="101")
    await clara.hears(1500)


async def test_the_ladder_of_a_call(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    assert called.invite.start == f"INVITE sip:102@{boris.sip.address}:5060;transport=udp SIP/2.0"
    assert called.call_id != talk.call_id, "two dialogs, as RFC 7092 has a back-to-back user agent"
    assert called.invite.get("Max-Forwards") == "69"
    await called.ring()
    ringing = await talk.provisional(180)
    assert ringing.body == b""
    await called.accept()
    answer = await talk.answered()
    assert f"<sip:softswitch@{switch.address}:5060>" in answer.get("Contact")
    anna.media.play(440)
    boris.media.play(700)
    await anna.media.hears({700}, [440, 700])
    await boris.media.hears({440}, [440, 700])
    assert anna.media.quality().lost == 0
    assert (await talk.hang_up()).status == 200
    bye = await called.ended()
    assert bye.get("Reason") == ""
    await switch.wait_event("call ended", outcome="completed", ended_by="101")
    assert (await switch.control("calls"))["calls"] == []


async def test_the_called_side_hangs_up(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    await talk.answered()
    assert (await called.hang_up()).status == 200
    await talk.ended()
    await switch.wait_event("call ended", outcome="completed", ended_by="102")


async def test_the_caller_gives_up_while_it_rings(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.ring()
    await talk.provisional(180)
    assert (await talk.cancel()).status == 200
    assert (await talk.final()).status == 487
    await called.cancelled()
    await switch.wait_event("call ended", outcome="cancelled", ended_by="101", blame="caller")


async def test_the_caller_gives_up_before_the_phone_has_said_anything(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """CANCEL may only follow a provisional response (RFC 3261 §9.1): it waits for one."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await talk.cancel()
    assert (await talk.final()).status == 487
    assert boris.sip.inbox.matching(lambda m: m.method == "CANCEL" and not m.status) == []
    await called.ring()
    await called.cancelled()


async def test_the_phone_answers_while_the_caller_gives_up(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """The 200 has crossed the CANCEL: the switch acknowledges and ends that dialog (RFC 3261 §15)."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.ring()
    await talk.provisional(180)
    await talk.cancel()
    cancel = await called.take("CANCEL")
    await called.respond(200, "OK", to=cancel)
    await called.accept()
    await called.ended()
    assert (await talk.final()).status == 487
    await switch.wait_event("call ended", outcome="cancelled")


async def test_bye_before_the_ack(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """The caller may hang up at once, even where its ACK is lost."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    assert (await talk.final_unacknowledged()).status == 200
    assert (await talk.hang_up()).status == 200
    await called.ended()
    await switch.wait_event("call ended", ended_by="101")


async def test_the_called_side_hangs_up_before_the_callers_ack(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    await talk.final_unacknowledged()
    await called.hang_up()
    await talk.acknowledge()
    await talk.ended()
    await switch.wait_event("call ended", ended_by="102")


async def test_a_call_after_a_call(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    """Ten calls one upon the other, by SIPp on both ends."""
    switch = await switch_factory()
    called = await sipp(
        scenarios.callee(ring=0), switch.address, registered_as=User("102", "pw-102"), calls=10
    )
    calling = await sipp(
        scenarios.caller(talk=100), switch.address, users=[User("101", "pw-101", "102")], calls=10, rate=20
    )
    assert (await calling.finished()).succeeded == 10
    assert (await called.finished()).succeeded == 10


async def test_the_operator_ends_a_call(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    await talk.answered()
    (call,) = (await switch.control("calls"))["calls"]
    assert (call["caller"], call["called"], call["state"]) == ("101", "102", "talking")
    await switch.control("hangup", call=call["id"])
    reason = re.compile(r'SIP;cause=480;text="Ended By Operator"')
    assert reason.fullmatch((await talk.ended()).get("Reason"))
    assert reason.fullmatch((await called.ended()).get("Reason"))
    await switch.wait_event("call ended", outcome="ended-by-operator")


@pytest.mark.parametrize("number", ["101"])
async def test_calling_oneself_rings_the_other_device(
    switch_factory: SwitchFactory, handset: HandsetFactory, number: str
) -> None:
    switch = await switch_factory()
    desk, mobile = await handset(number, switch), await handset(number, switch)
    talk = await desk.dial(number)
    called = await mobile.called()
    await called.accept()
    await talk.answered()
    assert desk.sip.inbox.matching(lambda m: m.method == "INVITE" and not m.status) == []
    await talk.hang_up()
    await called.ended()
