"""Our registration at one carrier (RFC 3261 §10.2): kept up, tried again, taken back at the end."""

import asyncio
import enum
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import structlog

from softswitch.sip.credentials import Credentials
from softswitch.sip.destination import Destination
from softswitch.sip.errors import SipError

if TYPE_CHECKING:
    from softswitch.sip.engine import Engine

log = structlog.get_logger("softswitch.sip.trunks")

EXPIRES: Final = 600
"""Seconds that we ask for. The carrier has the last word (RFC 3261 §10.2.1.1)."""
_FIRST_RETRY: Final = 2.0
_LONGEST_RETRY: Final = 300.0
# A wrong password gets no better by trying, and carriers lock out who tries too often.
_RETRY_REFUSED: Final = 60.0
_REFUSALS: Final = frozenset({401, 403, 404, 407})


class RegistrationState(enum.Enum):
    """How it is with a registration."""

    REGISTERING = "registering"
    REGISTERED = "registered"
    FAILED = "failed"
    """Tried again by and by."""


class CarrierRegistration:
    """One account at one address of a carrier. `close` when it is wanted no longer."""

    def __init__(
        self,
        engine: "Engine",
        trunk: str,
        destination: Destination,
        aor: str,
        credentials: Credentials,
        on_failure: Callable[[str], None],
    ) -> None:
        """`on_failure` is told in words what went wrong, each time."""
        self.state = RegistrationState.REGISTERING
        self.expires_at: float | None = None
        """Until when the carrier knows us, seconds since 1970; None while it does not."""
        self._engine = engine
        self._trunk = trunk
        self._on_failure = on_failure
        self._failures = 0
        self._retry: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Event | None = None
        self._handle: int | None = None
        self._open = (destination, aor, credentials)

    def start(self) -> None:
        """Register now."""
        self._retry = None
        try:
            if self._handle is None:
                destination, aor, credentials = self._open
                self._handle = self._engine.open_registration(
                    destination, aor, credentials, EXPIRES, self._answered
                )
            self._engine.send_registration(self._handle, stay=True)
        except SipError as error:
            self._failed(503, str(error))

    async def leave(self, within: float) -> None:
        """Take the binding back, if there is one, and forget the carrier; at most `within` seconds."""
        if self._retry is not None:
            self._retry.cancel()
        if self._handle is not None and self.state is RegistrationState.REGISTERED:
            self._leaving = asyncio.Event()
            try:
                self._engine.send_registration(self._handle, stay=False)
                await asyncio.wait_for(self._leaving.wait(), within)
            except (SipError, TimeoutError) as error:
                log.debug("registration not taken back", trunk=self._trunk, error=str(error))
        self.close()

    def close(self) -> None:
        """Forget the carrier at once; the binding stays there until it expires."""
        if self._retry is not None:
            self._retry.cancel()
        if self._handle is not None:
            self._engine.close_registration(self._handle)
            self._handle = None

    def _answered(self, code: int, reason: str, expires: int) -> None:
        if self._handle is None:
            return
        if self._leaving is not None:
            self._leaving.set()
        elif code >= 300 or not expires:
            self._failed(code, reason)
        else:
            if self.state is not RegistrationState.REGISTERED:
                log.info("registered at the carrier", trunk=self._trunk, expires=expires)
            self.state, self._failures = RegistrationState.REGISTERED, 0
            self.expires_at = time.time() + expires

    def _failed(self, code: int, reason: str) -> None:
        # Its refresh fails early enough: the binding may hold for a while yet, but nobody knows.
        self.state, self.expires_at = RegistrationState.FAILED, None
        pause = min(_FIRST_RETRY * 2**self._failures, _LONGEST_RETRY)
        if code in _REFUSALS:
            pause = max(pause, _RETRY_REFUSED)
        pause *= random.uniform(0.8, 1.2)  # noqa: S311 - so that not all switches come at once
        self._failures = min(self._failures + 1, 16)
        log.warning(
            "not registered at the carrier",
            trunk=self._trunk,
            code=code,
            reason=reason,
            retry_in=round(pause),
        )
        self._on_failure(f"{code} {reason} to REGISTER")
        self._retry = asyncio.get_running_loop().call_later(pause, self.start)
