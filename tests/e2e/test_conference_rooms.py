"""What a conference's moderator can do beyond muting, and names said at the door."""

import pytest

from media.spectrum import frequencies_in
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.e2e.test_conference import hears, join, office
from tests.rig.handset import Handset, press
from tests.rig.waiting import until


async def test_somebody_is_invited(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = [await join(anna), await join(boris)]
    await hears(anna, "102")
    await press(anna, "*6103#")
    rung = await clara.called()
    assert "<sip:800@" in rung.invite.get("From"), "her phone shows the room"
    await rung.ring()
    await rung.accept()
    clara.media.play(1150)
    await clara.media.press("5", 80)  # she is asked, and has not said yes
    await hears(anna, "102")
    await press(clara, "1")
    await hears(anna, "102", "103")
    await hears(clara, "101", "102")
    await talks[0].hang_up()
    await hears(clara, "102")
    await talks[1].hang_up()
    await rung.hang_up()
    await switch.idle()


@pytest.mark.parametrize("how", ["refused", "hung up", "withdrawn", "unknown"])
async def test_who_is_invited_does_not_come(
    switch_factory: SwitchFactory, handset: HandsetFactory, how: str
) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = [await join(anna), await join(boris)]
    await hears(anna, "102")
    await press(anna, "*6103#" if how != "unknown" else "*6999#")
    if how != "unknown":
        rung = await clara.called()
        await rung.ring()
        if how == "refused":
            await rung.refuse(486)
        elif how == "hung up":
            await rung.accept()
            await rung.hang_up()
    if how == "withdrawn":
        await talks.pop(0).hang_up()
        await rung.cancelled()
    else:
        await hears(anna, "102")
    for talk in talks:
        await talk.hang_up()
    await switch.idle()


async def test_one_is_muted_by_his_number(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = [await join(phone) for phone in (anna, boris, clara)]
    await hears(anna, "102", "103")
    await press(anna, "*72#")
    await hears(anna, "103")
    await hears(boris, "101", "103")
    await press(anna, "*79#*72#")  # there is no ninth
    await hears(anna, "102", "103")
    for talk in talks:
        await talk.hang_up()
    await switch.idle()


async def test_it_ends_with_its_moderator(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, moderator_pin="0815", end_with_moderator=True)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    leads, leads_too, listens = await join(anna, "0815#"), await join(boris, "0815#"), await join(clara, "#")
    await hears(clara, "101", "102")
    await leads.hang_up()
    await hears(clara, "102")
    await leads_too.hang_up()
    await listens.ended()
    await switch.idle()


async def test_names_are_heard(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Boris's name is a tone that he sends only while he is asked."""
    switch = await office(switch_factory, announce="names")
    names = switch.file.parent / "state" / "names"
    anna, boris = await handset("101", switch), await handset("102", switch)
    talks = []
    for phone, name in ((anna, 500), (boris, 1500)):
        talks.append(await phone.dial("800"))
        await talks[-1].answered()
        phone.media.play(name)
        await until(lambda: len(list(names.glob("*.wav"))) == len(talks), "the name is recorded")
        await phone.media.heard(0.8)
        await press(phone, "#")
        phone.media.hush()
        await switch.wait_event("conference joined", by=phone.user)
    await until(lambda: _hears(anna, 1500), "Anna hears his name")
    await until(lambda: not _hears(anna, 1500), "his name is over")
    await talks[1].hang_up()
    await until(lambda: _hears(anna, 1500), "Anna hears who has left")
    await talks[0].hang_up()
    await switch.idle()
    await until(lambda: not list(names.iterdir()), "no name is kept")


def _hears(phone: Handset, hertz: int) -> bool:
    recent = phone.media.recent(0.3)
    return recent is not None and hertz in frequencies_in(recent.samples, recent.rate, [500, 1500])
