"""A caller that proves who it is and then sends nonsense, and a callee that answers with nonsense."""

import asyncio
import contextlib
import random
import re
import secrets
import socket
from dataclasses import dataclass, field
from typing import Final

from tests.rig.message import Message, authorization, replace, request, response, tagged
from tests.rig.raw import Protocol, Raw, ack
from tests.rig.switch import DOMAIN, Switch, password
from tests.rig.waiting import RigError
from tests.torture.mutation import spoil

KINDS: Final = (
    "REGISTER", "INVITE", "INVITE", "INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER", "CANCEL", "BYE",
    "ACK", "RESPONSE", "re-INVITE", "re-INVITE", "INFO", "UPDATE", "PRACK",
)  # fmt: skip
_PACE: Final = 20
"""Messages between two looks whether the switch still answers; so no socket's buffer runs over either."""


def free_port() -> int:
    """For a connection's own end: 5060 may still be waiting to be free."""
    return 32768 + secrets.randbelow(25000)


@dataclass(slots=True)
class Fuzzer:
    """Sends `spoil`ed messages; all that is random comes from `chance`."""

    switch: Switch
    chance: random.Random
    caller: str = "101"
    callee: str = "102"
    sent: int = 0
    answered: int = 0
    _challenge: str = ""
    _count: int = 0
    _dialogs: list[tuple[Message, Message]] = field(default_factory=list)

    async def run(self, rounds: int, messages: int, clean: float = 0.15) -> None:
        """Each round from an address of its own, since wrong passwords block one; UDP and TCP in turn.

        `clean` is the share of messages that go as they are, so that calls come about.
        """
        for number in range(rounds):
            await self._round("tcp" if number % 3 == 2 else "udp", messages, clean)

    async def answer_calls(self, raw: Raw, clean: float = 0.4) -> None:
        """The callee: rings, answers, refuses, in every second case spoiled. Ends by being cancelled."""
        seen = 0
        while True:
            news = [m for m in raw.inbox.items[seen:] if m.status == 0]
            seen = len(raw.inbox.items)
            for message in news:
                for data in self._responses(raw, message):
                    await raw.send(data if self.chance.random() < clean else spoil(self.chance, data))
            await asyncio.sleep(0.01)

    async def _round(self, protocol: Protocol, messages: int, clean: float) -> None:
        raw = await self._connect(protocol)
        try:
            for number in range(messages):
                if raw.closed.is_set():
                    await raw.close()
                    raw = await self._connect(protocol)
                data = self._message(raw, self.chance.choice(KINDS)).encode()
                if self.chance.random() >= clean:
                    data = spoil(self.chance, data)
                with contextlib.suppress(ConnectionError):  # closed by the switch, as is its right
                    await self._send(raw, data)
                    self.sent += 1
                    if number % _PACE == _PACE - 1:
                        await self._follow(raw)
                if number % _PACE == _PACE - 1:
                    await self.is_alive()
        finally:
            self.answered += len(raw.inbox.items)
            await raw.close()
        await self.hang_up()

    async def hang_up(self) -> None:
        """Ends the calls that have come about."""
        for one in (await self.switch.control("calls"))["calls"]:
            # Refused when it has ended by itself in the meantime.
            await self.switch.control_answer("hangup", call=one["id"])

    async def _connect(self, protocol: Protocol) -> Raw:
        raw = await Raw.open(
            self.switch.address, protocol, local_port=5060 if protocol == "udp" else free_port()
        )
        refusal = await raw.ask(self._message(raw, "MESSAGE", proved=False))
        self._challenge, self._count, self._dialogs = refusal.get("WWW-Authenticate"), 0, []
        return raw

    async def _send(self, raw: Raw, data: bytes) -> None:
        """Over TCP also in pieces."""
        if raw.protocol == "tcp" and self.chance.random() < 0.4:
            for _ in range(self.chance.randint(1, 3)):
                at = self.chance.randrange(len(data) + 1)
                await raw.send(data[:at])
                await asyncio.sleep(0)
                data = data[at:]
        await raw.send(data)

    async def is_alive(self) -> None:
        """Raises RigError unless the switch answers a stranger's OPTIONS."""
        if self.switch.process.exit_code is not None:
            raise RigError(f"the switch is gone\n{self.switch.process.story()}")
        other = await Raw.open(self.switch.address, "udp")
        try:
            await other.ask(request("OPTIONS", f"sip:{DOMAIN}", via=other.via, from_=_aor("9"), to=_aor("9")))
        finally:
            await other.close()

    async def _follow(self, raw: Raw) -> None:
        """Acknowledges what was answered, and remembers the dialogs for later mischief."""
        for answer in list(raw.inbox.items):
            if answer.status < 200 or _method(answer) != "INVITE" or len(self._dialogs) > 20:
                continue
            if any(answer.get("Call-ID") == known.get("Call-ID") for known, _ in self._dialogs):
                continue
            invite = Message(f"INVITE sip:{self.callee}@{DOMAIN} SIP/2.0", _dialog_headers(raw, answer))
            confirmed = ack(invite, answer).encode()
            await raw.send(confirmed if self.chance.random() < 0.7 else spoil(self.chance, confirmed))
            if answer.status < 300:
                self._dialogs.append((invite, answer))
                self._make_noise(raw, answer)

    def _make_noise(self, raw: Raw, answer: Message) -> None:
        """What is no RTP and no RTCP, or hardly, to where the switch listens for both."""
        port = re.search(rb"m=audio (\d{4,5}) ", answer.body)
        if port is None:
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
            media.bind((raw.address, 0))
            for _ in range(30):
                kind = self.chance.choice((0, 8, 9, 96, 101, 13, 72, 73, 200 - 128, 127))
                start = bytes((self.chance.choice((0x80, 0x80, 0x90, 0xA0, 0xBF, 0x00)), kind | 0x80))
                packet = start + self.chance.randbytes(self.chance.choice((0, 2, 10, 14, 40, 170, 1400)))
                media.sendto(packet, (self.switch.address, int(port[1]) + self.chance.randrange(2)))

    def _message(self, raw: Raw, kind: str, proved: bool = True) -> Message:
        if kind in ("re-INVITE", "INFO", "UPDATE", "PRACK", "BYE", "ACK") and self._dialogs:
            return self._inside(raw, kind)
        method = {"re-INVITE": "INVITE", "RESPONSE": "INVITE"}.get(kind, kind)
        uri = f"sip:{DOMAIN}" if method == "REGISTER" else f"sip:{self.callee}@{DOMAIN}"
        to = _aor(self.caller if method == "REGISTER" else self.callee)
        extra = [("Expires", "60")] if method == "REGISTER" else []
        if proved and self._challenge and method not in ("ACK", "CANCEL"):
            self._count += 1
            proof = authorization(
                self._challenge, method, uri, self.caller, password(self.caller), count=self._count
            )
            extra.append(("Authorization", proof))
        made = request(
            method,
            uri,
            via=raw.via,
            from_=_aor(self.caller),
            to=to,
            cseq=self.chance.randint(1, 99999),
            contact=raw.contact(self.caller),
            extra=extra,
            body=self._description(raw) if method in ("INVITE", "MESSAGE", "UPDATE") else b"",
        )
        return (
            tagged(response(made, self.chance.choice((100, 180, 200, 404)), body=made.body), "x")
            if (kind == "RESPONSE")
            else made
        )

    def _inside(self, raw: Raw, kind: str) -> Message:
        invite, answer = self.chance.choice(self._dialogs)
        method = "INVITE" if kind == "re-INVITE" else kind
        target = re.search(r"<([^>]*)>", answer.get("Contact"))
        body = self._description(raw) if method in ("INVITE", "UPDATE", "PRACK") else b""
        made = request(
            method,
            target[1] if target else f"sip:{DOMAIN}",
            via=raw.via,
            from_=invite.get("From"),
            to=answer.get("To"),
            call_id=answer.get("Call-ID"),
            cseq=self.chance.randint(2, 2**31),
            contact=raw.contact(self.caller),
            extra=[("RAck", "1 1 INVITE")] if method == "PRACK" else [],
            body=b"Signal=5\r\nDuration=160\r\n" if method == "INFO" else body,
            body_type="application/dtmf-relay" if method == "INFO" else "application/sdp",
        )
        return replace(made, "CSeq", f"{self.chance.randint(2, 2**31)} {method}")

    def _description(self, raw: Raw) -> bytes:
        direction = self.chance.choice(("sendrecv", "sendrecv", "sendonly", "inactive"))
        lines = [
            "v=0",
            f"o=- 1 {self.chance.randint(1, 99)} IN IP4 {raw.address}",
            "s=-",
            f"c=IN IP4 {raw.address}",
        ]
        secured = self.chance.random() < 0.15
        profile = "SAVP" if secured else "AVP"
        lines += [
            "t=0 0",
            f"m=audio 6000 RTP/{profile} 0 8 9 96 101",
            "a=rtpmap:0 PCMU/8000",
            "a=rtpmap:9 G722/8000",
        ]
        lines += ["a=rtpmap:96 opus/48000/2", "a=fmtp:96 useinbandfec=1", "a=rtpmap:101 telephone-event/8000"]
        lines += [f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{'QUJD' * 10}"] * secured
        return "\r\n".join([*lines, "a=fmtp:101 0-16", "a=ptime:20", f"a={direction}", ""]).encode()

    def _responses(self, raw: Raw, message: Message) -> list[bytes]:
        """What the callee says to a request of the switch."""
        if _method(message) == "ACK":
            return []
        if _method(message) != "INVITE":
            return [tagged(response(message, 200), "callee").encode()]
        extra = [("Contact", raw.contact(self.callee)), ("Require", "100rel"), ("RSeq", "1")]
        ways = (
            (180, 183, 200),
            (200,),
            (180, 200),
            (486,),
            (302,),
            (100, 180),
            (180, 603),
            (200, 200),
            (183, 200),
        )
        return [
            tagged(
                response(
                    message,
                    status,
                    extra=extra if status == 183 else extra[:1],
                    body=self._description(raw) if status in (183, 200) else b"",
                ),
                "callee",
            ).encode()
            for status in self.chance.choice(ways)
        ]


def _method(message: Message) -> str:
    """From CSeq, which the switch may have had to copy from nonsense."""
    return (message.get("CSeq").split() or [""])[-1]


def _aor(user: str) -> str:
    return f"<sip:{user}@{DOMAIN}>"


def _dialog_headers(raw: Raw, answer: Message) -> tuple[tuple[str, str], ...]:
    branch = re.search(r"branch=([^;,\s]+)", answer.get("Via"))
    via = f"{raw.via};branch={branch[1] if branch else 'z9hG4bK'};rport"
    kept = tuple((name, answer.get(name)) for name in ("From", "To", "Call-ID", "CSeq"))
    return (("Via", via), ("Max-Forwards", "70"), *kept, ("Contact", raw.contact()))
