"""Where a call waits for what its legs and its own work tell it."""

import asyncio
from collections import deque
from typing import NamedTuple

from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import LegEvent


class Played(NamedTuple):
    """What was played to a leg has come to its end."""


Notice = tuple[Leg, LegEvent | Played]


class Inbox:
    """A queue for one reader, without locks: everything runs on the loop."""

    __slots__ = ("_loop", "_notices", "_waiter", "_woken")

    def __init__(self) -> None:
        self._notices: deque[Notice] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._woken = False
        self._loop = asyncio.get_running_loop()

    def post(self, leg: Leg, event: LegEvent | Played) -> None:
        """To be set as the legs' owner."""
        self._notices.append((leg, event))
        self._wake()

    def wake(self) -> None:
        """The reader shall look around, though there may be no notice."""
        self._woken = True
        self._wake()

    async def ready(self, deadline: float | None = None) -> None:
        """Returns when there is a notice, at `deadline` (the loop's time), or when woken. For one reader."""
        while not self._notices and not self._woken:
            if deadline is not None and self._loop.time() >= deadline:
                return
            waiter = self._waiter = self._loop.create_future()
            timer = None if deadline is None else self._loop.call_at(deadline, self._wake)
            try:
                await waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
        self._woken = False

    def take(self) -> Notice | None:
        """The next notice, in order; None when there is none."""
        return self._notices.popleft() if self._notices else None

    def move(self, leg: Leg, other: "Inbox") -> None:
        """What waits here of a leg waits there from now on."""
        moved = [notice for notice in self._notices if notice[0] is leg]
        if moved:
            self._notices = deque(notice for notice in self._notices if notice[0] is not leg)
            other._notices.extend(moved)
            other._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
