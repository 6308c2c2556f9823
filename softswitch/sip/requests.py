"""Requests from the wire that PJSIP's dialogs do not answer by themselves: read, judged, answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from softswitch.sip import tap
from softswitch.sip.capabilities import ALLOW
from softswitch.sip.credentials import Credentials
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg, header_lines
from softswitch.sip.leg_events import Digit
from softswitch.sip.message import MalformedMessage, Request, Response
from softswitch.sip.profiles import Profiles
from softswitch.sip.source import Source
from softswitch.sip.tap import ffi, lib
from softswitch.sip.unparsable import answer_to, response, without_credentials

log = structlog.get_logger("softswitch.sip.requests")

_KNOWN_SOURCES: Final = 50_000


@dataclass(frozen=True, slots=True)
class Admit:
    """An INVITE may become a leg."""

    number: str
    """The extension that was proved to have sent it, or whom a trunk names as the caller."""
    srtp: str
    """off, optional or required."""
    trunk: str = ""
    """The trunk that it came in by; empty for an extension."""
    name: str = ""
    """What the trunk calls the caller."""
    credentials: Credentials | None = None
    """What answers the trunk, should it challenge our requests in the dialog."""
    emergency: bool = False
    """It comes in however full the switch is: some legs are kept for that."""


class Reception(Protocol):
    """Who decides about requests from the wire. Called inside PJSIP: must answer at once and not block."""

    def request(self, request: Request, source: Source) -> Response | Admit | None:
        """Answer it, let an INVITE become a leg, or drop it (None)."""

    def challenge(self, source: Source) -> Response | None:
        """The answer to an INVITE from there that proves nothing; None where it has to be read first."""

    def leg(self, leg: Leg, request: Request, source: Source) -> None:
        """An admitted INVITE has become a leg. Called from the loop."""

    def connection_lost(self, connection: str) -> None:
        """A TCP or TLS connection is gone."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """The INVITE that PJSIP is about to make a leg of."""

    request: Request
    source: Source
    by: Admit


class Requests:
    """Called inside PJSIP, for one request at a time."""

    def __init__(
        self,
        reception: Reception,
        profiles: Profiles,
        listeners: tuple[str, ...],
        is_full: Callable[[], bool],
        on_digit: Callable[[int, Digit], None],
        on_refer: Callable[[int, Request], Response],
    ) -> None:
        """`listeners` are names, in PJSIP's order; `on_digit` and `on_refer` get the token of a
        leg, and `on_refer` answers.
        """
        self.admitted: Admitted | None = None
        self._reception = reception
        self._profiles = profiles
        self._listeners = listeners
        self._is_full = is_full
        self._on_digit = on_digit
        self._on_refer = on_refer
        self._sources: dict[tuple[str, int, int], Source] = {}

    def request(self, raw: Any) -> int:
        """See tap.Upcalls."""
        self.admitted = None
        source = self._source(raw)
        if raw.is_bare and (challenge := self._reception.challenge(source)) is not None:
            self._respond(challenge)
            return tap.CONSUMED
        data = bytes(ffi.buffer(raw.data, raw.length))
        try:
            request = Request.parse(data)
            answer = self._answer(request, source, raw.leg)
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

    def _answer(self, request: Request, source: Source, leg: int) -> Response | Admit | None:
        try:
            return self._in_dialog(request, leg) if leg else self._reception.request(request, source)
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
            local = self._listeners[listener] if 0 <= listener < len(self._listeners) else ""
            source = Source(ip, port, transport, connection, listener, local)
            if len(self._sources) >= _KNOWN_SOURCES:
                self._sources.clear()
            self._sources[ip, port, listener] = source
        return source

    def _admit(self, admit: Admit, request: Request, source: Source, has_crypto: bool) -> int:
        if self._is_full() and not admit.emergency:
            self._respond(Response(503, "Exchange Full", (("Retry-After", "5"),)))
            return tap.CONSUMED
        srtp = admit.srtp if has_crypto or admit.srtp == "required" else "off"
        try:
            account = self._profiles.account(source.listener, source.ip, srtp, admit.credentials)
            tap.check("take an RTP port", lib.tap_ports_prepare(account))
        except SipError as error:
            log.error("INVITE refused", error=str(error), call_id=request.call_id)
            self._respond(Response(503, "Service Unavailable", (("Retry-After", "5"),)))
            return tap.CONSUMED
        self.admitted = Admitted(request, source, admit)
        return account

    def _respond(self, response: Response) -> None:
        headers, content_type = response.headers, b""
        if response.body:
            content_type = (response.header("Content-Type") or "").encode()
            headers = tuple([pair for pair in headers if pair[0].lower() != "content-type"])
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

    def _in_dialog(self, request: Request, leg: int) -> Response | None:
        if request.method == "INFO":
            if request.content_type == "application/dtmf":
                digit = request.body.decode("latin-1").strip()[:1].upper()
                if digit and digit in "0123456789*#ABCD":
                    self._on_digit(leg, Digit(digit, 0, by_info=True))
                    return Response(200, "OK")
                return Response(400, "Not A DTMF Digit")
            if not request.body:
                return Response(200, "OK")  # some phones send an empty one as keep-alive
            return Response(
                415, "Unsupported Media Type", (("Accept", "application/dtmf-relay, application/dtmf"),)
            )
        if request.method == "REFER":
            return self._on_refer(leg, request)
        if request.method == "OPTIONS":
            return Response(200, "OK", (("Allow", ALLOW),))
        if request.method == "NOTIFY":
            return Response(481, "Subscription Does Not Exist")  # RFC 6665 §4.1.3
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
            request = Request.parse(rest)
            if request.method in ("ACK", "CANCEL"):
                return None  # RFC 3261 §22.1: neither can be challenged
            answer = self._reception.request(request, Source(ip, port, tap.TRANSPORTS.get(transport, "")))
        except MalformedMessage:
            return None
        if not isinstance(answer, Response) or answer.body:
            return None
        return response(data, answer.status, answer.reason, answer.headers)
