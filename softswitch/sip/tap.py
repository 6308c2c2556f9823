"""The boundary to C: PJSIP's tap and what it calls in Python.

PJSIP is one to a process, so the callbacks are the module's; they go to whoever `attach` named. Each catches
everything: an exception must not unwind through C, and is the fault of one call, not of the process.
"""

from typing import Any, Final, Protocol

import structlog
from softswitch_pjsip._tap import ffi, lib

from softswitch.sip.errors import EngineFailure, SipError, error_for

__all__ = ["Upcalls", "attach", "check", "detach", "ffi", "lib", "text"]

log = structlog.get_logger("softswitch.sip")

CONSUMED: Final = -1
_EARLY: Final = lib.TAP_STATE_EARLY
_OVER: Final = lib.TAP_STATE_DISCONNECTED
TRANSPORTS: Final = {lib.TAP_UDP: "udp", lib.TAP_TCP: "tcp", lib.TAP_TLS: "tls"}


class Upcalls(Protocol):
    """What the tap tells. Called inside PJSIP: note it down, act after the poll."""

    def request(self, request: Any) -> int:
        """A request not left to the dialog layer: an account to let an INVITE through, or CONSUMED."""

    def malformed(self, data: bytes, ip: str, port: int, transport: int) -> None:
        """Something that PJSIP cannot parse."""

    def incoming(self, leg_id: int) -> int:
        """The INVITE let through has become a leg. Returns its token."""

    def rejected(self, code: int) -> None:
        """The INVITE let through was refused by PJSIP itself."""

    def state(self, token: int, state: int, code: int, reason: str, remote: bool, headers: str) -> None:
        """A leg's dialog moved on."""

    def media(self, token: int, slot: int, status: int, direction: int) -> None:
        """A leg's media was negotiated anew."""

    def reply(self, token: int, code: int) -> None:
        """The final status of a request outside dialogs."""

    def registered(self, token: int, code: int, reason: str, expires: int) -> None:
        """What a carrier's registrar has answered; `expires` in seconds, 0 for no binding."""

    def shown(self, token: int, code: int) -> None:
        """The final status of what `tap_leg_show` sent."""

    def connection_lost(self, ip: str, port: int, transport: int) -> None:
        """A TCP or TLS connection is gone."""


_upcalls: Upcalls | None = None


def attach(upcalls: Upcalls) -> None:
    """Raises EngineFailure when another engine runs in this process."""
    global _upcalls
    if _upcalls is not None:
        raise EngineFailure(
            "cannot start", 0, "PJSIP already runs in this process, and there is one to a process"
        )
    _upcalls = upcalls


def detach() -> None:
    """Callbacks go nowhere from here on."""
    global _upcalls
    _upcalls = None


def error(what: str, status: int) -> SipError:
    """The exception for a PJSIP status."""
    buffer = ffi.new("char[]", 120)
    lib.tap_error_text(status, buffer, 120)
    return error_for(what, status, text(buffer))


def check(what: str, status: int) -> None:
    """Raises the SipError for any status but success."""
    if status != 0:
        raise error(what, status)


def text(pointer: Any) -> str:
    """A C string, whatever its bytes."""
    content: bytes = ffi.string(pointer)
    return content.decode("utf-8", "backslashreplace")


def _failed(_type: object, exception: BaseException, _traceback: object) -> None:
    log.error("exception in a callback", exc_info=exception)


@ffi.def_extern(error=CONSUMED, onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_request(request: Any) -> int:
    if _upcalls is None:
        return CONSUMED
    return _upcalls.request(request)


@ffi.def_extern(onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_malformed(data: Any, length: int, source: Any, port: int, transport: int) -> None:
    if _upcalls is not None:
        _upcalls.malformed(bytes(ffi.buffer(data, length)), text(source), port, transport)


@ffi.def_extern(error=0, onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_incoming(leg_id: int) -> int:
    return 0 if _upcalls is None else _upcalls.incoming(leg_id)


@ffi.def_extern(onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_rejected(code: int) -> None:
    if _upcalls is not None:
        _upcalls.rejected(code)


@ffi.def_extern(onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_state(token: int, _id: int, state: int, code: int, reason: Any, remote: int, headers: Any) -> None:
    if _upcalls is not None:
        over = state == _OVER
        why = text(reason) if over or state == _EARLY else ""
        _upcalls.state(token, state, code, why, bool(remote), text(headers) if over else "")


@ffi.def_extern(onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_media(token: int, _id: int, slot: int, status: int, direction: int) -> None:
    if _upcalls is not None:
        _upcalls.media(token, slot, status, direction)


@ffi.def_extern(onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_reply(token: int, code: int) -> None:
    if _upcalls is not None:
        _upcalls.reply(token, code)


@ffi.def_extern(onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_registered(token: int, code: int, reason: Any, expires: int) -> None:
    if _upcalls is not None:
        _upcalls.registered(token, code, text(reason), expires)


@ffi.def_extern(onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_shown(token: int, code: int) -> None:
    if _upcalls is not None:
        _upcalls.shown(token, code)


@ffi.def_extern(onerror=_failed)  # type: ignore[untyped-decorator]
def tap_on_connection_lost(source: Any, port: int, transport: int) -> None:
    if _upcalls is not None:
        _upcalls.connection_lost(text(source), port, transport)
