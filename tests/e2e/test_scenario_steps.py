"""Each step of a scenario, by real calls: branches, menu, queue, variables, web, transfer, voicemail."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from media.tones import sine
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.e2e.test_menus import hears, steps
from tests.rig.handset import Handset, Talk, press, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

ASK, SORRY = 1000, 1300


@pytest.fixture
async def mute_web() -> AsyncIterator[str]:
    """A web server that takes connections and never answers."""
    held: list[asyncio.StreamWriter] = []

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    listening = await asyncio.start_server(hold, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    for writer in held:
        writer.close()
    listening.close()


def scenario(folder: Path, web: str) -> dict[str, Any]:
    return {
        "number": 350,
        "lists": {"trusted": ["103"]},
        "steps": {
            "by-mode": {"branch": "mode", "cases": {"night": "box"}, "otherwise": "by-list"},
            "by-list": {"branch": "caller", "cases": {"trusted": "direct"}, "otherwise": "choose"},
            "choose": {
                "menu": str(folder / f"{ASK}.wav"),
                "keys": {"1": "line", "2": "mark", "3": "look"},
                "wait": "1s",
                "repeats": 1,
                "otherwise": "away",
            },
            "line": {"queue": "support"},
            "mark": {"set": {"level": "gold"}, "next": "by-value"},
            "by-value": {"branch": "level", "cases": {"gold": "direct"}, "otherwise": "away"},
            "look": {"web": web, "timeout": "1s", "otherwise": "sorry"},
            "sorry": {"play": str(folder / f"{SORRY}.wav"), "next": "bye"},
            "bye": {"hang_up": "normal"},
            "away": {"transfer": "sales"},
            "direct": {"ring": "102"},
            "box": {"voicemail": "101"},
        },
    }


@pytest.fixture
async def office(switch_factory: SwitchFactory, tmp_path: Path, mute_web: str) -> Switch:
    for tone in (ASK, SORRY):
        soundfile.write(tmp_path / f"{tone}.wav", sine(tone, 0.6, 8000), 8000)
    address = new_address()
    plan = dialplan(
        address,
        ("101", "102", "103"),
        scenarios={"desk": scenario(tmp_path, mute_web)},
        queues={"support": {"agents": ["102"]}},
        departments={"sales": {"members": ["103"]}},
        modes={"day": "otherwise", "night": "by hand"},
    )
    plan["extensions"]["101"]["voicemail"] = {}
    switch = await switch_factory(plan=plan, address=address)
    await switch.wait_event("own words prepared")
    return switch


async def enters(anna: Handset, keys: str = "") -> Talk:
    talk = await anna.dial("350")
    await talk.answered()
    await hears(anna, ASK)
    await press(anna, keys)
    return talk


async def way(switch: Switch) -> list[str]:
    """The names of the steps of the last call."""
    told = [text.removeprefix("the call comes to ") for text in await steps(switch)]
    return [text.removesuffix(" of desk") for text in told if text.endswith(" of desk")]


async def test_branches_by_list_and_a_variable_that_was_set(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara = [await handset(number, office) for number in ("101", "102", "103")]
    trusted = await clara.dial("350")
    rung = await boris.called()
    await rung.accept()
    await trusted.answered()
    await trusted.hang_up()
    await rung.ended()
    assert await way(office) == ["by-mode", "by-list", "direct"]

    talk = await enters(anna, "2")
    rung = await boris.called()
    await rung.accept()
    await talk_alone(anna, boris)
    await talk.hang_up()
    await rung.ended()
    assert await way(office) == ["by-mode", "by-list", "choose", "mark", "by-value", "direct"]


async def test_a_menu_leads_into_a_queue(office: Switch, handset: HandsetFactory) -> None:
    anna, boris = await handset("101", office), await handset("102", office)
    talk = await enters(anna, "1")
    offered = await boris.called()
    await offered.accept()
    await talk_alone(anna, boris)
    await talk.hang_up()
    await offered.ended()
    assert await way(office) == ["by-mode", "by-list", "choose", "line"]


async def test_the_web_is_not_waited_for(office: Switch, handset: HandsetFactory) -> None:
    anna = await handset("101", office)
    talk = await enters(anna, "3")
    await hears(anna, SORRY)
    await talk.ended()
    assert await way(office) == ["by-mode", "by-list", "choose", "look", "sorry", "bye"]
    await office.wait_event("the web did not answer")


async def test_who_presses_nothing_is_transferred(office: Switch, handset: HandsetFactory) -> None:
    anna, clara = await handset("101", office), await handset("103", office)
    talk = await enters(anna)
    rung = await clara.called()
    await rung.accept()
    await talk_alone(anna, clara)
    await talk.hang_up()
    await rung.ended()
    assert await way(office) == ["by-mode", "by-list", "choose", "away"]


async def test_by_mode_to_voicemail(office: Switch, handset: HandsetFactory) -> None:
    boris = await handset("102", office)
    await office.control("mode", mode="night")
    talk = await boris.dial("350")
    await talk.answered()
    await talk.hang_up()
    assert await way(office) == ["by-mode", "box"]
    assert "the call comes to the voicemail voicemail 101" in await steps(office)
