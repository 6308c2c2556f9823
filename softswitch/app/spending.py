"""What extensions have spent, put together: by the keeper's records, and by the calls that are not over."""

import asyncio
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from softswitch.app.keeper_messages import Prices
from softswitch.app.pricing import price_lists_of
from softswitch.config import Dialplan
from softswitch.records.events import CallEvent
from softswitch.records.running_costs import RunningCosts
from softswitch.records.spending import Spending, Spent
from softswitch.records.tariffs import PriceLists

_log = structlog.get_logger("softswitch")
_EVERY: Final = 5.0
"""Seconds after which a running call costs what it costs by then."""
_AT_ONCE: Final = 20
"""Calls that are priced in one turn of the loop."""

Warnings = Callable[[str], list[str]]


def lists_for_limits(dialplan: Dialplan, prices: Prices) -> PriceLists | None:
    """What running calls are priced by; None when no limit asks for it. Takes time: not for the loop."""
    limits = [dialplan.limits, *(one.limit for one in dialplan.extensions.values())]
    limits += [one.limit for one in dialplan.departments.values()]
    if not prices.lists or all(one.day is None and one.month is None for one in limits):
        return None
    return price_lists_of(prices)


class SpendingParts:
    """`of` is what routing asks; `take` each event; `run` as a task."""

    def __init__(self, zone: ZoneInfo, lists: PriceLists | None, warnings: Warnings) -> None:
        """`lists`: see `lists_for_limits`. `warnings`: of an extension, what is to be said of its limits."""
        self._spending = Spending(zone)
        self._warnings = warnings
        self._spending.told = self._warn
        self._running: RunningCosts | None = None
        self.apply(zone, lists)

    def apply(self, zone: ZoneInfo, lists: PriceLists | None) -> None:
        """A reload: these hold from now on."""
        self._spending.zone = zone
        if lists is None:
            self._running = None
        elif self._running is None:
            self._running = RunningCosts(lists, self._spending.runs)
        else:
            self._running.lists = lists

    def of(self, extension: str) -> tuple[Decimal, Decimal]:
        """What it has spent today, and this month."""
        return self._spending.of(extension)

    def recorded(self, calls: Sequence[Spent], new: bool) -> None:
        """By the keeper."""
        self._spending.recorded(calls, new=new)

    def forget_recorded(self) -> None:
        """The keeper tells it anew: calls were rated anew."""
        self._spending.forget_recorded()

    def take(self, event: CallEvent) -> None:
        """One more event."""
        if self._running is not None:
            self._running.take(event)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            if self._running is not None:
                for nth, _ in enumerate(self._running.refresh(), 1):
                    if nth % _AT_ONCE == 0:
                        await asyncio.sleep(0)

    def _warn(self, extension: str) -> None:
        for sentence in self._warnings(extension):
            _log.warning("a limit comes near", extension=extension, why=sentence)
