"""Wrong pins, counted: by caller, by extension and all together, so that guessing comes to an end. Pure."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from softswitch.config.disa import Disa

_MOST: Final = 10_000
"""Callers and extensions kept in mind; beyond, the oldest is forgotten. The count of all is never."""
ALL: Final = "everybody"


@dataclass(slots=True)
class _Count:
    wrong: deque[float] = field(default_factory=deque)
    """When; seconds of any one clock."""
    until: float = 0.0
    """How long it is locked."""


class DisaGuard:
    """Outlives reloads; not restarts, after which everybody counts anew."""

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._all = _Count()

    def locked(self, caller: str, extension: str, now: float) -> str | None:
        """Whom a lock holds: the caller, the extension (empty: not known yet) or everybody; None: nobody."""
        if self._all.until > now:
            return ALL
        for name in self._names(caller, extension):
            count = self._counts.get(name)
            if count is not None and count.until > now:
                return name
        return None

    def wrong(self, caller: str, extension: str, now: float, limits: Disa) -> tuple[str, ...]:
        """A wrong pin. Returns whom it has locked: for a warning."""
        locked = [ALL] if _add(self._all, limits.lock_all_after, now, limits) else []
        for name in self._names(caller, extension):
            count = self._counts.pop(name, None) or _Count()
            self._counts[name] = count  # the last one named is the last one forgotten
            if _add(count, limits.lock_after, now, limits):
                locked.append(name)
        while len(self._counts) > _MOST:
            del self._counts[next(iter(self._counts))]
        return tuple(locked)

    def right(self, caller: str, extension: str) -> None:
        """The right pin: slips of the finger before it are forgotten, but for the count of all."""
        for name in self._names(caller, extension):
            self._counts.pop(name, None)

    @staticmethod
    def _names(caller: str, extension: str) -> tuple[str, ...]:
        """Callers that hide their number are one."""
        names = (f"the caller {caller or 'without a number'}",)
        return (*names, f"the extension {extension}") if extension else names


def _add(count: _Count, most: int, now: float, limits: Disa) -> bool:
    while count.wrong and count.wrong[0] <= now - limits.within:
        count.wrong.popleft()
    count.wrong.append(now)
    if len(count.wrong) < most:
        return False
    count.wrong.clear()
    count.until = now + limits.lock_for
    return True
