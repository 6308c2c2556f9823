"""A line of callers, and its figures: pure data, no clock, no call."""

from bisect import insort
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from softswitch.config.queue import Queue

_REMEMBERED: Final = 50
"""Calls whose length tells how long the next ones will be."""


@dataclass(eq=False, slots=True)
class Entry:
    """Somebody's place in a line. It stays his while he is offered to agents, and while he is called back."""

    queue: Queue
    number: str
    """Who waits."""
    name: str
    since: float
    """Seconds since 1970."""
    priority: int = 0
    call: str = ""
    """The id of his call; empty for one who has hung up to be called back."""
    trunk: str = ""
    """By which he has come, and is called back."""
    tried: set[str] = field(default_factory=set)
    """Agents who have not taken him, in this round."""
    offered: bool = False
    """Whether somebody is being rung for him now."""
    attempts: int = 0
    """How often it was tried to call him back."""
    not_before: float = 0.0
    """He is not called back earlier."""

    @property
    def rank(self) -> tuple[int, float]:
        """Sorts the line: the highest priority first, and of one priority who has come first."""
        return -self.priority, self.since


class Line:
    """Who waits in one queue, in the order in which they are answered."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __contains__(self, entry: Entry) -> bool:
        return any(one is entry for one in self._entries)

    def join(self, entry: Entry) -> int:
        """He stands behind all who are not less urgent; returns his place, from 1."""
        insort(self._entries, entry, key=lambda one: one.rank)
        return self.place(entry)

    def leave(self, entry: Entry) -> int:
        """He is not in it any more; returns the place that he had, 0 for none."""
        place = self.place(entry)
        if place:
            del self._entries[place - 1]
        return place

    def place(self, entry: Entry) -> int:
        """His place, from 1; 0 when he is not in the line."""
        return next((place for place, one in enumerate(self._entries, 1) if one is entry), 0)


def expected_wait(place: int, agents: int, lengths: "deque[float]") -> float | None:
    """Seconds until who stands at `place` is answered, by the lengths of the last calls.

    None while too little is known: no agent, or no call that was answered. With everybody busy somebody is
    free after a call's length divided by the number of agents.
    """
    if not agents or not lengths:
        return None
    return place * (sum(lengths) / len(lengths)) / agents


@dataclass(slots=True)
class Figures:
    """What has happened in one queue today."""

    day: date | None = None
    entered: int = 0
    answered: int = 0
    in_time: int = 0
    """Answered within the service level."""
    abandoned: int = 0
    """Hung up before anybody answered."""
    left: int = 0
    """Went elsewhere: by key, after max_wait, or because nobody was there."""
    waited: float = 0.0
    """Seconds of all who were answered, together."""
    longest: float = 0.0
    lengths: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    """Of the last calls with agents, in seconds; kept over midnight."""

    def of(self, today: date) -> "Figures":
        """These, begun anew on another day."""
        if self.day != today:
            self.day = today
            self.entered = self.answered = self.in_time = self.abandoned = self.left = 0
            self.waited = self.longest = 0.0
        return self

    def note_answer(self, waited: float, service_level: float) -> None:
        """An agent has answered after so many seconds."""
        self.answered += 1
        self.in_time += waited <= service_level
        self.waited += waited
        self.longest = max(self.longest, waited)

    @property
    def service_level(self) -> float | None:
        """The share, 0 to 1, of those answered in time among those who were answered or gave up."""
        all_of_them = self.answered + self.abandoned
        return self.in_time / all_of_them if all_of_them else None

    @property
    def average_wait(self) -> float | None:
        """Seconds that those waited who were answered."""
        return self.waited / self.answered if self.answered else None
