"""Calls whose device died: no RTP for too long means that nobody is there any more."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from softswitch.calls.call import Call
from softswitch.sip.leg import Leg
from softswitch.sip.leg_state import LegState

log = structlog.get_logger("softswitch.calls.watchdog")

LOOKS: Final = 4
"""How often it looks within one timeout."""
MOST: Final = 5.0
"""Seconds between two looks, at the most: a shorter timeout is to take effect soon."""


class Watchdog:
    """Compares each leg's count of RTP packets with the last look. A leg on hold may be silent."""

    def __init__(self, calls: Callable[[], tuple[Call, ...]], timeout: Callable[[], float | None]) -> None:
        self._calls = calls
        self._timeout = timeout
        self._seen: dict[int, tuple[int, float]] = {}

    async def run(self) -> None:
        """Until cancelled. A changed timeout takes effect at the next look."""
        loop = asyncio.get_running_loop()
        while True:
            timeout = self._timeout()
            await asyncio.sleep(min((timeout or MOST) / LOOKS, MOST))
            if timeout is not None:
                self.look(loop.time(), timeout)

    def look(self, now: float, timeout: float) -> None:
        """One look at every answered call. Times in seconds of any one clock."""
        seen: dict[int, tuple[int, float]] = {}
        for call in self._calls():
            if call.answered_at is None:
                continue
            for leg in call.legs:
                if leg.state is not LegState.CONFIRMED:
                    continue
                count, since = self._measure(leg, now)
                seen[leg.token] = (count, since)
                if now - since >= timeout:
                    log.warning("no RTP", call=call.id, number=leg.number, seconds=round(now - since))
                    call.vanished(leg)
        self._seen = seen

    def _measure(self, leg: Leg, now: float) -> tuple[int, float]:
        count = leg.received()
        before, since = self._seen.get(leg.token, (-1, now))
        may_be_silent = leg.sound is None or leg.sound.held
        return (count, now) if count != before or may_be_silent else (count, since)
