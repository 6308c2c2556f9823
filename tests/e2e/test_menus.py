"""Menus: a caller hears what there is, presses keys, and comes to somebody or is let go."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from media.dtmf import generate
from media.tones import silence, sine
from tests.conftest import SwitchFactory
from tests.e2e.carriers import CarrierFactory, company, last_call
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, press, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

GREETING, WRONG, SILENCE, SUB, RUSSIAN = 500, 750, 1000, 1300, 1700
TONES = [GREETING, WRONG, SILENCE, SUB, RUSSIAN]


@pytest.fixture
def tones(tmp_path: Path) -> dict[int, str]:
    """A recording of each, half a second long; the greeting lasts."""
    files = {}
    for tone in TONES:
        file = tmp_path / f"{tone}.wav"
        soundfile.write(file, sine(tone, 5.0 if tone == GREETING else 0.5, 8000), 8000)
        files[tone] = str(file)
    return files


async def office(factory: SwitchFactory, tones: dict[int, str], **menu: Any) -> Switch:
    address = new_address()
    main = {
        "number": 300,
        "greeting": {"en": tones[GREETING], "ru": tones[RUSSIAN]},
        "keys": {"1": "102", "2": "sub", "0": "hang up"},
        "languages": {"8": "ru"},
        "extensions": True,
        "wrong": tones[WRONG],
        "silence": tones[SILENCE],
        **menu,
    }
    sub = {"greeting": tones[SUB], "keys": {"*": "back"}}
    plan = dialplan(address, ("101", "102"), menus={"main": main, "sub": sub})
    switch = await factory(plan=plan, address=address)
    await switch.wait_event("own words prepared")
    return switch


async def hears(phone: Handset, tone: int) -> None:
    await phone.media.hears({tone}, TONES, 0.3, since_key=True)


async def enters(phone: Handset) -> Talk:
    talk = await phone.dial("300")
    await talk.answered()
    await hears(phone, GREETING)
    return talk


async def steps(switch: Switch) -> list[str]:
    """The named steps of the last call."""
    call = await last_call(switch)
    events = (await switch.control("trace", call=call["id"]))["events"]
    return [one["text"] for one in events if "the call comes to" in one["text"]]


async def test_a_caller_from_outside_interrupts_the_greeting_and_reaches_a_phone(
    switch_factory: SwitchFactory,
    handset: HandsetFactory,
    carrier: CarrierFactory,
    tones: dict[int, str],
) -> None:
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    plan = company(address, f"{server}:5060")
    plan["numbers"]["+4930123450"] = "main"
    plan["menus"] = {"main": {"greeting": tones[GREETING], "keys": {"1": "103"}}}
    switch = await switch_factory(address=address, plan=plan)
    await switch.wait_event("own words prepared")
    clara = await handset("103", switch)
    outside = await line.call_in("+4930123450")
    await outside.answered()
    await hears(line, GREETING)
    await press(line, "1")
    inside = await clara.called()
    assert "+491711234567" in inside.invite.get("P-Asserted-Identity")
    await inside.accept()
    await talk_alone(line, clara)
    await outside.hang_up()
    await inside.ended()
    assert await steps(switch) == ["the call comes to the menu main", "the call comes to 1: 103 of main"]


async def test_submenu_back_language_and_an_extension_dialled_directly(
    switch_factory: SwitchFactory, handset: HandsetFactory, tones: dict[int, str]
) -> None:
    switch = await office(switch_factory, tones)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await enters(anna)
    await press(anna, "2")
    await hears(anna, SUB)
    await press(anna, "*")
    await hears(anna, GREETING)
    await press(anna, "8")
    await hears(anna, RUSSIAN)
    await press(anna, "102")
    called = await boris.called()
    await called.refuse(486)
    await hears(anna, RUSSIAN)  # after the news that the line is busy
    await press(anna, "102")
    called = await boris.called()
    await called.accept()
    await talk_alone(anna, boris)
    await called.hang_up()
    await talk.ended()


async def test_wrong_keys_and_silence_have_their_ways_out(
    switch_factory: SwitchFactory, handset: HandsetFactory, tones: dict[int, str]
) -> None:
    switch = await office(
        switch_factory,
        tones,
        greeting=tones[SUB],
        wait="1s",
        repeats=2,
        after_silence="102",
        keys={"7": "101", "6": "sub"},
    )
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("300")
    await talk.answered()
    await hears(anna, SUB)
    await press(anna, "3")
    await hears(anna, WRONG)
    await hears(anna, SILENCE)  # after the menu once more, and a second
    called = await boris.called()
    await called.ring()
    await talk.hang_up()
    await called.cancelled()
    found = await steps(switch)
    assert found == [
        f"the call comes to {step}" for step in ("the menu main", "wrong key of main", "silence of main")
    ]


async def test_keys_by_info_and_hanging_up(
    switch_factory: SwitchFactory, handset: HandsetFactory, tones: dict[int, str]
) -> None:
    switch = await office(switch_factory, tones)
    anna = await handset("101", switch)
    talk = await enters(anna)
    answer = await talk.ask("INFO", b"Signal=0\r\nDuration=160\r\n", body_type="application/dtmf-relay")
    assert answer.status == 200
    await talk.ended()


async def test_a_name_spelled_and_an_attended_transfer_into_the_menu(
    switch_factory: SwitchFactory, handset: HandsetFactory, tones: dict[int, str]
) -> None:
    switch = await office(switch_factory, tones, keys={"5": "names", "6": "sub"}, extensions=False)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await enters(anna)
    await press(anna, "5")
    await press(anna, "102")  # as it stands in "Phone 102", who alone is called so
    await press(anna, "1")
    called = await boris.called()
    await called.accept()
    await talk_alone(anna, boris)
    # Boris asks the menu, and brings Anna there.
    asked = await boris.dial("300")
    await asked.answered()
    await called.refer("300", instead_of=asked)
    await called.ended()
    await hears(anna, GREETING)
    await talk.hang_up()
    await switch.idle()


async def test_keys_that_come_as_sound_only(
    switch_factory: SwitchFactory, handset: HandsetFactory, tones: dict[int, str]
) -> None:
    switch = await office(switch_factory, tones)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("300", body=anna.media.sdp(keys=False))
    await talk.answered()
    await hears(anna, GREETING)
    anna.media.play_sound(np.concatenate((generate("102", 8000, 0.1, 0.1), silence(4.4, 8000))))
    called = await boris.called()
    await called.accept()
    await talk_alone(anna, boris)
    await talk.hang_up()
    await called.ended()
    assert "the call comes to 102: 102 of main" in await steps(switch)
