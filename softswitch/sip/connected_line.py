"""Connected line: the far end's display follows when somebody else is on the line (RFC 3325, RFC 3311)."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

import structlog

from softswitch.sip.errors import SipError

log = structlog.get_logger("softswitch.sip.connected_line")

BUSY: Final = 491
"""Another exchange is on: try again after a pause (RFC 3261 §14.1)."""


class ConnectedLine:
    """What one leg is to be shown, and whether it has been.

    One message at a time, and of what came up meanwhile only the newest. A far end that answers 491 is asked
    once more.
    """

    __slots__ = ("_call_id", "_owns_call_id", "_refused", "_send", "_sent", "_timer", "_wanted")

    def __init__(self, send: Callable[[bytes], int], call_id: str, *, owns_call_id: bool) -> None:
        """`send` sends header lines to the far end: returns 0, or BUSY where it could not; raises SipError.

        `owns_call_id`: we sent the INVITE, and so pause longer.
        """
        self._send = send
        self._call_id = call_id
        self._owns_call_id = owns_call_id
        self._wanted: bytes | None = None
        self._sent: bytes | None = None
        self._refused = False
        self._timer: asyncio.TimerHandle | None = None

    def show(self, lines: bytes) -> None:
        """Show it now, or as soon as what is under way has been answered. Raises SipError."""
        self._wanted = lines
        self._refused = False
        if self._sent is None and self._timer is None:
            self._try()

    def answered(self, code: int) -> None:
        """The final status of what was sent."""
        sent, self._sent = self._sent, None
        if code == BUSY and self._wanted is None and not self._refused:
            self._refused = True
            self._wanted = sent
        elif code >= 300:
            log.info("connected line refused", code=code, call_id=self._call_id)
        if self._wanted is not None:
            self._later(self._pause() if code == BUSY else 0.0)

    def ready(self) -> None:
        """The call is up: what waited for that waits no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._later(0.0)

    def close(self) -> None:
        """The leg is over."""
        self._wanted = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _try(self) -> None:
        lines, self._wanted = self._wanted, None
        if lines is None:
            return
        self._sent = lines  # before it is sent: the answer may be there before `_send` returns
        try:
            status = self._send(lines)
        except SipError:
            self._sent = None
            raise
        if status == BUSY:
            self._sent, self._wanted = None, lines
            self._later(self._pause())

    def _later(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._again)

    def _again(self) -> None:
        self._timer = None
        try:
            self._try()
        except SipError as error:
            log.debug("connected line not shown", error=str(error), call_id=self._call_id)

    def _pause(self) -> float:
        """Seconds, in steps of 10 ms (RFC 3261 §14.1)."""
        first, last = (210, 400) if self._owns_call_id else (0, 200)
        return random.randint(first, last) / 100  # noqa: S311 - it spreads load and guards nothing
