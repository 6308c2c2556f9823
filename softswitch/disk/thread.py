"""One thread that changes the disk for the loop, in the order in which it is asked to."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import structlog

log = structlog.get_logger("softswitch.disk")

T = TypeVar("T")


class DiskThread:
    """`close` at the end: then all is on the disk."""

    def __init__(self, what: str) -> None:
        """`what` it keeps, for the log."""
        self._what = what
        self._thread = ThreadPoolExecutor(1, what)
        self._work: set[asyncio.Task[Any]] = set()

    def run(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """`work` in the thread; await what it returns or raises."""
        return asyncio.get_running_loop().run_in_executor(self._thread, work)

    def later(self, work: Callable[[], object]) -> None:
        """`work` in the thread; the loop goes on. What cannot be written is logged."""
        self.keep(self._tried(work))

    def keep(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Work of the loop, such as waiting for a recording to end: over before `close` returns."""
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._done)
        return task

    async def idle(self) -> None:
        """Waits until all is done."""
        while self._work:
            await asyncio.wait(self._work)

    async def close(self) -> None:
        """Waits until all is done, and ends the thread."""
        await self.idle()
        self._thread.shutdown()

    async def _tried(self, work: Callable[[], object]) -> None:
        try:
            await self.run(work)
        except OSError as error:
            log.error(f"{self._what} not written", error=str(error), remedy="check free space and rights")

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._work.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error(f"{self._what} not written", exc_info=error)
