"""Two phones that hold many calls with each other: a caller and a callee with a line for every call."""

import re
import select
import socket
import time
from dataclasses import dataclass, field

from benchmarks.processes import BenchmarkError
from benchmarks.rtp import SOCKETS, RtpLeg, local_port
from benchmarks.target import DOMAIN, PORT, password
from tests.rig.message import Message, new_token, parse, request, response, tagged
from tests.rig.raw import ack, with_digest

CALLER, CALLEE = "101", "201"
_CODECS = {"pcmu": (0, "PCMU/8000"), "g722": (9, "G722/8000"), "opus": (96, "opus/48000/2")}
_AT_ONCE = 8
_PATIENCE = 20.0
_LAST_WORDS = 0.3
"""Seconds of silence after which nothing more is expected from the switch."""
_BUFFER = 4 << 20


@dataclass(slots=True)
class HeldCall:
    """One call as both phones see it."""

    number: int
    invite: Message
    caller: RtpLeg | None = None
    callee: RtpLeg | None = None
    answer: Message | None = None
    over: bool = False


@dataclass(slots=True)
class Phones:
    """Caller and callee, each one socket. `codecs`: what the caller offers and what the callee takes."""

    switch: str
    caller_address: str
    callee_address: str
    media_address: str
    codecs: tuple[str, str] = ("pcmu", "pcmu")
    calls: list[HeldCall] = field(default_factory=list)
    _sockets: dict[str, socket.socket] = field(default_factory=dict)
    _by_call_id: dict[str, HeldCall] = field(default_factory=dict)
    _waiting: dict[str, Message] = field(default_factory=dict)
    _fresh: list[RtpLeg] = field(default_factory=list)
    _leg_numbers: int = 0

    def __post_init__(self) -> None:
        for role, address in (("caller", self.caller_address), ("callee", self.callee_address)):
            one = self._sockets[role] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            one.bind((address, PORT))
            one.setblocking(False)

    def close(self) -> None:
        """Closes the sockets; calls stay up at the switch."""
        for one in self._sockets.values():
            one.close()

    def __enter__(self) -> "Phones":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- what they do ----

    def register(self) -> None:
        """The callee registers."""
        aor = f"<sip:{CALLEE}@{DOMAIN}>"
        contact = f"<sip:{CALLEE}@{self.callee_address}:{PORT}>"
        message = request(
            "REGISTER",
            f"sip:{DOMAIN}",
            via=f"SIP/2.0/UDP {self.callee_address}:{PORT}",
            from_=aor,
            to=aor,
            contact=contact,
            extra=[("Expires", "7200")],
        )
        refusal = self._ask(message)
        answer = self._ask(with_digest(message, refusal, CALLEE, password(CALLEE)))
        if answer.status != 200:
            raise BenchmarkError(f"the callee could not register: {answer.start}")

    def call(self, count: int, number: str = CALLEE) -> list[HeldCall]:
        """Sets up so many calls more, to the callee or to a place of the switch that answers by itself.

        All are answered when this returns.
        """
        fresh: list[HeldCall] = []
        deadline = time.monotonic() + _PATIENCE + count / 20
        while len(fresh) < count or any(one.answer is None for one in fresh):
            while len(fresh) < count and sum(one.answer is None for one in fresh) < _AT_ONCE:
                fresh.append(self._invite(number))
            self._serve(0.02)
            if time.monotonic() > deadline:
                missing = sum(one.answer is None for one in fresh)
                raise BenchmarkError(f"{missing} of {count} calls were not answered in time")
        self.calls += fresh
        if number == CALLEE:
            for one, callee in zip(fresh, self._fresh, strict=True):
                one.callee = callee
        self._fresh.clear()
        return fresh

    def hang_up(self) -> None:
        """Ends all calls, from the caller's side."""
        running, self.calls = self.calls, []
        for at in range(0, len(running), _AT_ONCE):
            some = running[at : at + _AT_ONCE]
            for one in some:
                self._bye(one)
            deadline = time.monotonic() + _PATIENCE
            while not all(one.over for one in some):
                self._serve(0.02)
                if time.monotonic() > deadline:
                    raise BenchmarkError("BYE was not answered")
        quiet = time.monotonic() + _LAST_WORDS
        while time.monotonic() < quiet:
            if self._serve(0.05):
                quiet = time.monotonic() + _LAST_WORDS

    def hold(self) -> None:
        """The caller holds in every call; the callee hears music from then on."""
        for at in range(0, len(self.calls), _AT_ONCE):
            some = self.calls[at : at + _AT_ONCE]
            for one in some:
                self._hold(one)
            deadline = time.monotonic() + _PATIENCE
            while any(one.answer is None for one in some):
                self._serve(0.02)
                if time.monotonic() > deadline:
                    raise BenchmarkError("re-INVITE was not answered")

    def rtp_legs(self) -> list[RtpLeg]:
        """Both legs of every call."""
        return [leg for one in self.calls for leg in (one.caller, one.callee) if leg is not None]

    # ---- caller ----

    def _invite(self, number: str) -> HeldCall:
        leg = self._next_leg()
        message = request(
            "INVITE",
            f"sip:{number}@{DOMAIN}",
            via=f"SIP/2.0/UDP {self.caller_address}:{PORT}",
            from_=f"<sip:{CALLER}@{DOMAIN}>",
            to=f"<sip:{number}@{DOMAIN}>",
            contact=f"<sip:{CALLER}@{self.caller_address}:{PORT}>",
            body=self._sdp(leg, self.codecs[0], _CODECS[self.codecs[0]][0]),
        )
        call = HeldCall(leg, message)
        self._by_call_id[message.get("Call-ID")] = call
        self._send("caller", message)
        return call

    def _caller_gets(self, message: Message) -> None:
        call = self._by_call_id.get(message.get("Call-ID"))
        if call is None or not message.status:
            return
        if message.method == "BYE" and message.status >= 200:
            call.over = True
        if message.method != "INVITE" or message.status < 200:
            return
        self._send("caller", ack(call.invite, message))
        if message.status == 401:
            call.invite = with_digest(call.invite, message, CALLER, password(CALLER))
            self._send("caller", call.invite)
        elif message.status == 200:
            call.caller = self._rtp(call.number, self.codecs[0], message.body)
            call.answer = message
        else:
            raise BenchmarkError(f"a call was refused: {message.start}")

    def _bye(self, call: HeldCall) -> None:
        self._send("caller", self._in_dialog("BYE", call))

    def _hold(self, call: HeldCall) -> None:
        body = self._sdp(call.number, self.codecs[0], _CODECS[self.codecs[0]][0], "sendonly")
        call.invite = self._in_dialog("INVITE", call, body)
        call.answer = None
        self._send("caller", call.invite)

    def _in_dialog(self, method: str, call: HeldCall, body: bytes = b"") -> Message:
        if call.answer is None:
            raise BenchmarkError(f"{method} in a call that was never answered")
        return request(
            method,
            call.answer.get("Contact").partition("<")[2].partition(">")[0],
            via=f"SIP/2.0/UDP {self.caller_address}:{PORT}",
            from_=call.invite.get("From"),
            to=call.answer.get("To"),
            call_id=call.invite.get("Call-ID"),
            cseq=int(call.invite.get("CSeq").split()[0]) + 1,
            contact=f"<sip:{CALLER}@{self.caller_address}:{PORT}>" if body else "",
            body=body,
        )

    # ---- callee ----

    def _callee_gets(self, message: Message) -> None:
        if message.status:
            self._waiting[message.get("CSeq")] = message
        elif message.method == "INVITE" and not message.tag("To"):
            self._answer(message)
        elif message.method != "ACK":
            self._send("callee", response(message, 200, "OK"))

    def _answer(self, invite: Message) -> None:
        leg, codec = self._next_leg(), self.codecs[1]
        offered = re.search(rf"a=rtpmap:(\d+) {_CODECS[codec][1]}".encode(), invite.body, re.IGNORECASE)
        if offered is None:
            raise BenchmarkError(f"the switch does not offer {codec}:\n{invite.body.decode()}")
        contact = ("Contact", f"<sip:{CALLEE}@{self.callee_address}:{PORT}>")
        tag = new_token()
        self._send("callee", tagged(response(invite, 180, "Ringing", [contact]), tag))
        body = self._sdp(leg, codec, int(offered[1]))
        self._send("callee", tagged(response(invite, 200, "OK", [contact], body), tag))
        self._fresh.append(self._rtp(leg, codec, invite.body, int(offered[1])))

    # ---- both ----

    def _next_leg(self) -> int:
        self._leg_numbers += 1
        return self._leg_numbers - 1

    def _sdp(self, leg: int, codec: str, payload_type: int, direction: str = "sendrecv") -> bytes:
        lines = [
            "v=0",
            f"o=- 1 1 IN IP4 {self.media_address}",
            "s=-",
            f"c=IN IP4 {self.media_address}",
            "t=0 0",
        ]
        lines += [f"m=audio {local_port(leg)} RTP/AVP {payload_type}"]
        lines += [f"a=rtpmap:{payload_type} {_CODECS[codec][1]}", "a=ptime:20", f"a={direction}", ""]
        return "\r\n".join(lines).encode()

    def _rtp(self, leg: int, codec: str, sdp: bytes, payload_type: int | None = None) -> RtpLeg:
        media = re.search(rb"m=audio (\d+)", sdp)
        address = re.search(rb"c=IN IP4 (\S+)", sdp)
        if media is None or address is None:
            raise BenchmarkError(f"no media in the switch's SDP:\n{sdp.decode()}")
        kind = _CODECS[codec][0] if payload_type is None else payload_type
        return RtpLeg(leg % SOCKETS, address[1].decode(), int(media[1]), kind, codec)

    def _send(self, role: str, message: Message) -> None:
        self._sockets[role].sendto(message.encode(), (self.switch, PORT))

    def _ask(self, message: Message) -> Message:
        """A request of the callee's and its final response."""
        self._waiting.clear()
        self._send("callee", message)
        deadline = time.monotonic() + _PATIENCE
        while not self._waiting:
            self._serve(0.05)
            if time.monotonic() > deadline:
                raise BenchmarkError(f"no answer to {message.start}")
        return self._waiting.popitem()[1]

    def _serve(self, seconds: float) -> bool:
        """Takes what has come. True if anything had."""
        ready, _, _ = select.select(list(self._sockets.values()), [], [], seconds)
        for role, take in (("caller", self._caller_gets), ("callee", self._callee_gets)):
            one = self._sockets[role]
            while one in ready:
                try:
                    data = one.recv(65536)
                except BlockingIOError:
                    break
                if data.strip():
                    take(parse(data))
        return bool(ready)
