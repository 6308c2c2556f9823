"""What extensions have spent on calls out, today and this month, in memory: routing asks at every call."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

_NOTHING: Final = (Decimal(0), Decimal(0))


class Spent(NamedTuple):
    """A call out, and what it has cost."""

    call: str
    extension: str
    at: float
    """When it began, in seconds since 1970."""
    amount: Decimal


class Spending:
    """Lives on the loop. A call counts once: with what it has cost so far, then with what its record says."""

    def __init__(self, zone: ZoneInfo, clock: Callable[[], float] = time.time) -> None:
        self.zone = zone
        """Whose midnight counts."""
        self.told: Callable[[str], None] = lambda extension: None
        """Called with an extension that has spent more, when one of its calls is over."""
        self._clock = clock
        self._days: dict[str, dict[date, Decimal]] = defaultdict(dict)
        self._counted: set[str] = set()
        self._month = (0, 0)
        self._unrecorded: dict[str, dict[str, Spent]] = defaultdict(dict)

    def of(self, extension: str) -> tuple[Decimal, Decimal]:
        """What it has spent today, and this month."""
        days, unrecorded = self._days.get(extension), self._unrecorded.get(extension)
        if not days and not unrecorded:
            return _NOTHING
        today = self._day(self._clock())
        sums = [*(days or {}).items()]
        sums += ((self._day(one.at), one.amount) for one in (unrecorded or {}).values())
        month = sum((sum_ for day, sum_ in sums if _month(day) == _month(today)), Decimal(0))
        return sum((sum_ for day, sum_ in sums if day == today), Decimal(0)), month

    def runs(self, spent: Spent) -> None:
        """What a call without a record costs so far; it replaces what was said of it before."""
        if spent.call in self._counted:
            return
        if spent.amount:
            self._unrecorded[spent.extension][spent.call] = spent
        else:
            self._forget(spent)

    def recorded(self, calls: Iterable[Spent], *, new: bool = True) -> None:
        """Calls that are over, by their records. Those that are not `new` are told to nobody."""
        for spent in calls:
            self._forget(spent)
            if self._add(spent) and new:
                self.told(spent.extension)

    def forget_recorded(self) -> None:
        """All calls that are over; those that are not stay."""
        self._days.clear()
        self._counted.clear()

    def _forget(self, spent: Spent) -> None:
        calls = self._unrecorded.get(spent.extension)
        if calls is not None:
            calls.pop(spent.call, None)
            if not calls:
                del self._unrecorded[spent.extension]

    def _add(self, spent: Spent) -> bool:
        month = _month(self._day(self._clock()))
        if self._month != month:
            self._month = month
            self._days.clear()
            self._counted.clear()
        day = self._day(spent.at)
        if not spent.amount or spent.call in self._counted or _month(day) != month:
            return False
        self._counted.add(spent.call)
        days = self._days[spent.extension]
        days[day] = days.get(day, Decimal(0)) + spent.amount
        return True

    def _day(self, at: float) -> date:
        return datetime.fromtimestamp(at, self.zone).date()


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
