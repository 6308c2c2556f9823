"""Follow me: the mobile rings with the desk or after it, and has the call only when the key is pressed.

The mobile is an extension here: to the desk's owner it makes no difference by which way it is reached.
"""

from typing import Any

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, disconnect, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

TONES = [440, 700, 1100]


async def office(switch_factory: SwitchFactory, **boris: Any) -> Switch:
    """Anna 101, Boris 102 with his mobile 103, Dora 104."""
    address = new_address()
    plan = dialplan(address, ("101", "102", "103", "104"))
    plan["extensions"]["102"].update({"mobile": "103", **boris})
    return await switch_factory(plan=plan, address=address)


async def phones(switch: Switch, handset: HandsetFactory) -> tuple[Handset, Handset, Handset]:
    return await handset("101", switch), await handset("102", switch), await handset("103", switch)


async def ringing(anna: Handset, desk: Handset, mobile: Handset) -> tuple[Talk, Talk, Talk]:
    """Anna calls, both ring."""
    talk = await anna.dial("102")
    at_desk, at_mobile = await desk.called(), await mobile.called()
    await at_desk.ring()
    await at_mobile.ring()
    await talk.provisional(180)
    return talk, at_desk, at_mobile


async def test_the_desk_answers(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, desk, mobile = await phones(switch, handset)
    talk, at_desk, at_mobile = await ringing(anna, desk, mobile)
    await at_desk.accept()
    await talk.answered()
    await at_mobile.cancelled()
    await talk_alone(anna, desk, (440, 1100))
    await disconnect(talk, at_desk)
    await switch.idle()


async def test_the_mobile_accepts(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, desk, mobile = await phones(switch, handset)
    talk, at_desk, at_mobile = await ringing(anna, desk, mobile)
    await at_mobile.accept()
    mobile.media.play(700)  # a voicemail would speak now, and Anna must not hear it
    await mobile.media.press("5")
    assert not [m for m in anna.sip.inbox.items if m.status == 200 and m.get("CSeq").endswith("INVITE")]
    mobile.media.hush()
    await mobile.media.press("1")
    await talk.answered()
    await at_desk.cancelled()
    await talk_alone(anna, mobile, (440, 1100))
    await disconnect(talk, at_mobile)
    ended = await switch.wait_event("call ended")
    assert ended["outcome"] == "completed"
    await switch.idle()


async def test_the_desk_answers_while_the_mobile_is_asked(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna, desk, mobile = await phones(switch, handset)
    talk, at_desk, at_mobile = await ringing(anna, desk, mobile)
    await at_mobile.accept()
    await at_desk.accept()
    await talk.answered()
    assert "elsewhere" in (await at_mobile.ended()).get("Reason")
    await talk_alone(anna, desk, (440, 1100))
    await disconnect(talk, at_desk)
    await switch.idle()


async def test_the_mobile_hangs_up_and_the_desk_rings_on(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna, desk, mobile = await phones(switch, handset)
    talk, at_desk, at_mobile = await ringing(anna, desk, mobile)
    await at_mobile.accept()
    await at_mobile.hang_up()
    await at_desk.accept()
    await talk.answered()
    await disconnect(talk, at_desk)
    await switch.idle()


async def test_both_refuse(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, forward={"busy": "104"})
    anna, desk, mobile = await phones(switch, handset)
    dora = await handset("104", switch)
    talk, at_desk, at_mobile = await ringing(anna, desk, mobile)
    await at_mobile.accept()
    await at_desk.refuse(486)
    await at_mobile.hang_up()
    rung = await dora.called()
    await rung.accept()
    await talk.answered()
    await disconnect(talk, rung)


async def test_silence_is_a_refusal(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Boris has no phone at his desk. The mobile's voicemail has the call for 15 s, and never gets it."""
    switch = await office(switch_factory)
    anna, mobile = await handset("101", switch), await handset("103", switch)
    talk = await anna.dial("102")
    at_mobile = await mobile.called()
    await at_mobile.accept()
    mobile.media.play(700)
    await at_mobile.ended(within=20.0)
    assert (await talk.final()).status == 480
    await switch.idle()


async def test_the_caller_gives_up_while_the_mobile_is_asked(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna, desk, mobile = await phones(switch, handset)
    talk, at_desk, at_mobile = await ringing(anna, desk, mobile)
    await at_mobile.accept()
    await talk.cancel()
    await at_mobile.ended()
    await at_desk.cancelled()
    assert (await talk.final()).status == 487
    await switch.idle()


async def test_after_the_desk(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, mobile_ring="after", mobile_after=2)
    anna, desk, mobile = await phones(switch, handset)
    talk = await anna.dial("102")
    at_desk = await desk.called()
    await at_desk.ring()
    ringing_since = len(mobile.sip.inbox.items)
    heard = await talk.provisional(180)
    assert heard.status == 180
    assert not [m for m in mobile.sip.inbox.items[ringing_since:] if m.method == "INVITE"]
    at_mobile = await mobile.called()
    await at_mobile.accept()
    await mobile.media.press("1")
    await talk.answered()
    await at_desk.cancelled()
    await disconnect(talk, at_mobile)
    await switch.idle()


@pytest.mark.parametrize("gone", ["busy", "nobody there"])
async def test_at_once_when_the_desk_cannot(
    switch_factory: SwitchFactory, handset: HandsetFactory, gone: str
) -> None:
    switch = await office(switch_factory, mobile_ring="after", mobile_after=600)
    anna, mobile = await handset("101", switch), await handset("103", switch)
    desk = await handset("102", switch, register=gone == "busy")
    talk = await anna.dial("102")
    if gone == "busy":
        await (await desk.called()).refuse(486)
    at_mobile = await mobile.called()
    await at_mobile.accept()
    await mobile.media.press("1")
    await talk.answered()
    await disconnect(talk, at_mobile)


async def test_a_decline_at_the_desk_is_for_the_mobile_too(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna, desk, mobile = await phones(switch, handset)
    talk, at_desk, at_mobile = await ringing(anna, desk, mobile)
    await at_desk.refuse(603)
    await at_mobile.cancelled()
    assert (await talk.final()).status == 603


async def test_off(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, mobile_ring="off")
    anna, desk, mobile = await phones(switch, handset)
    talk = await anna.dial("102")
    at_desk = await desk.called()
    await at_desk.accept()
    await talk.answered()
    await disconnect(talk, at_desk)
    assert not [m for m in mobile.sip.inbox.items if m.method == "INVITE"]


async def test_do_not_disturb_is_for_the_mobile_too(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory, do_not_disturb=True)
    anna, _, mobile = await phones(switch, handset)
    assert (await (await anna.dial("102")).final()).status == 480
    assert not [m for m in mobile.sip.inbox.items if m.method == "INVITE"]
