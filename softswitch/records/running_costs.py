"""What calls out cost that are not over: a limit counts them, too, or many calls at once could pass it by."""

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from softswitch.records.events import (
    CallAnswered,
    CallEnded,
    CallEvent,
    CallStarted,
    DeviceCalled,
    DeviceEnded,
    LegClosed,
    Routed,
)
from softswitch.records.spending import Spent
from softswitch.records.tariffs import PriceLists, price_of

_FIRST: Final = 1.0
"""Seconds. A call counts from when it is dialled, with what it costs as soon as it is answered."""


class _Call:
    """A call out that is not over."""

    __slots__ = ("began", "legs")

    def __init__(self, began: CallStarted) -> None:
        self.began = began
        self.legs: dict[str, dict[str, Any]] = {}
        """Those by trunks, as tariffs.price_of wants them, by their SIP Call-ID."""


class RunningCosts:
    """`take` each event, `refresh` now and then."""

    def __init__(
        self, lists: PriceLists, told: Callable[[Spent], None], clock: Callable[[], float] = time.time
    ) -> None:
        """`told`: called with what a call costs so far; at last when it is over."""
        self.lists = lists
        self._told = told
        self._clock = clock
        self._began: dict[str, CallStarted] = {}
        self._calls: dict[str, _Call] = {}
        self._handlers: dict[type, Callable[[Any], None]] = {
            CallStarted: self._started,
            Routed: self._routed,
            DeviceCalled: self._called,
            DeviceEnded: self._unanswered,
            CallAnswered: self._answered,
            LegClosed: self._closed,
            CallEnded: self._ended,
        }

    def take(self, event: CallEvent) -> None:
        """One more event."""
        handle = self._handlers.get(type(event))
        if handle is not None:
            handle(event)

    def refresh(self) -> Iterator[None]:
        """Tells what each call costs by now, one at each step: whoever goes through it may pause."""
        for call in list(self._calls.values()):
            if call.legs and call.began.call in self._calls:
                self._tell(call)
                yield

    def _started(self, event: CallStarted) -> None:
        if not event.trunk:
            self._began[event.call] = event

    def _routed(self, event: Routed) -> None:
        began = self._began.get(event.call)
        if began is not None and event.kind == "outside" and event.call not in self._calls:
            self._calls[event.call] = _Call(began)

    def _called(self, event: DeviceCalled) -> None:
        call = self._calls.get(event.call)
        if call is not None and event.trunk:
            call.legs[event.dialog] = {
                "trunk": event.trunk,
                "direction": "outbound",
                "number": event.number,
                "started_at": event.at,
                "answered_at": None,
                "ended_at": None,
            }
            self._tell(call)

    def _unanswered(self, event: DeviceEnded) -> None:
        call = self._calls.get(event.call)
        if call is not None and call.legs.pop(event.dialog, None) is not None:
            self._tell(call)

    def _answered(self, event: CallAnswered) -> None:
        call = self._calls.get(event.call)
        if call is None or not call.legs:
            return
        leg = call.legs.get(event.dialog)
        if leg is not None and leg["answered_at"] is None:
            leg["answered_at"] = event.at
        self._tell(call)

    def _closed(self, event: LegClosed) -> None:
        call = self._calls.get(event.call)
        if call is not None and event.dialog in call.legs:
            call.legs[event.dialog]["ended_at"] = event.at

    def _ended(self, event: CallEnded) -> None:
        self._began.pop(event.call, None)
        call = self._calls.pop(event.call, None)
        if call is not None:
            for leg in call.legs.values():
                leg["ended_at"] = leg["ended_at"] or event.at
            answered = [leg for leg in call.legs.values() if leg["answered_at"] is not None]
            self._told(self._spent(call, answered))

    def _tell(self, call: _Call) -> None:
        now = self._clock()
        legs = []
        for leg in call.legs.values():
            answered_at = leg["answered_at"] or now
            ended_at = leg["ended_at"] or max(now, answered_at + _FIRST)
            legs.append({**leg, "answered_at": answered_at, "ended_at": ended_at})
        self._told(self._spent(call, legs))

    def _spent(self, call: _Call, legs: list[dict[str, Any]]) -> Spent:
        paid = price_of(legs, call.began.called, self.lists)
        amount = Decimal(0) if paid is None else paid.amount
        return Spent(call.began.call, call.began.caller, call.began.at, amount)
