"""A web server is asked: what it answers is kept, what it does not costs no more than the time allowed."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from softswitch.calls.web_hook import LARGEST, WebError, ask, with_values


class Server:
    """Says to every request what it is told to."""

    def __init__(self) -> None:
        self.says: bytes | None = b""
        self.asked = b""
        self.url = ""
        self.gone = asyncio.Event()
        self.gone.set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.gone.clear()
        try:
            await self._answer(reader, writer)
        except ConnectionError:
            pass  # who asked has heard enough
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.gone.set()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked = await reader.readuntil(b"\r\n\r\n")
        if b"content-length: " in self.asked.lower():
            length = int(self.asked.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            self.asked += await reader.readexactly(length)
        if self.says is None:
            await reader.read()  # until the other side gives up
        else:
            writer.write(self.says)
            await writer.drain()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    one = Server()
    listening = await asyncio.start_server(one.answer, "127.0.0.1", 0)
    one.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/customer"
    yield one
    listening.close()
    await asyncio.wait_for(one.gone.wait(), 5)


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)


async def test_an_object_becomes_values(server: Server) -> None:
    server.says = ok(
        json.dumps({"vip": True, "n": 7, "name": "A\nB", "no": [1], "Bad Key": 1, "x": None}).encode()
    )
    found = await ask(f"{server.url}?id=1", None, 3)
    assert found == {"vip": "true", "n": "7", "name": "A B"}
    assert server.asked.startswith(b"GET /customer?id=1 ")


async def test_what_is_sent_is_json(server: Server) -> None:
    server.says = ok(b"gold")
    assert await ask(server.url, {"caller": "+49"}, 3) == "gold"
    assert server.asked.startswith(b"POST /customer ")
    assert json.loads(server.asked.partition(b"\r\n\r\n")[2]) == {"caller": "+49"}


@pytest.mark.parametrize(
    "says",
    [
        b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"no HTTP at all\r\n\r\n",
        b"",
        ok(b"x" * (LARGEST + 1)),
    ],
)
async def test_what_is_no_answer(server: Server, says: bytes) -> None:
    server.says = says
    with pytest.raises(WebError):
        await ask(server.url, None, 3)


async def test_a_slow_server_costs_its_time_only(server: Server) -> None:
    server.says = None
    with pytest.raises(WebError, match=r"within 0\.3 s|timed out"):
        await ask(server.url, None, 0.3)


async def test_nobody_listens() -> None:
    with pytest.raises(WebError):
        await ask("http://127.0.0.1:9/", None, 2)


def test_values_cannot_change_the_address() -> None:
    url = with_values("https://a.example/{x}?y={y}&z={z}", {"x": "../b", "y": "1&z=2#"})
    assert url == "https://a.example/..%2Fb?y=1%26z%3D2%23&z="
