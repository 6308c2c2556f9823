"""Where a call waits for what its legs tell it."""

import asyncio
from collections import deque

from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import LegEvent

Notice = tuple[Leg, LegEvent]


class Inbox:
    """A queue for one reader, without locks: everything runs on the loop."""

    __slots__ = ("_loop", "_notices", "_waiter")

    def __init__(self) -> None:
        self._notices: deque[Notice] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()

    def post(self, leg: Leg, event: LegEvent) -> None:
        """To be set as the legs' owner."""
        self._notices.append((leg, event))
        self._wake()

    async def next(self, deadline: float | None = None) -> Notice | None:
        """The next event, in order; None at `deadline` (the loop's time). For one reader at a time."""
        while not self._notices:
            if deadline is not None and self._loop.time() >= deadline:
                return None
            waiter = self._waiter = self._loop.create_future()
            timer = None if deadline is None else self._loop.call_at(deadline, self._wake)
            try:
                await waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
        return self._notices.popleft()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
