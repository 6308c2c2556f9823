"""Parking: a caller waits on a line that any phone can dial, and is never lost."""

from typing import Any

import pytest

from media.music import music
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory, RtpFactory
from tests.rig.handset import UPDATES, Handset, Talk, connect, disconnect, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

ANNA, BORIS, CLARA = 440, 700, 1100


async def office(switch_factory: SwitchFactory, **parking: Any) -> Switch:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"), parking=parking)
    return await switch_factory(plan=plan, address=address)


async def hears_music(phone: Handset) -> None:
    await phone.media.hears_like(music(8000))


async def parked_by_key(
    switch: Switch, handset: HandsetFactory
) -> tuple[Handset, Handset, Handset, Talk, Talk]:
    """Anna has called Boris, who parks her by REFER on the first line."""
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris, UPDATES)
    assert (await called.refer("700")).status == 202
    await switch.wait_event("parked", orbit="701", by="102")
    return anna, boris, clara, talk, called


async def test_by_the_phones_key(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, _, clara, talk, called = await parked_by_key(switch, handset)
    assert "Parked: 701" in await called.shown(), "he sees where"
    assert [await called.told() for _ in range(2)][-1] == "SIP/2.0 200 OK"
    await called.hang_up()
    await hears_music(anna)
    (call,) = (await switch.control("calls"))["calls"]
    assert (call["state"], call["called_name"]) == ("parked", "701")
    taking = await clara.dial("701")
    assert "<sip:101@" in (await taking.answered()).get("P-Asserted-Identity")
    assert "Phone 103" in await talk.shown()
    await talk_alone(anna, clara, (ANNA, CLARA))
    await disconnect(talk, taking)
    await switch.idle()


async def test_by_keys(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    for phone, tone in ((anna, ANNA), (boris, BORIS)):
        phone.media.play(tone)
    await boris.media.heard(0.2)
    for key in "##700":
        await boris.media.press(key, 80)
    await switch.wait_event("parked", orbit="701")
    await called.ended()
    taking = await clara.dial("701")
    await taking.answered()
    await talk_alone(anna, clara, (ANNA, CLARA))
    await disconnect(taking, talk)


async def test_announced_then_transferred(
    switch_factory: SwitchFactory, handset: HandsetFactory, rtp: RtpFactory
) -> None:
    """Who dials the parking number hears the line, which is kept for the transfer that follows."""
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    asking = await Handset("102", boris.sip, await rtp(), boris.seen).dial("700")
    assert "<sip:701@" in (await asking.answered()).get("P-Asserted-Identity")
    assert (await (await clara.dial("701")).final()).status == 480, "nobody is there yet"
    await called.refer("700", instead_of=asking)
    await switch.wait_event("parked", orbit="701")
    await asking.ended()
    await called.hang_up()
    taking = await clara.dial("701")
    await taking.answered()
    await talk_alone(anna, clara, (ANNA, CLARA))
    await disconnect(talk, taking)
    await switch.idle()


async def test_comes_back(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Nobody fetches her: Boris is rung, and while he does not want her either she waits on."""
    switch = await office(switch_factory, timeout="1s")
    anna, boris, _, talk, called = await parked_by_key(switch, handset)
    await called.hang_up()
    back = await boris.called()
    assert "<sip:101@" in back.invite.get("From")
    await back.refuse(486)
    await hears_music(anna)
    back = await boris.called()
    await back.accept()
    await talk_alone(anna, boris, (ANNA, BORIS))
    await disconnect(talk, back)
    await switch.idle()


async def test_a_line_is_free_again_whatever_has_become_of_it(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """There is only one: fetched while it rings back, answered where it was parked, ended by an operator."""
    switch = await office(switch_factory, orbits="701-701", timeout="1s")
    anna, boris, clara, talk, called = await parked_by_key(switch, handset)
    await called.hang_up()
    back = await boris.called()
    await back.ring()
    taking = await clara.dial("701")
    await taking.answered()
    await back.cancelled()
    await disconnect(taking, talk)
    for answered in (True, False):
        talk, called = await connect(anna, boris)
        await called.refer("700")
        assert [await called.told() for _ in range(2)][-1] == "SIP/2.0 200 OK"
        await called.hang_up()
        back = await boris.called()
        if answered:
            await back.accept()
            await disconnect(back, talk)
        else:
            await back.refuse(486)
            (call,) = (await switch.control("calls"))["calls"]
            await switch.control("hangup", call=call["id"])
            await talk.ended()
    talk, called = await connect(clara, boris)
    await called.refer("700")
    assert [await called.told() for _ in range(2)][-1] == "SIP/2.0 200 OK"
    await called.hang_up()
    fetching = [await phone.dial("701") for phone in (anna, boris)]
    answers = [(await one.final()).status for one in fetching]
    assert sorted(answers) == [200, 480], "of two who fetch it one has it"
    await disconnect(fetching[answers.index(200)], talk)
    await switch.idle()


async def test_hangs_up_while_parked(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    *_, clara, talk, called = await parked_by_key(switch, handset)
    await called.hang_up()
    await talk.hang_up()
    await switch.idle()
    assert (await (await clara.dial("701")).final()).status == 480


async def test_no_line_is_free(
    switch_factory: SwitchFactory, handset: HandsetFactory, rtp: RtpFactory
) -> None:
    switch = await office(switch_factory, orbits="701-701")
    _, boris, clara, talk, called = await parked_by_key(switch, handset)
    await called.hang_up()
    other = Handset("102", boris.sip, await rtp(), boris.seen)
    second, second_called = await connect(clara, other)
    await second_called.refer("700")
    assert [await second_called.told() for _ in range(2)][-1] == "SIP/2.0 480 Temporarily Unavailable"
    await talk_alone(clara, other, (CLARA, BORIS))
    await disconnect(second, second_called)
    await talk.hang_up()


async def test_switched_off(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, number="off")
    anna = await handset("101", switch)
    assert (await (await anna.dial("700")).final()).status == 404
    assert (await (await anna.dial("701")).final()).status == 404


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_softphones(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, transport: str
) -> None:
    switch = await office(switch_factory)
    anna = await baresip_factory("101", switch, tone=ANNA)
    boris = await baresip_factory("102", switch, tone=BORIS)
    clara = await baresip_factory("103", switch, tone=CLARA, transport=transport)
    await anna.dial("102")
    await boris.answer()
    await anna.hears(BORIS)
    await boris.transfer("700")
    await boris.closed()
    await clara.dial("701")
    await clara.hears(ANNA)
    await anna.hears(CLARA)
    await anna.hangup()
    await clara.closed()
    await switch.idle()
