"""The engine: PJSIP on the loop. Requests go to a Reception, legs to whoever owns them.

uvloop watches PJSIP's epoll descriptor and a short tick runs its timers, so everything of the switch runs on
one thread. What PJSIP reports during a poll is queued and delivered after it, on a clean stack.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final, Protocol
from urllib.parse import quote

import structlog

from softswitch.sip import tap
from softswitch.sip.capabilities import ALLOW
from softswitch.sip.endpoint import Endpoint
from softswitch.sip.errors import EngineFailure, SipError
from softswitch.sip.ladder import Message, parse_capture
from softswitch.sip.leg import Headers, Leg, header_lines
from softswitch.sip.leg_events import Digit, Ended, LegEvent
from softswitch.sip.leg_state import Direction, LegState
from softswitch.sip.message import MalformedMessage, Request, Response
from softswitch.sip.profiles import Profiles
from softswitch.sip.settings import EngineSettings
from softswitch.sip.source import Source
from softswitch.sip.tap import ffi, lib
from softswitch.sip.unparsable import answer_to, response, without_credentials

__all__ = ["Admit", "Destination", "Engine", "Reception"]

log = structlog.get_logger("softswitch.sip.engine")

TICK: Final = 0.02
"""Seconds between two looks at PJSIP's timers."""
POLL_ROUNDS: Final = 64
_KNOWN_SOURCES: Final = 50_000
_TEXT: Final = "latin-1"


@dataclass(frozen=True, slots=True)
class Admit:
    """An INVITE may become a leg."""

    number: str
    """The extension that was proved to have sent it."""
    srtp: str
    """off, optional or required."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes: what it says, and the address it is really sent to."""

    uri: str
    """The Request-URI: the device's own Contact."""
    ip: str
    port: int
    transport: str
    local: str = ""
    """Name of the listener that it registered with; empty lets the engine choose."""

    @property
    def route(self) -> str:
        """The hop, as a URI: where the device's packets come from."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        suffix = "" if self.transport == "udp" else f";transport={self.transport}"
        return f"sip:{host}:{self.port}{suffix}"


@lru_cache(maxsize=10_000)
def _steered(destination: Destination) -> bytes:
    """The Request-URI with a Route that PJSIP follows and does not print."""
    return f"{destination.uri}?Route={quote(f'<{destination.route};lr;hide>')}".encode()


class Reception(Protocol):
    """Who decides about requests from the wire. Called inside PJSIP: must answer at once and not block."""

    def request(self, request: Request, source: Source) -> Response | Admit | None:
        """Answer it, let an INVITE become a leg, or drop it (None)."""

    def leg(self, leg: Leg, request: Request, source: Source) -> None:
        """An admitted INVITE has become a leg. Called from the loop."""

    def connection_lost(self, connection: str) -> None:
        """A TCP or TLS connection is gone."""


class Engine:
    """One to a process. `start` and `stop` from the loop that it lives on."""

    def __init__(self, settings: EngineSettings, reception: Reception) -> None:
        self.settings = settings
        self._reception = reception
        self._legs: dict[int, Leg] = {}
        self._by_call_id: dict[str, Leg] = {}
        self._queue: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._admitted: tuple[Request, Source, str] | None = None
        self._replies: dict[int, Callable[[int], None]] = {}
        self._tokens = itertools.count(1)
        self._polling = False
        self._drain_scheduled = False
        self._endpoint: Endpoint | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tick: asyncio.TimerHandle | None = None
        self._idle: asyncio.Event | None = None
        self._profiles = Profiles(settings)
        self._names = tuple(listener.name for listener in settings.listeners)
        self._sources: dict[tuple[str, int, int], Source] = {}

    # ---- life ----

    def start(self) -> None:
        """Open the listeners and begin to poll. Raises EngineFailure."""
        self._loop = asyncio.get_running_loop()
        tap.attach(self)
        try:
            self._endpoint = Endpoint(self.settings)
            tap.check("start the tap", lib.tap_start())
            tap.check("start the capture", lib.tap_capture_start(self.settings.capture_bytes))
            tap.check("set up Opus", lib.tap_opus_rate(self.settings.clock_rate))
            self._endpoint.start()
        except BaseException:
            self._close()
            raise
        self._loop.add_reader(lib.tap_epoll_fd(), self._poll)
        self._loop.add_reader(lib.tap_signal_fd(), self._take_digits)
        self._tick = self._loop.call_later(TICK, self._on_tick)

    async def settled(self, within: float) -> bool:
        """Waits until every BYE and CANCEL is answered, at most `within` seconds; False if some are not."""
        self._idle = asyncio.Event()
        try:
            await asyncio.wait_for(self._idle.wait(), within)
        except TimeoutError:
            return False
        return True

    def stop(self) -> None:
        """Close everything at once. End the legs and let their BYEs be answered first."""
        if self._loop is not None and self._tick is not None:
            self._tick.cancel()
            self._loop.remove_reader(lib.tap_epoll_fd())
            self._loop.remove_reader(lib.tap_signal_fd())
        self._close()

    def _close(self) -> None:
        if self._endpoint is not None:
            lib.tap_stop()
            self._endpoint.close()
            self._endpoint = None
        tap.detach()

    @property
    def legs(self) -> tuple[Leg, ...]:
        """All legs that are not over."""
        return tuple(self._legs.values())

    @property
    def leg_count(self) -> int:
        """How many legs are not over."""
        return len(self._legs)

    @property
    def lingering(self) -> int:
        """Dialogs that PJSIP still holds: legs, and ended ones whose BYE or CANCEL is not answered yet."""
        return int(lib.tap_legs_in_use())

    @property
    def full(self) -> bool:
        """True when no further call can be taken."""
        return len(self._legs) + 2 > self.settings.max_legs

    def change_local_networks(self, networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
        """Who is told the external address, from the next leg on."""
        if networks != self.settings.local_networks:
            self.settings = replace(self.settings, local_networks=networks)
            self._profiles.take(self.settings)

    # ---- operations ----

    def call(
        self,
        destination: Destination,
        *,
        number: str,
        to: str,
        from_: str,
        call_id: str,
        srtp: str = "off",
        headers: Headers = (),
        first_codec: str = "",
    ) -> Leg:
        """Send an INVITE. `to` and `from_` are name-addrs. Raises SipError; OutOfResources when full."""
        leg = Leg(self, Direction.OUTBOUND, call_id, number, destination.transport)
        listener = self.listener_for(destination)
        made = ffi.new("int *", -1)
        status = lib.tap_leg_call(
            self._profiles.account(listener, destination.ip, srtp),
            _steered(destination),
            to.encode(),
            from_.encode(),
            call_id.encode(),
            header_lines(headers),
            first_codec.encode(),
            leg.token,
            made,
        )
        tap.check(f"call {number}", status)
        leg.id = made[0]
        leg.state = LegState.CALLING
        self._legs[leg.token] = leg
        self._by_call_id[call_id] = leg
        return leg

    def send(
        self,
        method: str,
        destination: Destination,
        *,
        from_: str,
        to: str,
        on_reply: Callable[[int], None],
        headers: Headers = (),
    ) -> None:
        """Send a request outside dialogs; `on_reply` gets its final status, 408 if none. Raises SipError."""
        token = next(self._tokens)
        self._replies[token] = on_reply
        status = lib.tap_send_request(
            method.encode(),
            destination.uri.encode(),
            destination.route.encode(),
            from_.encode(),
            to.encode(),
            self.listener_for(destination),
            header_lines(headers),
            b"",
            b"",
            0,
            token,
        )
        if status != 0:
            self._replies.pop(token, None)
            raise tap.error(f"send {method}", status)

    def ladder(self, call_ids: tuple[str, ...]) -> list[Message]:
        """The captured messages of these dialogs, oldest first, as far as the ring still has them."""
        messages: list[Message] = []
        for call_id in call_ids:
            buffer = ffi.new("char[]", 4 * 1024 * 1024)
            size = lib.tap_capture_find(call_id.encode(), buffer, len(buffer))
            found = parse_capture(bytes(ffi.buffer(buffer, size)))
            # Others may name the Call-ID somewhere in their text.
            messages += [message for message in found if message.call_id == call_id]
        return sorted(messages, key=lambda message: message.at)

    def hold_connection(self) -> int:
        """While a request is being answered: keep its connection open. Returns a handle, 0 for UDP."""
        return int(lib.tap_connection_hold())

    def release_connection(self, handle: int) -> None:
        """Let a held connection close when it has been idle."""
        lib.tap_connection_release(handle)

    def listener_for(self, destination: Destination) -> int:
        """The listener to send from. Raises EngineFailure when none speaks that transport and IP version."""
        listeners = self.settings.listeners
        is_v6 = ":" in destination.ip
        fits = [
            index
            for index, listener in enumerate(listeners)
            if listener.transport == destination.transport and (":" in listener.address) == is_v6
        ]
        for index in fits:
            if self._names[index] == destination.local:
                return index
        if not fits:
            version = "IPv6" if is_v6 else "IPv4"
            raise EngineFailure(
                f"no {destination.transport} listener for {version}", 0, "add one to `listen`"
            )
        return fits[0]

    # ---- polling ----

    def _poll(self) -> None:
        self._polling = True
        lib.tap_poll(POLL_ROUNDS)
        self._polling = False
        self._drain()

    def _on_tick(self) -> None:
        self._poll()
        if self._idle is not None and not self.lingering:
            self._idle.set()
        if self._loop is not None:
            self._tick = self._loop.call_later(TICK, self._on_tick)

    def _drain(self) -> None:
        queue = self._queue
        while queue:
            function, arguments = queue.popleft()
            try:
                function(*arguments)
            except Exception:
                # The timers' tick comes through here: it must go on, whatever is wrong with one event.
                log.exception("an event could not be handled")

    def _later(self, function: Callable[..., None], *arguments: Any) -> None:
        self._queue.append((function, arguments))
        if not self._polling and not self._drain_scheduled and self._loop is not None:
            self._drain_scheduled = True
            self._loop.call_soon(self._drain_later)

    def _drain_later(self) -> None:
        self._drain_scheduled = False
        self._drain()

    def _deliver(self, leg: Leg, event: LegEvent) -> None:
        if leg.owner is None:
            return
        try:
            leg.owner(leg, event)
        except Exception:
            log.exception("call control failed", call_id=leg.call_id)
            self.fail(leg)

    def fail(self, leg: Leg) -> None:
        """End a leg after a fault of ours: 500 where it can still be said."""
        try:
            if leg.state in (LegState.INCOMING, LegState.EARLY) and leg.direction is Direction.INBOUND:
                leg.refuse(500)
            else:
                leg.hangup()
        except SipError:
            log.debug("leg was over already", call_id=leg.call_id)

    def _take_digits(self) -> None:
        digit = ffi.new("tap_digit *")
        while lib.tap_next_digit(digit):
            leg = self._legs.get(digit.token)
            if leg is not None:
                self._later(self._deliver, leg, Digit(chr(digit.digit), digit.duration_ms, bool(digit.info)))

    # ---- Upcalls ----

    def request(self, raw: Any) -> int:
        """See tap.Upcalls."""
        self._admitted = None
        data = bytes(ffi.buffer(raw.data, raw.length))
        source = self._source(raw)
        try:
            request = Request.parse(data)
            answer = self._answer(request, source, bool(raw.in_dialog))
        except MalformedMessage as error:
            log.info("malformed request", reason=error.reason, source=f"{source.ip}:{source.port}")
            answer = Response.of_malformed(error)
        except Exception:
            log.exception("a request could not be read", source=f"{source.ip}:{source.port}")
            answer = Response(500, "Server Internal Error")
        if isinstance(answer, Admit):
            return self._admit(answer, request, source, bool(raw.has_offer_crypto))
        if answer is not None:
            self._respond(answer)
        return tap.CONSUMED

    def _answer(self, request: Request, source: Source, in_dialog: bool) -> Response | Admit | None:
        try:
            return self._in_dialog(request) if in_dialog else self._reception.request(request, source)
        except MalformedMessage:
            raise
        except Exception:
            log.exception(
                "a request could not be handled",
                call_id=request.header("call-id"),
                source=f"{source.ip}:{source.port}",
            )
            return Response(500, "Server Internal Error")

    def _source(self, raw: Any) -> Source:
        """Kept by far end: a phone that speaks again costs no more than a look-up."""
        ip, port, listener = tap.text(raw.source), raw.port, raw.listener
        source = self._sources.get((ip, port, listener))
        if source is None:
            transport = tap.TRANSPORTS.get(raw.transport, "")
            connection = "" if transport == "udp" else f"{transport}:{ip}:{port}"
            local = self._names[listener] if 0 <= listener < len(self._names) else ""
            source = Source(ip, port, transport, connection, listener, local)
            if len(self._sources) >= _KNOWN_SOURCES:
                self._sources.clear()
            self._sources[ip, port, listener] = source
        return source

    def _admit(self, admit: Admit, request: Request, source: Source, has_crypto: bool) -> int:
        if self.full:
            self._respond(Response(503, "Exchange Full", (("Retry-After", "5"),)))
            return tap.CONSUMED
        srtp = admit.srtp if has_crypto or admit.srtp == "required" else "off"
        try:
            account = self._profiles.account(source.listener, source.ip, srtp)
            tap.check("take an RTP port", lib.tap_ports_prepare(account))
        except SipError as error:
            log.error("INVITE refused", error=str(error), call_id=request.call_id)
            self._respond(Response(503, "Service Unavailable", (("Retry-After", "5"),)))
            return tap.CONSUMED
        self._admitted = (request, source, admit.number)
        return account

    def _respond(self, response: Response) -> None:
        content_type = (response.header("Content-Type") or "").encode()
        headers = [(name, value) for name, value in response.headers if name.lower() != "content-type"]
        status = lib.tap_respond(
            response.status,
            response.reason.encode(),
            header_lines(headers),
            content_type,
            response.body,
            len(response.body),
        )
        if status != 0:
            log.debug("response not sent", error=str(tap.error("respond", status)))

    def _in_dialog(self, request: Request) -> Response | None:
        leg = self._by_call_id.get(request.call_id)
        if leg is None:
            return Response(481, "Call/Transaction Does Not Exist")
        if request.method == "INFO":
            if request.content_type == "application/dtmf":
                digit = request.body.decode(_TEXT).strip()[:1].upper()
                if digit and digit in "0123456789*#ABCD":
                    self._later(self._deliver, leg, Digit(digit, 0, by_info=True))
                    return Response(200, "OK")
                return Response(400, "Not A DTMF Digit")
            if not request.body:
                return Response(200, "OK")  # some phones send an empty one as keep-alive
            return Response(
                415, "Unsupported Media Type", (("Accept", "application/dtmf-relay, application/dtmf"),)
            )
        if request.method == "OPTIONS":
            return Response(200, "OK", (("Allow", ALLOW),))
        return Response(405, "Method Not Allowed", (("Allow", ALLOW),))

    def malformed(self, data: bytes, ip: str, port: int, transport: int) -> None:
        """See tap.Upcalls."""
        answer = self._challenge(data, ip, port, transport) or answer_to(data)
        log.info(
            "unparsable message",
            source=f"{ip}:{port}",
            transport=tap.TRANSPORTS.get(transport),
            bytes=len(data),
            answered=answer[8:11].decode() if answer else None,
        )
        if answer is not None:
            lib.tap_reply_raw(answer, len(answer))

    def _challenge(self, data: bytes, ip: str, port: int, transport: int) -> bytes | None:
        """The challenge for who sent credentials of a scheme that PJSIP does not know."""
        rest = without_credentials(data)
        if rest is None:
            return None
        try:
            source = Source(ip, port, tap.TRANSPORTS.get(transport, ""))
            answer = self._reception.request(Request.parse(rest), source)
        except MalformedMessage:
            return None
        if not isinstance(answer, Response) or answer.body:
            return None
        return response(data, answer.status, answer.reason, answer.headers)

    def incoming(self, leg_id: int) -> int:
        """See tap.Upcalls."""
        if self._admitted is None:
            return 0
        request, source, number = self._admitted
        self._admitted = None
        leg = Leg(self, Direction.INBOUND, request.call_id, number, source.transport)
        leg.id = leg_id
        leg.state = LegState.INCOMING
        self._legs[leg.token] = leg
        self._by_call_id[leg.call_id] = leg
        self._later(self._new_leg, leg, request, source)
        return leg.token

    def _new_leg(self, leg: Leg, request: Request, source: Source) -> None:
        try:
            self._reception.leg(leg, request, source)
        except Exception:
            log.exception("call control failed", call_id=leg.call_id)
            self.fail(leg)

    def rejected(self, code: int) -> None:
        """See tap.Upcalls."""
        if self._admitted is not None:
            log.warning("INVITE refused by PJSIP", code=code, call_id=self._admitted[0].call_id)
            self._admitted = None

    def state(self, token: int, state: int, code: int, reason: str, remote: bool, headers: str) -> None:
        """See tap.Upcalls."""
        leg = self._legs.get(token)
        if leg is None:
            return
        try:
            event: LegEvent | None = leg.advance(state, code, reason, remote, headers)
        except Exception:
            log.exception("a leg's state could not be taken", call_id=leg.call_id)
            if state != lib.TAP_STATE_DISCONNECTED:
                self._later(self.fail, leg)
                return
            leg.state, event = LegState.ENDED, Ended(code, reason, remote, headers)
        if leg.state is LegState.ENDED:
            del self._legs[token]
            self._by_call_id.pop(leg.call_id, None)
        if event is not None:
            self._later(self._deliver, leg, event)

    def media(self, token: int, slot: int, status: int, direction: int) -> None:
        """See tap.Upcalls."""
        leg = self._legs.get(token)
        if leg is None or leg.state is LegState.ENDED:
            return
        try:
            event = leg.hear(slot, status)
        except Exception:
            log.exception("a leg's media could not be taken", call_id=leg.call_id)
            self._later(self.fail, leg)
            return
        self._later(self._deliver, leg, event)

    def reply(self, token: int, code: int) -> None:
        """See tap.Upcalls."""
        on_reply = self._replies.pop(token, None)
        if on_reply is not None:
            self._later(on_reply, code)

    def connection_lost(self, ip: str, port: int, transport: int) -> None:
        """See tap.Upcalls."""
        self._later(self._reception.connection_lost, f"{tap.TRANSPORTS.get(transport, '')}:{ip}:{port}")
