"""When days are summed up: in the quiet, by whoever keeps the records. See sums.py for how."""

import time
from collections.abc import Callable, Iterable
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from softswitch.records import sums
from softswitch.records.spending import Spent
from softswitch.records.spent import A_MONTH, spent_lately

_log = structlog.get_logger(__name__)

EVERY: Final = 60.0
"""Seconds between two looks for days that are over."""
RESTS: Final = 3.0
"""After a day, so many times as long as it took: calls and their records go first."""


class Summing:
    """`work` whenever there is nothing else to do."""

    def __init__(
        self,
        engine: Engine,
        spent_anew: Callable[[Iterable[Spent]], None] = lambda calls: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`spent_anew` is told of all calls out of late, when some of them have been rated anew."""
        self._engine = engine
        self._spent_anew = spent_anew
        self._clock = clock
        self._days: list[int] = []
        self._rated_at = clock()
        self._next = time.monotonic() + EVERY

    def work(self) -> None:
        """A day at most. Never raises: without sums reports take longer, and that is all."""
        began = time.monotonic()
        if began < self._next:
            return
        try:
            if not self._days:
                self.look()
            if self._days:
                sums.sum_up(self._engine, self._days.pop(0))
        except SQLAlchemyError as error:
            # Whoever writes the records warns of a database that fails.
            _log.debug("days are not summed up", error=str(error).partition("\n")[0])
            self._days.clear()
        now = time.monotonic()
        self._next = now + (RESTS * (now - began) if self._days else EVERY)

    def look(self) -> None:
        """Finds days to sum up, and whether prices have changed. Raises SQLAlchemy's errors."""
        now = self._clock()
        with self._engine.connect() as connection:
            self._days = sums.stale_days(connection, now)
            rated_at = sums.last_rated(connection, now - A_MONTH)
            if rated_at > self._rated_at:
                self._rated_at = rated_at
                self._spent_anew(spent_lately(connection, now))
                _log.info("calls were rated anew: what has been spent is counted anew")
