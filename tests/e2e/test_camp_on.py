"""Camp on: who has found somebody busy is rung when both are free, and then the other one."""

import asyncio

import pytest

from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, connect, disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan


async def office(switch_factory: SwitchFactory) -> Switch:
    address = new_address()
    return await switch_factory(
        plan=dialplan(address, ("101", "102", "103"), calls={"drain": 1}), address=address
    )


async def code(phone: Handset, dialled: str) -> None:
    """Dial it; the switch answers, and hangs up when it has said what there is to say."""
    talk = await phone.dial(dialled)
    await talk.answered()
    await talk.ended()


async def camped(
    switch: Switch, handset: HandsetFactory, dialled: str = "*66102"
) -> tuple[Handset, Handset, tuple[Talk, Talk]]:
    """Boris and Clara talk, and Anna waits for Boris. Returns Anna, Boris, and the two sides' talks."""
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = await connect(clara, boris)
    await code(anna, dialled)
    return anna, boris, talks


def invites(phone: Handset) -> int:
    return len({m.get("Call-ID") for m in phone.sip.inbox.items if m.status == 0 and m.method == "INVITE"})


async def test_both_are_rung(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, talks = await camped(switch, handset)
    assert invites(anna) == 0
    await disconnect(*talks)
    rung = await anna.called()
    assert rung.invite.get("From").startswith('"Phone 102" <sip:102@'), "she sees whom it is about"
    await rung.accept()
    other = await boris.called()
    assert "<sip:101@" in other.invite.get("From")
    await other.accept()
    anna.media.play(440)
    boris.media.play(1100)
    for phone, tone in ((anna, 1100), (boris, 440)):
        await phone.media.hears({tone}, [440, 1100])
    await disconnect(rung, other)
    await switch.idle()
    assert invites(anna) == 1, "once is enough"


async def test_the_one_dialled_last(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = await connect(clara, boris)
    talk = await anna.dial("102")
    await (await boris.called()).refuse(486)
    assert (await talk.final()).status == 486
    await code(anna, "*66")
    await disconnect(*talks)
    rung = await anna.called()
    assert "<sip:102@" in rung.invite.get("From")
    await rung.refuse(486)
    await switch.idle()


async def test_the_camper_has_to_be_free_too(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, talks = await camped(switch, handset)
    mine = await anna.dial("103")
    clara = talks[0].phone
    second = await clara.called()
    await second.accept()
    await mine.answered()
    await disconnect(*talks)
    await switch.wait_event("call ended", ended_by="103")
    assert invites(anna) == 0
    await disconnect(mine, second)
    await (await anna.called()).refuse(486)
    assert invites(boris) == 1, "who camps on is rung first"
    await switch.idle()


async def test_who_is_free_is_called_at_once(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("*66102")
    rung = await boris.called()
    await rung.accept()
    await talk.answered()
    await disconnect(talk, rung)


async def test_cancelled(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, _, talks = await camped(switch, handset)
    await code(anna, "*86")
    await disconnect(*talks)
    await switch.idle()
    await code(anna, "*86")  # harmless when there is nothing
    assert invites(anna) == 0


async def test_the_camper_does_not_answer_any_more(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna, boris, talks = await camped(switch, handset)
    await disconnect(*talks)
    rung = await anna.called()
    await rung.refuse(603)
    ended = await switch.wait_event("call ended", status=603)
    assert ended["outcome"] == "declined"
    await switch.idle()
    assert (invites(anna), invites(boris)) == (1, 1)


async def test_busy_again(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """He has taken another call before he could be rung: she waits on."""
    switch = await office(switch_factory)
    anna, boris, talks = await camped(switch, handset)
    await disconnect(*talks)
    rung = await anna.called()
    clara = talks[0].phone
    talks = await connect(clara, boris)
    await rung.accept()
    await (await boris.called()).refuse(486)
    await rung.ended()
    await disconnect(*talks)
    await (await anna.called()).refuse(486)
    await switch.idle()


async def test_all_phones_of_the_camper_ring(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, talks = await camped(switch, handset)
    second = await handset("101", switch)
    await disconnect(*talks)
    rung, beside = await anna.called(), await second.called()
    await rung.ring()
    await beside.ring()
    await beside.accept()
    await rung.cancelled()
    other = await boris.called()
    await other.accept()
    await disconnect(beside, other)
    await switch.idle()


async def test_a_stop_ends_it(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, _, talks = await camped(switch, handset)
    await disconnect(*talks)
    rung = await anna.called()
    await rung.ring()
    stopping = asyncio.ensure_future(switch.terminate())
    await rung.cancelled()
    assert await stopping == 0


@pytest.mark.parametrize(
    ("dialled", "status", "outcome"),
    [
        ("*66101", 403, "oneself"),
        ("*66999", 404, "unknown-number"),
        ("*66", 480, "nothing-dialled"),
        ("*66103", 480, "unregistered"),
    ],
)
async def test_refusals(
    switch_factory: SwitchFactory, handset: HandsetFactory, dialled: str, status: int, outcome: str
) -> None:
    switch = await office(switch_factory)
    anna = await handset("101", switch)
    assert (await (await anna.dial(dialled)).final()).status == status
    assert (await switch.wait_event("call ended"))["outcome"] == outcome


async def test_not_for_who_is_not_to_be_disturbed(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await code(boris, "*78")
    talks = await connect(boris, clara)
    answer = await (await anna.dial("*66102")).final()
    assert answer.start == "SIP/2.0 480 Do Not Disturb"
    await disconnect(*talks)


async def test_baresip(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna = await baresip_factory("101", switch, tone=440)
    boris, clara = await handset("102", switch), await handset("103", switch)
    talks = await connect(clara, boris)
    await anna.dial("*66102")
    await anna.established()
    await anna.closed()
    await disconnect(*talks)
    await anna.answer()
    await anna.established()
    rung = await boris.called()
    await rung.accept()
    boris.media.play(1100)
    await anna.hears(1100)
    await anna.hangup()
    await rung.ended()
    await switch.idle()
