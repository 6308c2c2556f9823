"""Against guessing: after so many wrong pins in a row a box stays shut for a while."""

from dataclasses import dataclass
from typing import Final

TRIES: Final = 3
"""Wrong pins that end a call."""
MOST: Final = 6
"""Wrong pins in a row, over all calls, that shut a box."""
SHUT: Final = 900.0
"""Seconds that it stays shut."""


@dataclass(slots=True)
class _Count:
    wrong: int = 0
    last: float = 0.0


class Guard:
    """Counts. A box's own phones are counted apart, so that no stranger locks its owner out."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, bool], _Count] = {}

    def is_shut(self, box: str, own: bool, now: float) -> bool:
        """Whether no pin is taken now. `own`: the phone is one of the box's. Times in seconds."""
        count = self._counts.get((box, own))
        if count is None or now - count.last >= SHUT:
            self._counts.pop((box, own), None)
            return False
        return count.wrong >= MOST

    def wrong(self, box: str, own: bool, now: float) -> None:
        """A wrong pin."""
        if not self.is_shut(box, own, now):
            count = self._counts.setdefault((box, own), _Count())
            count.wrong += 1
            count.last = now

    def right(self, box: str, own: bool) -> None:
        """The right one."""
        self._counts.pop((box, own), None)
