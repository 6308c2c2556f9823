"""PJSIP polled by the loop, and what it reports delivered afterwards, on a clean stack."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import structlog

from softswitch.sip.tap import lib

log = structlog.get_logger("softswitch.sip.poller")

TICK: Final = 0.02
"""Seconds between two looks at PJSIP's timers."""
ROUNDS: Final = 64
"""Polls before the loop gets its turn, whatever still waits on the sockets."""


class Poller:
    """Watches PJSIP's epoll descriptor, ticks its timers, and keeps the queue of what it reported."""

    def __init__(self) -> None:
        self._queue: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self._polling = False
        self._drain_scheduled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tick: asyncio.TimerHandle | None = None
        self._due = 0.0
        self.on_late: Callable[[float], None] = lambda _seconds: None
        """Told at each tick by how many seconds it comes too late."""
        self._settled: asyncio.Event | None = None

    def start(self) -> None:
        """Begin to poll, on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(lib.tap_epoll_fd(), self._poll)
        self._tick_later()

    def stop(self) -> None:
        """No more polls: after PJSIP is closed one would crash."""
        if self._loop is not None and self._tick is not None:
            self._tick.cancel()
            self._loop.remove_reader(lib.tap_epoll_fd())

    def later(self, function: Callable[..., None], *arguments: Any) -> None:
        """Call it in its turn, after the present poll."""
        self._queue.append((function, arguments))
        if not self._polling and not self._drain_scheduled and self._loop is not None:
            self._drain_scheduled = True
            self._loop.call_soon(self._drain_later)

    async def settled(self, within: float) -> bool:
        """Waits until PJSIP holds no dialog any more, at most `within` seconds; False if it still does."""
        self._settled = asyncio.Event()
        try:
            await asyncio.wait_for(self._settled.wait(), within)
        except TimeoutError:
            return False
        return True

    def _poll(self) -> None:
        self._polling = True
        lib.tap_poll(ROUNDS)
        self._polling = False
        self._drain()

    def _on_tick(self) -> None:
        if self._loop is not None:
            self.on_late(self._loop.time() - self._due)
        self._poll()
        if self._settled is not None and not lib.tap_legs_in_use():
            self._settled.set()
        self._tick_later()

    def _tick_later(self) -> None:
        if self._loop is not None:
            self._due = self._loop.time() + TICK
            self._tick = self._loop.call_at(self._due, self._on_tick)

    def _drain(self) -> None:
        queue = self._queue
        while queue:
            function, arguments = queue.popleft()
            try:
                function(*arguments)
            except Exception:
                # The timers' tick comes through here: it must go on, whatever is wrong with one event.
                log.exception("an event could not be handled")

    def _drain_later(self) -> None:
        self._drain_scheduled = False
        self._drain()
