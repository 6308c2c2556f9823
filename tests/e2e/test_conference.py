"""Conferences: who hears whom, who comes in, who leads; and three who are joined in a call."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import soundfile

from media.spectrum import frequencies_in
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory, RtpFactory
from tests.rig.handset import Handset, Talk, connect, disconnect, press
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

PEOPLE = {"101": 500, "102": 750, "103": 1150, "104": 1500}
TONES = list(PEOPLE.values())


async def office(switch_factory: SwitchFactory, **room: Any) -> Switch:
    address = new_address()
    plan = dialplan(address, tuple(PEOPLE), conferences={"800": {"announce": "off", **room}})
    return await switch_factory(plan=plan, address=address)


async def at_desk(switch: Switch, handset: HandsetFactory, number: str) -> Handset:
    return await handset(number, switch)


async def join(phone: Handset, pin: str = "", room: str = "800") -> Talk:
    """Dials the room, and speaks."""
    talk = await phone.dial(room)
    await talk.answered()
    phone.media.play(PEOPLE[phone.user])
    await press(phone, pin)
    return talk


async def hears(phone: Handset, *others: str) -> None:
    """In the end these people, and never anybody else than them and the switch's own voice."""
    await phone.media.hears({PEOPLE[other] for other in others}, TONES)


async def test_everybody_hears_all_the_others(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = [await join(phone) for phone in (anna, boris, clara)]
    await hears(anna, "102", "103")
    await hears(boris, "101", "103")
    await hears(clara, "101", "102")
    (call, *_) = (await switch.control("calls"))["calls"]
    assert (call["state"], call["called_name"]) == ("conference", "800")
    await talks[1].hang_up()
    await hears(anna, "103")
    await hears(clara, "101")
    await talks[0].hang_up()
    await talks[2].hang_up()
    await switch.idle()


async def test_mute_oneself_and_all(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = [await join(phone) for phone in (anna, boris, clara)]
    await hears(anna, "102", "103")
    await press(boris, "*1")
    await hears(anna, "103")
    await hears(boris, "101", "103")
    await press(boris, "*1")
    await hears(anna, "102", "103")
    await press(anna, "*4")
    await hears(boris, "101")
    await hears(clara, "101")
    await press(anna, "*4")
    await hears(boris, "101", "103")
    for talk in talks:
        await talk.hang_up()
    await switch.idle()


async def test_pins(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, pin="4711", moderator_pin="0815")
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    first, second = await join(anna, "0815#"), await join(boris, "4711#")
    await hears(anna, "102")
    wrong = await join(clara)
    for _ in range(3):
        await press(clara, "1#")
    await press(clara, "4711#")  # too late: while he is told so, no pin counts
    await wrong.ended()
    await switch.wait_event("call ended", outcome="wrong-pin")
    await press(boris, "*2")  # no moderator: nothing happens
    await press(anna, "*2")
    late = await join(clara, "4711#")
    await late.ended()
    await switch.wait_event("call ended", outcome="room-locked")
    await press(anna, "*2*3")
    await second.ended()
    await switch.wait_event("call ended", outcome="removed")
    await first.hang_up()
    await switch.idle()


async def test_at_the_door(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Who goes away there shuts it for nobody; who asks first by keys is let go, and who waited comes in."""
    switch = await office(switch_factory, pin="4711")
    anna, boris, clara, dora = [await handset(number, switch) for number in PEOPLE]
    waits, goes = await join(anna), await join(boris)
    await goes.hang_up()
    await switch.wait_event("call ended", ended_by="102")
    inside = await join(clara, "4711#")
    await switch.wait_event("conference joined", by="103")
    await press(anna, "4711#")
    await hears(anna, "103")
    talk, called = await connect(dora, boris)
    dora.media.play(PEOPLE["104"])
    await boris.media.heard(0.2)
    await press(boris, "*2800#")
    await called.ended()
    await dora.media.heard(0.2)
    await press(dora, "4711#")
    await hears(dora, "101", "103")
    for one in (waits, inside, talk):
        await one.hang_up()
    await switch.idle()


@pytest.mark.parametrize("first", ["102", "103"])
async def test_of_two_who_come_for_the_last_place_one_has_it(
    switch_factory: SwitchFactory, handset: HandsetFactory, first: str
) -> None:
    """Both say the pin in the same moment; the other one is told that the room is full."""
    switch = await office(switch_factory, max_members=2, pin="0815")
    anna, *two = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = {"101": await join(anna, "0815")}
    for phone in two:
        talks[phone.user] = await phone.dial("800")
        await talks[phone.user].answered()
        phone.media.play(PEOPLE[phone.user])
        await press(phone, "081")
    two.sort(key=lambda phone: phone.user != first)
    await asyncio.gather(*(press(phone, "5") for phone in two))
    ended = await switch.wait_event("call ended", outcome="room-full")
    assert ended["outcome"] == "room-full"
    calls = (await switch.control("calls"))["calls"]
    (inside,) = {call["caller"] for call in calls} - {"101"}
    await hears(anna, inside)
    (outside,) = {"102", "103"} - {inside}
    await talks[outside].ended()
    for number in ("101", inside):
        await talks[number].hang_up()
    await switch.idle()


async def test_full(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, max_members=2)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    first, second = await join(anna), await join(boris)
    third = await join(clara)
    await third.ended()
    await switch.wait_event("call ended", outcome="room-full")
    await hears(anna, "102")
    await first.hang_up()
    again = await join(clara)
    await hears(clara, "102")
    await second.hang_up()
    await again.hang_up()
    await switch.idle()


async def test_the_moderator_is_waited_for(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, moderator_pin="0815", wait_for_moderator=True)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = [await join(phone, "#") for phone in (anna, boris)]
    await switch.wait_event("conference joined", by="102")
    assert not frequencies_in((h := await boris.media.heard(0.5)).samples, h.rate, TONES) & {PEOPLE["101"]}
    leader = await join(clara, "0815#")
    await hears(boris, "101", "103")
    await leader.hang_up()
    await switch.wait_event("conference left", by="103")
    for talk in talks:
        await talk.hang_up()
    await switch.idle()


async def test_recorded(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, record=True)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talks = [await join(phone) for phone in (anna, boris)]
    await hears(anna, "102")
    await hears(boris, "101")
    await boris.media.heard(0.6)
    for talk in talks:
        await talk.hang_up()
    await switch.idle()
    (file,) = (switch.file.parent / "state" / "recordings").glob("*.wav")
    await until(lambda: _has_both(file), "both voices are in the file")


def _has_both(file: Path) -> bool:
    samples, rate = soundfile.read(file)
    last = samples[-int(0.5 * rate) :]
    return bool(len(last)) and {500, 750} <= frequencies_in(samples[-int(1.2 * rate) :], rate, TONES)


async def test_brought_in_by_a_transfer(
    switch_factory: SwitchFactory, handset: HandsetFactory, rtp: RtpFactory
) -> None:
    """Blind, and after a look whether the room is right."""
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    inside = await join(clara)
    talk, called = await connect(anna, boris)
    anna.media.play(PEOPLE["101"])
    await called.refer("800")
    await called.ended()
    await hears(clara, "101")
    await hears(anna, "103")
    dora = await handset("104", switch)
    second, second_called = await connect(dora, boris)
    dora.media.play(PEOPLE["104"])
    looking = await join(Handset("102", boris.sip, await rtp(), boris.seen))
    await second_called.refer("800", instead_of=looking)
    await looking.ended()
    await second_called.ended()
    await hears(clara, "101", "104")
    for one in (talk, second, inside):
        await one.hang_up()
    await switch.idle()


@pytest.mark.parametrize("leaves", ["asks", "waits", "asked"])
async def test_three_are_joined(switch_factory: SwitchFactory, handset: HandsetFactory, leaves: str) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    for phone in (anna, boris, clara):
        phone.media.play(PEOPLE[phone.user])
    await boris.media.heard(0.2)
    await press(boris, "*2103")
    rung = await clara.called()
    await rung.accept()
    await hears(boris, "103")
    await press(boris, "*3")
    await hears(anna, "102", "103")
    await hears(boris, "101", "103")
    await hears(clara, "101", "102")
    parties = {"asks": called, "waits": talk, "asked": rung}
    await parties.pop(leaves).hang_up()
    one, two = parties.values()
    await hears(one.phone, two.phone.user)
    await hears(two.phone, one.phone.user)
    await disconnect(one, two)
    await switch.idle()


async def test_softphones(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await office(switch_factory)
    phones = [
        await baresip_factory(number, switch, tone=PEOPLE[number], transport=transport)
        for number, transport in (("101", "udp"), ("102", "tcp"), ("103", "udp"))
    ]
    for phone in phones:
        await phone.dial("800")
    anna, boris, clara = phones
    await anna.hears(PEOPLE["103"])
    await boris.hears(PEOPLE["101"])
    await clara.hears(PEOPLE["102"])
    for phone in phones:
        await phone.hangup()
    await switch.idle()


async def test_from_the_command_line(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = [await join(phone) for phone in (anna, boris, clara)]
    await hears(anna, "102", "103")
    shown = await switch.control("conference", action="mute", room="800", member="102")
    (room,) = shown["rooms"]
    assert [(one["number"], one["muted"]) for one in room["members"]] == [
        ("101", False),
        ("102", True),
        ("103", False),
    ]
    await hears(anna, "103")
    for wrong in (
        {"action": "mute", "room": "801", "member": "102"},
        {"action": "mute", "room": "800", "member": "104"},
        {"action": "sing", "room": "800"},
    ):
        assert (await switch.control_answer("conference", **wrong))["ok"] is False
    await switch.control("conference", action="lock", room="800")
    await switch.control("conference", action="end", room="800")
    for talk in talks:
        await talk.ended()
    await switch.idle()
    assert (await switch.control("conference")) == {"rooms": []}
