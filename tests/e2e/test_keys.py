"""Transfer by keys: blind, and after asking; and keys that are for the other side."""

import pytest

from media.spectrum import frequencies_in
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, connect, disconnect, press
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

ANNA, BORIS, CLARA, DIAL, RINGS = 1500, 700, 1100, 425, 425
TONES = [ANNA, BORIS, CLARA]


@pytest.fixture
async def office(switch_factory: SwitchFactory) -> Switch:
    address = new_address()
    return await switch_factory(plan=dialplan(address, ("101", "102", "103")), address=address)


async def staff(office: Switch, handset: HandsetFactory) -> tuple[Handset, Handset, Handset, Talk, Talk]:
    """Anna has called Boris; Clara is at her desk."""
    anna, boris, clara = [await handset(number, office) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    for phone, tone in ((anna, ANNA), (boris, BORIS), (clara, CLARA)):
        phone.media.play(tone)
    await boris.media.heard(0.2)
    return anna, boris, clara, talk, called


async def hears(phone: Handset, *tones: int) -> None:
    """These and none of the other people's tones."""
    await phone.media.hears(tones, [*TONES, DIAL])


async def test_blind(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara, talk, called = await staff(office, handset)
    await press(boris, "##")
    await until(lambda: boris.media.packets.items != [], "dial tone")
    await hears(boris, DIAL)
    await press(boris, "103")
    rung = await clara.called()
    assert "<sip:101@" in rung.invite.get("From")
    await called.ended()
    await rung.accept()
    await hears(anna, CLARA)
    await hears(clara, ANNA)
    await disconnect(rung, talk)
    assert anna.media.keys() == "", "feature codes are not for the other side"
    await office.idle()


async def test_the_last_key_and_gone(office: Switch, handset: HandsetFactory) -> None:
    """Both are in the same look of the switch at its sockets."""
    anna, boris, clara = [await handset(number, office) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    for key in "##10":
        await called.ask("INFO", f"Signal={key}\r\n".encode(), body_type="application/dtmf-relay")
    last = called.make("INFO", b"Signal=3\r\n", body_type="application/dtmf-relay")
    bye = called.make("BYE")
    await boris.sip.send(last)
    await boris.sip.send(bye)
    rung = await clara.called()
    await rung.accept()
    await disconnect(talk, rung)
    await office.idle()


async def test_blind_and_nobody_answers(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara, talk, called = await staff(office, handset)
    await press(boris, "##103")
    rung = await clara.called()
    await called.ended()
    await rung.refuse(480)
    back = await boris.called()
    assert "<sip:101@" in back.invite.get("From")
    await back.accept()
    await hears(anna, BORIS)
    await disconnect(talk, back)


@pytest.mark.parametrize("number", ["999#", "*"])
async def test_blind_to_nowhere(office: Switch, handset: HandsetFactory, number: str) -> None:
    anna, boris, _, talk, called = await staff(office, handset)
    await press(boris, f"##{number}")
    await hears(anna, BORIS)
    await hears(boris, ANNA)
    await disconnect(called, talk)


async def test_asked_first(office: Switch, handset: HandsetFactory) -> None:
    """Greet, announce, connect."""
    anna, boris, clara, talk, called = await staff(office, handset)
    await press(boris, "*2103")
    rung = await clara.called()
    assert "<sip:102@" in rung.invite.get("From"), "he announces, so she sees him"
    await rung.accept()
    await hears(boris, CLARA)
    await hears(clara, BORIS)
    assert not frequencies_in((h := (await anna.media.heard(0.8)).last(0.4)).samples, h.rate, TONES) & {
        BORIS,
        CLARA,
    }, "who waits hears neither of them"
    await called.hang_up()
    await hears(anna, CLARA)
    await hears(clara, ANNA)
    await disconnect(talk, rung)
    await office.idle()


async def test_where_nobody_can_be_asked(office: Switch, handset: HandsetFactory) -> None:
    """Not at a parked call's line; who is to be parked is, and who would have asked hears where."""
    anna, boris, clara, talk, called = await staff(office, handset)
    await press(boris, "*2701#")
    await office.wait_event("transfer", to="701", kind="attended")
    await hears(anna, BORIS)
    await hears(boris, ANNA)
    await press(boris, "*2700#")
    await office.wait_event("parked", orbit="701", by="102")
    await called.ended()
    taking = await clara.dial("701")
    await taking.answered()
    await hears(anna, CLARA)
    await disconnect(taking, talk)
    await office.idle()


async def test_asked_and_come_back(office: Switch, handset: HandsetFactory) -> None:
    """Greet, announce, and she does not want him."""
    anna, boris, clara, talk, called = await staff(office, handset)
    await press(boris, "*2103")
    rung = await clara.called()
    await rung.accept()
    await hears(boris, CLARA)
    await press(boris, "*2")
    await rung.ended()
    await hears(anna, BORIS)
    await hears(boris, ANNA)
    await disconnect(talk, called)


async def test_who_is_asked_hangs_up(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara, talk, called = await staff(office, handset)
    await press(boris, "*2103")
    rung = await clara.called()
    await rung.accept()
    await rung.hang_up()
    await hears(anna, BORIS)
    await hears(boris, ANNA)
    await disconnect(talk, called)


async def test_who_waits_hangs_up(office: Switch, handset: HandsetFactory) -> None:
    _, boris, clara, talk, called = await staff(office, handset)
    await press(boris, "*2103")
    rung = await clara.called()
    await rung.accept()
    await hears(clara, BORIS)
    await talk.hang_up()
    await hears(boris, CLARA)
    await disconnect(called, rung)
    await office.idle()


async def test_asking_and_gone_while_it_rings(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara, talk, called = await staff(office, handset)
    await press(boris, "*2103")
    rung = await clara.called()
    await rung.ring()
    await hears(boris, RINGS)
    await called.hang_up()
    await hears(anna, RINGS)
    await rung.accept()
    await hears(anna, CLARA)
    await disconnect(rung, talk)
    await office.idle()


@pytest.mark.parametrize("who", ["asks", "waits"])
async def test_refused_while_asking(office: Switch, handset: HandsetFactory, who: str) -> None:
    anna, boris, clara, talk, called = await staff(office, handset)
    presses = boris if who == "asks" else anna
    await press(presses, "*2103")
    await (await clara.called()).refuse(486)
    await hears(anna, BORIS)
    await hears(boris, ANNA)
    await disconnect(talk, called)


async def test_other_keys_pass(office: Switch, handset: HandsetFactory) -> None:
    """A key that begins a code waits, and is passed on when it does not become one."""
    anna, boris, _, talk, called = await staff(office, handset)
    await press(boris, "15#4*7")
    await until(lambda: anna.media.keys() == "15#4*7", "all keys", story=anna.media.keys)
    await press(boris, "#")
    await until(lambda: anna.media.keys() == "15#4*7#", "the last one, late", story=anna.media.keys)
    await disconnect(talk, called)


async def test_switched_off(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    plan = dialplan(address, ("101", "102"), features={"blind_transfer": "off"})
    switch = await switch_factory(plan=plan, address=address)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    anna.media.play(ANNA)
    boris.media.play(BORIS)
    await boris.media.heard(0.2)
    await press(boris, "##")
    await until(lambda: anna.media.keys() == "##", "both keys", story=anna.media.keys)
    await disconnect(talk, called)
