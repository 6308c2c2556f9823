"""A party that sends exactly what a test writes, over UDP, TCP or TLS, and keeps all that comes back."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from tests.rig.message import Message, authorization, new_token, parse, replace, request, split_stream
from tests.rig.ports import new_address
from tests.rig.waiting import PATIENCE, RigError, Timeline

Protocol = Literal["udp", "tcp", "tls"]


class Raw:
    """One socket and what it received, `inbox`. Make it with `open`."""

    def __init__(self, protocol: Protocol, address: str, port: int, remote: tuple[str, int]) -> None:
        self.protocol = protocol
        self.address = address
        self.port = port
        self.remote = remote
        self.claims = f"{address}:{port}"
        """The address that its Via and Contact name."""
        self.inbox: Timeline[Message] = Timeline(f"raw {protocol} {address}:{port}", self._story)
        self.closed = asyncio.Event()
        self._conversation: list[str] = []
        self._datagrams: asyncio.DatagramTransport | None = None
        self._stream: asyncio.StreamWriter | None = None
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        remote: str,
        protocol: Protocol = "udp",
        *,
        port: int | None = None,
        address: str | None = None,
        local_port: int = 5060,
        authority: Path | None = None,
        claims: str = "",
    ) -> "Raw":
        """A socket of its own address. `remote`: the switch's address; `port` 5060, or 5061 for TLS.

        `authority`: certificate that TLS is checked against; without it nothing is checked. `claims`: the
        host and port that it believes to be at, as behind NAT.
        """
        address = address or new_address()
        remote_port = port or (5061 if protocol == "tls" else 5060)
        raw = cls(protocol, address, local_port, (remote, remote_port))
        raw.claims = claims or raw.claims
        if protocol == "udp":
            loop = asyncio.get_running_loop()
            raw._datagrams, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(raw), local_addr=(address, local_port)
            )
            return raw
        context = _tls(authority) if protocol == "tls" else None
        reader, raw._stream = await asyncio.open_connection(
            remote, remote_port, local_addr=(address, local_port), ssl=context
        )
        raw._reader = asyncio.create_task(raw._read(reader))
        return raw

    @property
    def via(self) -> str:
        """The Via of its requests, without branch."""
        return f"SIP/2.0/{self.protocol.upper()} {self.claims}"

    def contact(self, user: str = "raw") -> str:
        """Its Contact."""
        return f"<sip:{user}@{self.claims};transport={self.protocol}>"

    async def send(self, what: Message | bytes) -> None:
        """Sends a message, or any bytes at all, as they are."""
        data = what.encode() if isinstance(what, Message) else what
        self._note(">>>", data)
        if self._datagrams is not None:
            self._datagrams.sendto(data, self.remote)
        elif self._stream is not None:
            self._stream.write(data)
            await self._stream.drain()

    async def receive(
        self, predicate: Callable[[Message], bool], what: str, within: float = PATIENCE
    ) -> Message:
        """The first message that matches and was not received before."""
        return await self.inbox.take(predicate, what, within)

    async def request(self, method: str, within: float = PATIENCE) -> Message:
        """The next request of that method that comes in."""
        return await self.receive(lambda m: m.status == 0 and m.method == method, method, within)

    async def answer_to(self, sent: Message, final: bool = True, within: float = PATIENCE) -> Message:
        """The response (final unless told) to a request, by Call-ID and CSeq."""
        return await self.receive(
            lambda m: (
                m.status >= (200 if final else 100)
                and m.get("Call-ID") == sent.get("Call-ID")
                and m.get("CSeq") == sent.get("CSeq")
            ),
            f"response to {sent.start}",
            within,
        )

    async def ask(self, sent: Message, within: float = PATIENCE) -> Message:
        """Sends a request and returns its final response; does not retransmit and does not ACK."""
        await self.send(sent)
        return await self.answer_to(sent, within=within)

    async def ask_with_digest(
        self, sent: Message, user: str, password: str, algorithm: str = "", within: float = PATIENCE
    ) -> Message:
        """Like `ask`, but answers a 401 or 407: its first challenge, or the one of `algorithm`."""
        refusal = await self.ask(sent, within)
        if refusal.status not in (401, 407):
            return refusal
        if sent.method == "INVITE":
            await self.send(ack(sent, refusal))
        return await self.ask(with_digest(sent, refusal, user, password, algorithm), within)

    async def register(
        self,
        user: str,
        password: str,
        domain: str = "office.example",
        expires: int = 3600,
        algorithm: str = "",
        extra: Sequence[tuple[str, str]] = (),
    ) -> Message:
        """Registers its contact and returns the final response, whatever it is."""
        aor = f"<sip:{user}@{domain}>"
        message = request(
            "REGISTER",
            f"sip:{domain}",
            via=self.via,
            from_=aor,
            to=aor,
            contact=self.contact(user),
            extra=[("Expires", str(expires)), *extra],
        )
        return await self.ask_with_digest(message, user, password, algorithm)

    async def close(self) -> None:
        """Closes the socket; a connection ends with it."""
        if self._datagrams is not None:
            self._datagrams.close()
            await self.closed.wait()  # the event loop closes the socket a turn later
        if self._stream is not None:
            if self.protocol == "tls":
                # A polite end waits up to 30 s for the other side to say goodbye in TLS, too.
                self._stream.transport.abort()
            self._stream.close()
            with contextlib.suppress(OSError, ssl.SSLError):
                await self._stream.wait_closed()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    def _take(self, data: bytes, messages: list[Message]) -> None:
        self._note("<<<", data)
        for message in messages:
            self.inbox.add(message)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        buffer = bytearray()
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                buffer += data
                self._take(data, split_stream(buffer))
        self.closed.set()

    def _note(self, arrow: str, data: bytes) -> None:
        self._conversation.append(f"{arrow} {data[:2000].decode(errors='replace')}")

    def _story(self) -> str:
        return "\n".join(self._conversation[-12:]).replace("\r\n", "\n")


def with_digest(sent: Message, refusal: Message, user: str, password: str, algorithm: str = "") -> Message:
    """The request again, as it must be after a 401 or 407: next CSeq, new branch, the proof."""
    header = "WWW-Authenticate" if refusal.status == 401 else "Proxy-Authenticate"
    offered = [c for c in refusal.all(header) if algorithm.lower() in c.lower()]
    if not offered:
        raise RigError(f"no challenge of {algorithm or 'any kind'} in {refusal.headers}")
    number, method = sent.get("CSeq").split()
    proof = authorization(offered[0], method, sent.start.split()[1], user, password)
    via = sent.get("Via").partition(";")[0] + f";branch=z9hG4bK{new_token()};rport"
    headers = [
        (n, {"via": via, "cseq": f"{int(number) + 1} {method}"}.get(n.lower(), v)) for n, v in sent.headers
    ]
    name = "Authorization" if refusal.status == 401 else "Proxy-Authorization"
    return Message(sent.start, (*headers, (name, proof)), sent.body)


def ack(invite: Message, answer: Message) -> Message:
    """The ACK: in the INVITE's transaction for a refusal, to the Contact with a new branch for a 2xx."""
    number = invite.get("CSeq").split()[0]
    message = Message(invite.start, tuple(h for h in invite.headers if h[0].lower() != "content-type"))
    message = replace(replace(message, "CSeq", f"{number} ACK"), "To", answer.get("To"))
    uri = invite.start.split()[1]
    if 200 <= answer.status < 300:
        uri = answer.get("Contact").partition("<")[2].partition(">")[0] or uri
        message = replace(
            message, "Via", invite.get("Via").partition(";")[0] + f";branch=z9hG4bK{new_token()};rport"
        )
    return Message(f"ACK {uri} SIP/2.0", message.headers)


def _tls(authority: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority) if authority else None)
    context.check_hostname = False
    if authority is None:
        context.verify_mode = ssl.CERT_NONE
    return context


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, raw: Raw) -> None:
        self._raw = raw

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._raw._take(data, [parse(data)] if data.strip() else [])

    def connection_lost(self, exc: Exception | None) -> None:
        self._raw.closed.set()
