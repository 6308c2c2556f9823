"""Scenarios: a caller is asked, the web is asked about him, and he comes to whom it says."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from media.tones import sine
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.e2e.test_menus import hears, steps
from tests.rig.handset import connect, press, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

ASK, SORRY = 1000, 1300


class Crm:
    """A web server of the company's."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(request.split(" ")[1])
        body = json.dumps({"vip": "id=4711" in request}).encode()
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    one = Crm()
    listening = await asyncio.start_server(one.answer, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield one
    listening.close()


async def office(factory: SwitchFactory, folder: Path, scenario: dict[str, Any]) -> Switch:
    for tone in (ASK, SORRY):
        soundfile.write(folder / f"{tone}.wav", sine(tone, 0.6, 8000), 8000)
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"), scenarios={"orders": scenario})
    switch = await factory(plan=plan, address=address)
    await switch.wait_event("own words prepared")
    return switch


async def test_digits_are_asked_for_and_the_web_decides(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path, crm: Crm
) -> None:
    switch = await office(
        switch_factory,
        tmp_path,
        {
            "number": 350,
            "steps": {
                "who": {"branch": "caller", "cases": {"103": "busy"}, "otherwise": "number"},
                "number": {"ask": str(tmp_path / f"{ASK}.wav"), "into": "customer", "digits": 4},
                "look-up": {"web": f"{crm.url}/?id={{customer}}", "otherwise": "sorry"},
                "vip": {"branch": "vip", "cases": {"true": "direct"}, "otherwise": "sorry"},
                "direct": {"ring": "102", "seconds": 20},
                "sorry": {"play": str(tmp_path / f"{SORRY}.wav"), "next": "end"},
                "end": {"hang_up": "normal"},
                "busy": {"hang_up": "busy"},
            },
        },
    )
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    refused = await clara.dial("350")
    assert (await refused.final()).status == 486

    talk = await anna.dial("350")
    await talk.answered()
    await hears(anna, ASK)
    await press(anna, "4711")
    called = await boris.called()
    await called.accept()
    await talk_alone(anna, boris)
    await talk.hang_up()
    await called.ended()
    assert crm.asked == ["/?id=4711"]
    names = ("the scenario orders", "who of orders", "number of orders", "look-up of orders", "vip of orders")
    assert await steps(switch) == [f"the call comes to {name}" for name in (*names, "direct of orders")]

    talk = await anna.dial("350")
    await talk.answered()
    await hears(anna, ASK)
    await press(anna, "0815")
    await hears(anna, SORRY)
    await talk.ended()


async def test_a_colleague_sends_the_other_side_into_it_by_keys(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    play = {"play": str(tmp_path / f"{SORRY}.wav")}
    switch = await office(switch_factory, tmp_path, {"code": "1", "steps": {"sorry": play}})
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    await press(boris, "*5")
    await press(boris, "8#")
    await switch.wait_event("no scenario has this code", code="8")
    await press(boris, "*5")
    await press(boris, "1")
    await called.ended()
    await hears(anna, SORRY)
    await talk.ended()
