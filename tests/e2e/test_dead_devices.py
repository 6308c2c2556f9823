"""Devices that die in mid-call leave no call up for ever."""

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import connect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

NO_RTP = 'SIP;cause=408;text="Request Timeout"'


async def with_timeout(switch_factory: SwitchFactory) -> Switch:
    """The shortest that a dialplan may ask for."""
    address = new_address()
    numbers = [str(number) for number in range(101, 107)]
    plan = dialplan(address, numbers, rtp={**dialplan(address)["rtp"], "timeout": 5})
    return await switch_factory(address=address, plan=plan)


async def test_a_phone_falls_silent(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Three calls at once: the callee dies, the caller dies, one is held and stays."""
    switch = await with_timeout(switch_factory)
    phones = [await handset(str(number), switch) for number in range(101, 107)]
    calls = [await connect(phones[i], phones[i + 1]) for i in (0, 2, 4)]
    for phone in phones:
        phone.media.play(440)
    await phones[0].media.heard(0.2)
    phones[1].media.hush()
    phones[2].media.hush()
    held_talk, _ = calls[2]
    assert (await held_talk.reinvite(phones[4].media.sdp("sendonly", 2))).status == 200
    phones[4].media.hush()
    for talk, called in calls[:2]:
        for side in (talk, called):
            assert (await side.ended()).get("Reason") == NO_RTP
    await switch.wait_event("call ended", outcome="callee-vanished", blame="callee")
    await switch.wait_event("call ended", outcome="caller-vanished", blame="caller")
    (call,) = (await switch.control("calls"))["calls"]
    assert (call["caller"], call["state"]) == ("105", "held")
    await held_talk.hang_up()
    await calls[2][1].ended()


async def test_a_phone_that_does_not_answer_bye(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """Its power failed: who hangs up is done at once, and can call again."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    assert (await talk.hang_up()).status == 200
    bye = await called.take("BYE")
    await switch.wait_event("call ended", outcome="completed")
    assert (await switch.control("calls"))["calls"] == []
    again, rung = await connect(anna, boris)
    await again.hang_up()
    await rung.ended()
    await called.respond(200, "OK", to=bye)


async def test_a_200_is_repeated_until_its_ack(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """RFC 3261 §13.3.1.4, also over TCP; and BYE when the called side hangs up meanwhile."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch, "tcp"), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    await talk.final_unacknowledged()
    again = await talk.final_unacknowledged()
    assert again.status == 200
    await called.hang_up()
    await talk.acknowledge()
    await talk.ended()


async def test_a_call_that_is_over_is_over(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Requests of a phone that has not noticed: 481, so that it gives up too (RFC 3261 §12.2.2)."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    await talk.hang_up()
    await called.ended()
    for method in ("UPDATE", "INFO", "OPTIONS", "INVITE"):
        assert (await called.ask(method)).status == 481, method
