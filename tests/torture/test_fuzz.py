"""Thousands of spoiled messages: the switch neither dies nor complains, and takes calls as before.

`SOFTSWITCH_FUZZ_SEED=7 pytest tests/torture/test_fuzz.py` repeats a run; the seed is printed with a failure.
"""

import asyncio
import contextlib
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import RtpFactory
from tests.rig.handset import Handset, connect, disconnect
from tests.rig.message import request
from tests.rig.ports import new_address
from tests.rig.raw import Raw
from tests.rig.switch import DOMAIN, Switch, dialplan, password
from tests.rig.waiting import until_told
from tests.torture.call import call
from tests.torture.fuzzer import Fuzzer, free_port

RawFactory = Callable[..., Awaitable[Raw]]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]

# 4000 messages cost 130 MB on a machine that sends all within a second, nearly all of it ended dialogs: PJSIP
# keeps each of them for 32 s or 64 s. Another 4000 after that cost no more than the first.
MOST_GROWTH = 180_000_000


@pytest.fixture
async def switch(switch_factory: SwitchFactory) -> Switch:
    address = new_address()
    plan = dialplan(address, calls={"ring_time": "3s"}, log={"level": "info", "format": "json"})
    switch: Switch = await switch_factory(plan=plan, address=address)
    return switch


async def settled(switch: Switch) -> None:
    """No leg is left."""
    await until_told(lambda: no_legs(switch), "no leg is left")


async def no_legs(switch: Switch) -> bool:
    return bool((await switch.control("status"))["legs"] == 0)


async def still_works(switch: Switch, raw: RawFactory) -> None:
    await settled(switch)
    await call(await raw(switch.address), await raw(switch.address, "tcp", local_port=free_port()))
    await settled(switch)
    switch.check_log()


@contextlib.asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_spoiled_messages(switch: Switch, raw: RawFactory, seed: int) -> None:
    sys.stdout.write(f"SOFTSWITCH_FUZZ_SEED={seed}\n")
    before = switch.resident_bytes
    callee = await raw(switch.address)
    assert (await callee.register("102", password("102"))).status == 200
    fuzzer = Fuzzer(switch, random.Random(seed))
    async with running(fuzzer.answer_calls(callee)):
        await fuzzer.run(rounds=40, messages=100)
    assert fuzzer.sent > 3500
    assert fuzzer.answered > 500
    assert len(callee.inbox.items) > 100  # calls came about
    await still_works(switch, raw)
    assert switch.resident_bytes - before < MOST_GROWTH


async def test_signal_that_is_no_digit(switch: Switch, raw: RawFactory, rtp: RtpFactory) -> None:
    caller = Handset("101", await raw(switch.address), await rtp())
    callee = Handset("102", await raw(switch.address), await rtp())
    await callee.register()
    talk, other = await connect(caller, callee)
    for signal in (b"\xff", b"\x00", b"", b"x", b"%", "\U0001f600".encode()):
        body = b"Signal=" + signal + b"\r\nDuration=160\r\n"
        answer = await talk.ask("INFO", body, body_type="application/dtmf-relay")
        assert answer.status in (200, 400), signal
    await disconnect(talk, other)
    await settled(switch)
    switch.check_log()


async def test_requests_in_one_piece_and_in_many(switch: Switch, raw: RawFactory) -> None:
    party = await raw(switch.address, "tcp", local_port=free_port())
    requests = [
        request("OPTIONS", f"sip:{DOMAIN}", via=party.via, from_="<sip:9@x>", to="<sip:9@x>", call_id=f"{n}")
        for n in range(60)
    ]
    data = [one.encode() for one in requests]
    await party.send(b"".join(data[:20]))
    for one in data[20:22]:
        for byte in one:
            await party.send(bytes((byte,)))
    stream, step = b"\r\n\r\n".join(data[22:]), 97
    for at in range(0, len(stream), step):
        await party.send(stream[at : at + step])
    answers = [await party.answer_to(one) for one in requests]
    assert {answer.status for answer in answers} == {200}
    assert [m.get("Call-ID") for m in party.inbox.items] == [one.get("Call-ID") for one in requests]


async def test_connections_without_a_message_are_closed(switch: Switch, raw: RawFactory) -> None:
    """And meanwhile calls are set up."""
    before = (await switch.control("status"))["rss_bytes"]
    silent = [await open_connection(switch) for _ in range(200)]
    slow = [await open_connection(switch) for _ in range(20)]
    for _, writer in slow:
        writer.write(b"INVITE sip:102@office.example SIP/2.0\r\nVia: SIP/2.0/TCP ")
    await still_works(switch, raw)
    assert (await switch.control("status"))["rss_bytes"] - before < 50_000_000
    for reader, writer in silent + slow:
        assert await asyncio.wait_for(reader.read(), 60) == b""
        writer.close()
    await still_works(switch, raw)


async def open_connection(switch: Switch) -> Connection:
    return await asyncio.open_connection(switch.address, 5060, local_addr=(new_address(), free_port()))
