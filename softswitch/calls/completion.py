"""What call completion remembers over a restart: last calls, and who waits for whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from softswitch.calls.camp_on import Camps
from softswitch.calls.remembered import Remembered


@dataclass(frozen=True, slots=True)
class Completion:
    """Of one extension."""

    dialled: str = ""
    """What it has dialled last."""
    caller: str = ""
    """Who has called it last."""
    waits: tuple[tuple[str, float], ...] = ()
    """For whom it waits, and until when, in seconds since 1970."""
    lines: tuple[tuple[str, float], ...] = ()
    """For a line to which numbers outside, and until when."""


NOTHING: Final = Completion()


class CompletionBook:
    """Both together. Asked once a second whether there is something to keep: calls are never slowed by it."""

    def __init__(self, remembered: Remembered, camps: Camps, clock: Callable[[], float]) -> None:
        self.on_change: Callable[[Mapping[str, Completion]], None] = lambda _: None
        self._remembered = remembered
        self._camps = camps
        self._clock = clock
        self._kept = (0, 0)

    def keep(self) -> None:
        """Keep what has changed since the last time."""
        now = (self._remembered.changes, self._camps.changes)
        if now != self._kept:
            self._kept = now
            self.on_change(self._all())

    def close(self) -> None:
        """The last time: the switch stops, and forgets who waits."""
        self.keep()
        self.on_change = lambda _: None

    def restore(self, kept: Mapping[str, Completion]) -> None:
        """Of an earlier run. Who has waited too long by now waits no longer."""
        now = self._clock()
        for number, one in kept.items():
            if one.dialled:
                self._remembered.has_dialled(number, one.dialled)
            if one.caller:
                self._remembered.was_called(number, one.caller)
            for on, until in one.waits:
                if until > now:
                    self._camps.add(number, on, until - now)
            for on, until in one.lines:
                if until > now:
                    self._camps.add(number, on, until - now, for_line=True)
        self._camps.look_soon()

    def _all(self) -> dict[str, Completion]:
        found = {
            number: Completion(self._remembered.dialled(number), self._remembered.caller(number))
            for number in self._remembered.numbers
        }
        for camper, on, seconds in self._camps.waiting():
            one = found.get(camper, NOTHING)
            found[camper] = replace(one, waits=(*one.waits, (on, self._clock() + seconds)))
        for camper, on, seconds in self._camps.waiting(for_line=True):
            one = found.get(camper, NOTHING)
            found[camper] = replace(one, lines=(*one.lines, (on, self._clock() + seconds)))
        return found
