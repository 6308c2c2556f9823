"""Waiting with a deadline: for an item in a growing list, or for a condition of the outside world."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds a wait may last unless told: far more than anything takes, so that a busy machine fails no test."""


class RigError(AssertionError):
    """Something awaited did not come; the message shows what came instead."""


def no_story() -> str:
    """The story of a wait that has nothing to show."""
    return ""


class Timeline(Generic[T]):
    """Items in the order of their coming; one can wait for an item that has not come yet."""

    def __init__(self, name: str, story: Callable[[], str] = no_story) -> None:
        self.name = name
        self.items: list[T] = []
        self._story = story
        self._taken: set[int] = set()
        self._news: asyncio.Event = asyncio.Event()

    def add(self, item: T) -> None:
        """Appends and wakes who waits."""
        self.items.append(item)
        self._news.set()

    def matching(self, predicate: Callable[[T], bool]) -> list[T]:
        """All that have come so far and match, taken or not."""
        return [item for item in self.items if predicate(item)]

    async def take(self, predicate: Callable[[T], bool], what: str, within: float = PATIENCE) -> T:
        """The first matching item that no `take` returned before; waits for it. Raises RigError at last."""

        def look() -> T | None:
            for index, item in enumerate(self.items):
                if index not in self._taken and predicate(item):
                    self._taken.add(index)
                    return item
            return None

        return await self._until(look, what, within)

    async def seen(self, predicate: Callable[[T], bool], what: str, within: float = PATIENCE) -> T:
        """The first matching item, whether taken before or not; waits for it. Raises RigError in the end."""
        return await self._until(lambda: next(filter(predicate, self.items), None), what, within)

    async def _until(self, look: Callable[[], T | None], what: str, within: float) -> T:
        deadline = time.monotonic() + within
        while (item := look()) is None:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise RigError(f"{self.name}: no {what} within {within} s\n{self._story()}") from None
        return item


async def until(
    condition: Callable[[], bool],
    what: str,
    within: float = PATIENCE,
    story: Callable[[], str] = no_story,
    every: float = 0.02,
) -> None:
    """Looks every `every` seconds whether `condition` holds: for what announces itself to none."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise RigError(f"not so within {within} s: {what}\n{story()}")
        await asyncio.sleep(every)


async def until_told(
    ask: Callable[[], Awaitable[bool]],
    what: str,
    within: float = PATIENCE,
    story: Callable[[], str] = no_story,
    every: float = 0.02,
) -> None:
    """Like `until`, for what must be asked for: over the control socket, say."""
    deadline = time.monotonic() + within
    while not await ask():
        if time.monotonic() > deadline:
            raise RigError(f"not so within {within} s: {what}\n{story()}")
        await asyncio.sleep(every)
