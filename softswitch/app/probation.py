"""A dialplan on probation: unless somebody confirms it in time, the one before comes back by itself."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from softswitch.config import Dialplan

log = structlog.get_logger("softswitch")


class Probation:
    """At most one at a time. `go_back` is given the dialplan before; a failure of it is logged."""

    def __init__(self, go_back: Callable[[Dialplan], Coroutine[Any, Any, object]]) -> None:
        self._go_back = go_back
        self._timer: asyncio.TimerHandle | None = None
        self._before: Dialplan | None = None
        self._work: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether a dialplan waits to be confirmed."""
        return self._timer is not None

    def begin(self, before: Dialplan, seconds: float) -> None:
        """The dialplan that has just been taken has that long."""
        self._before = before
        self._timer = asyncio.get_running_loop().call_later(seconds, self._over)

    def confirm(self) -> bool:
        """It stays; False when none waits."""
        if self._timer is None:
            return False
        self._timer.cancel()
        self._timer = self._before = None
        return True

    def _over(self) -> None:
        before, self._before, self._timer = self._before, None, None
        if before is not None:
            self._work = asyncio.get_running_loop().create_task(self._take_back(before))

    async def _take_back(self, before: Dialplan) -> None:
        log.warning("dialplan not confirmed, the one before is taken back")
        try:
            await self._go_back(before)
        except Exception:
            log.exception("the dialplan before cannot be taken back: the unconfirmed one stays")
