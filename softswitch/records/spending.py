"""What extensions have spent on calls out, today and this month, in memory: routing asks at every call."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from softswitch.records.record import CallRecord
from softswitch.records.tables import CALLS

_NOTHING: Final = (Decimal(0), Decimal(0))


class Spending:
    """The keeper's thread adds, the loop asks. A call counts once, and when it is over."""

    def __init__(self, zone: ZoneInfo, clock: Callable[[], float] = time.time) -> None:
        self.zone = zone
        """Whose midnight counts."""
        self.told: Callable[[str], None] = lambda extension: None
        """Called in the keeper's thread with an extension that has spent more."""
        self._clock = clock
        self._lock = threading.Lock()
        self._days: dict[str, dict[date, Decimal]] = defaultdict(dict)
        self._counted: set[str] = set()
        self._month = (0, 0)

    def of(self, extension: str) -> tuple[Decimal, Decimal]:
        """What it has spent today, and this month."""
        with self._lock:
            days = self._days.get(extension)
            if not days:
                return _NOTHING
            today = self._day(self._clock())
            month = sum(
                (sum_ for day, sum_ in days.items() if (day.year, day.month) == (today.year, today.month)),
                Decimal(0),
            )
            return days.get(today, Decimal(0)), month

    def load(self, connection: Connection) -> None:
        """What the database knows of this month."""
        today = datetime.fromtimestamp(self._clock(), self.zone)
        begin = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp()
        c = CALLS.c
        query = select(c.id, c.caller, c.started_at, c.price).where(
            c.started_at >= begin, c.direction == "out", c.price > 0
        )
        for call, caller, at, price in connection.execute(query):
            self._add(call, caller, at, price)

    def record(self, record: CallRecord) -> None:
        """A call is over, and has its price."""
        row = record.call
        if (
            row["direction"] == "out"
            and row["price"]
            and self._add(row["id"], row["caller"], row["started_at"], row["price"])
        ):
            self.told(row["caller"])

    def _add(self, call: str, extension: str, at: float, amount: Decimal) -> bool:
        with self._lock:
            today = self._day(self._clock())
            if self._month != (today.year, today.month):
                self._month = (today.year, today.month)
                self._days.clear()
                self._counted.clear()
            day = self._day(at)
            if call in self._counted or (day.year, day.month) != self._month:
                return False
            self._counted.add(call)
            days = self._days[extension]
            days[day] = days.get(day, Decimal(0)) + amount
            return True

    def _day(self, at: float) -> date:
        return datetime.fromtimestamp(at, self.zone).date()
