"""Who has taken how many calls lately, and when the last one was over: for whom it is to ring next."""

from collections import deque
from collections.abc import Callable
from typing import Final

from softswitch.records.events import CallAnswered, CallEnded, CallEvent

LATELY: Final = 86400.0
"""Seconds that a call counts."""
_MOST: Final = 10_000
"""Calls of one extension that are counted."""


class Taken:
    """In memory, of extensions only; a restart begins anew."""

    TAKES: Final = (CallAnswered, CallEnded)
    """Kinds of events."""

    def __init__(self, is_extension: Callable[[str], bool], clock: Callable[[], float]) -> None:
        self._is_extension = is_extension
        self._clock = clock
        self._taken: dict[str, deque[float]] = {}
        self._last: dict[str, float] = {}
        self._by_call: dict[str, set[str]] = {}

    def take(self, event: CallEvent) -> None:
        """Something has happened in some call."""
        if isinstance(event, CallAnswered):
            if self._is_extension(event.number):
                self._taken.setdefault(event.number, deque(maxlen=_MOST)).append(event.at)
                self._last[event.number] = event.at
                self._by_call.setdefault(event.call, set()).add(event.number)
        elif isinstance(event, CallEnded):
            for number in self._by_call.pop(event.call, ()):
                self._last[number] = event.at

    def last(self, number: str) -> float:
        """When its last call was over, in seconds since 1970; 0 for none."""
        return self._last.get(number, 0.0)

    def count(self, number: str) -> int:
        """How many it has taken in the last 24 hours."""
        taken = self._taken.get(number)
        if taken is None:
            return 0
        since = self._clock() - LATELY
        while taken and taken[0] < since:
            taken.popleft()
        return len(taken)
