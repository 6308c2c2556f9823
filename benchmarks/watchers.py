"""Phones with lamps: each subscribes to many extensions and answers what it is told.

    python -m benchmarks.watchers SWITCH_ADDRESS WATCHERS WATCHED     numbers, with commas

Says `ready` when all have been told for the first time, and at SIGTERM how often they were told since.
"""

import asyncio
import signal
import sys
from typing import Any

from benchmarks.target import DOMAIN, password
from tests.rig.message import parse, request
from tests.rig.ports import new_address
from tests.rig.raw import with_digest

_COPIED = ("Via", "From", "To", "Call-ID", "CSeq")


class Watcher(asyncio.DatagramProtocol):
    """One phone."""

    def __init__(self, number: str, address: str) -> None:
        self.number = number
        self.told = 0
        self._address = address
        self._transport: asyncio.DatagramTransport | None = None
        self._news = asyncio.Event()
        self._asked: dict[str, asyncio.Future[bytes]] = {}

    def connection_made(self, transport: Any) -> None:
        """See asyncio."""
        self._transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        """See asyncio."""
        message = parse(data)
        if message.status:
            waiting = self._asked.get(message.get("Call-ID"))
            if waiting is not None and not waiting.done():
                waiting.set_result(data)
            return
        self.told += 1
        self._news.set()
        lines = [f"{name}: {message.get(name)}" for name in _COPIED]
        self._send("\r\n".join(["SIP/2.0 200 OK", *lines, "Content-Length: 0", "", ""]).encode())

    async def watch(self, user: str) -> None:
        """Subscribes to one extension."""
        asked = request(
            "SUBSCRIBE",
            f"sip:{user}@{DOMAIN}",
            via=f"SIP/2.0/UDP {self._address}:5060",
            from_=f"<sip:{self.number}@{DOMAIN}>",
            to=f"<sip:{user}@{DOMAIN}>",
            contact=f"<sip:{self.number}@{self._address}:5060>",
            extra=[("Event", "dialog"), ("Expires", "3600"), ("Accept", "application/dialog-info+xml")],
        )
        challenge = parse(await self._ask(asked.encode(), asked.get("Call-ID")))
        proved = with_digest(asked, challenge, self.number, password(self.number))
        answer = parse(await self._ask(proved.encode(), asked.get("Call-ID")))
        if answer.status != 200:
            raise RuntimeError(f"{self.number} may not watch {user}: {answer.start}")

    async def all_told(self, times: int) -> None:
        """Waits until it was told so often, and counts anew."""
        while self.told < times:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 10)
        self.told = 0

    async def _ask(self, data: bytes, call_id: str) -> bytes:
        self._asked[call_id] = asyncio.get_running_loop().create_future()
        self._send(data)
        return await asyncio.wait_for(self._asked[call_id], 10)

    def _send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.sendto(data)


async def run(switch: str, watchers: list[str], watched: list[str]) -> None:
    """Until SIGTERM."""
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    phones = []
    for number in watchers:
        address = new_address()
        _, phone = await loop.create_datagram_endpoint(
            lambda number=number, address=address: Watcher(number, address),  # type: ignore[misc]
            local_addr=(address, 5060),
            remote_addr=(switch, 5060),
        )
        phones.append(phone)
    for phone in phones:
        for user in watched:
            await phone.watch(user)
    for phone in phones:
        await phone.all_told(len(watched))
    print("ready", flush=True)
    await stopping.wait()
    print(f"told {sum(phone.told for phone in phones)}", flush=True)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2].split(","), sys.argv[3].split(",")))
