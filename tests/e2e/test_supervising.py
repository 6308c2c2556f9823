"""Listen, whisper, barge: who hears whom, who may, and that it ends with the call."""

from typing import Any

import pytest

from media.spectrum import frequencies_in
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, connect, disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

ANNA, BORIS, CHIEF, WARNING = 440, 700, 1100, 1400
TONES = [ANNA, BORIS, CHIEF, WARNING]


async def office(switch_factory: SwitchFactory, **settings: Any) -> Switch:
    """103 may listen to anybody, 102 to nobody."""
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"), supervision={"announce": False}, **settings)
    plan["extensions"]["103"]["rights"] = {"listen": "anyone"}
    return await switch_factory(plan=plan, address=address)


async def talking(switch: Switch, handset: HandsetFactory) -> tuple[Handset, Handset, Handset, Talk, Talk]:
    anna, boris, chief = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    for phone, tone in ((anna, ANNA), (boris, BORIS), (chief, CHIEF)):
        phone.media.play(tone)
    await boris.media.heard(0.2)
    return anna, boris, chief, talk, called


async def hears(phone: Handset, *tones: int) -> None:
    await phone.media.hears(tones, TONES)


async def test_listen_whisper_barge(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, chief, talk, called = await talking(switch, handset)
    listening = await chief.dial("*554102")
    await listening.answered()
    await switch.wait_event("supervised", mode="listen", by="103", number="102")
    await hears(chief, ANNA, BORIS)
    await hears(anna, BORIS)
    await hears(boris, ANNA)
    await chief.media.press("5", 80)
    await switch.wait_event("supervised", mode="whisper")
    await hears(boris, ANNA, CHIEF)
    await hears(anna, BORIS)
    await chief.media.press("6", 80)
    await switch.wait_event("supervised", mode="barge")
    await hears(anna, BORIS, CHIEF)
    await hears(boris, ANNA, CHIEF)
    await listening.hang_up()
    await hears(anna, BORIS)
    await hears(boris, ANNA)
    await disconnect(talk, called)
    await switch.idle()


async def test_it_ends_with_the_call(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    _, _, chief, talk, called = await talking(switch, handset)
    listening = await chief.dial("*556102")
    await listening.answered()
    await switch.wait_event("supervised", mode="barge")
    await disconnect(talk, called)
    await listening.ended()
    await switch.idle()


async def test_hold_and_transfer(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """He hears on through a hold, and no more when his man has left the call."""
    switch = await office(switch_factory)
    anna, boris, chief, talk, called = await talking(switch, handset)
    listening = await chief.dial("*554102")
    await listening.answered()
    await called.reinvite(boris.media.sdp("sendonly", 2))
    await hears(chief, ANNA)
    await called.reinvite(boris.media.sdp("sendrecv", 3))
    await hears(chief, ANNA, BORIS)
    desk = await handset("103", switch)
    await called.refer("103")
    rung = await desk.called()
    await rung.accept()
    await listening.ended()
    await called.ended()
    await disconnect(talk, rung)
    assert anna.user == "101"
    await switch.idle()


def is_warned(phone: Handset) -> bool:
    heard = phone.media.recent(0.9)
    return heard is not None and WARNING in frequencies_in(heard.samples, heard.rate, TONES)


async def test_it_is_announced(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"))
    plan["extensions"]["103"]["rights"] = {"listen": "anyone"}
    switch = await switch_factory(plan=plan, address=address)
    anna, boris, chief, talk, called = await talking(switch, handset)
    listening = await chief.dial("*554101")
    await listening.answered()
    await until(lambda: is_warned(anna), "she is warned", every=0.05)
    await hears(boris, ANNA)
    await disconnect(talk, called)
    await listening.ended()


@pytest.mark.parametrize("code", ["*554", "*555", "*556"])
async def test_refused(switch_factory: SwitchFactory, handset: HandsetFactory, code: str) -> None:
    switch = await office(switch_factory)
    anna, boris, chief = [await handset(number, switch) for number in ("101", "102", "103")]
    assert (await (await chief.dial(f"{code}102")).final()).status == 480, "nobody talks"
    assert (await (await chief.dial(code)).final()).status == 404, "whom?"
    talk, called = await connect(anna, boris)
    assert (await (await boris.dial(f"{code}101")).final()).status == 403, "no right"
    await disconnect(talk, called)


async def test_softphones(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await office(switch_factory)
    anna = await baresip_factory("101", switch, tone=ANNA)
    boris = await baresip_factory("102", switch, tone=BORIS)
    chief = await baresip_factory("103", switch, tone=CHIEF)
    await anna.dial("102")
    await boris.answer()
    await anna.hears(BORIS)
    await chief.dial("*556102")
    await anna.hears(CHIEF)
    await boris.hears(CHIEF)
    await anna.hangup()
    await chief.closed()
    await switch.idle()
