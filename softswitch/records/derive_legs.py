"""The legs of a call and what their sound was like, out of its events."""

from collections.abc import Callable
from typing import Any, Final

from softswitch.records.events import (
    CallAnswered,
    CallEnded,
    CallStarted,
    DeviceCalled,
    DeviceEnded,
    DeviceRinging,
    LegClosed,
    Routed,
)
from softswitch.records.quality import mos
from softswitch.records.record import Row


def _new(number: str, dialog: str, direction: str, at: float, **facts: Any) -> Row:
    return {
        "number": number,
        "name": "",
        "device": "",
        "dialog": dialog,
        "direction": direction,
        "trunk": "",
        "started_at": at,
        "ringing_at": None,
        "answered_at": None,
        "ended_at": None,
        "status": None,
        "reason": "",
        "transport": "",
        "codec": "",
        "secured": False,
        "received": 0,
        "sent": 0,
        "lost": 0,
        "jitter_ms": None,
        "round_trip_ms": None,
        "mos": None,
        **facts,
    }


class Legs:
    """Each SIP dialog of a call, by its Call-ID."""

    def __init__(self) -> None:
        self._legs: dict[str, Row] = {}
        self._rung: set[str] = set()
        self._loss: float | None = None

    @property
    def rung(self) -> int:
        """How many extensions were rung."""
        return len(self._rung)

    def _started(self, event: CallStarted) -> None:
        self._legs[event.dialog] = _new(
            event.caller,
            event.dialog,
            "inbound",
            event.at,
            name=event.caller_name,
            device=event.source,
            trunk=event.trunk,
        )

    def _rings(self, event: DeviceRinging) -> None:
        leg = self._legs.get(event.dialog)
        if leg is not None and leg["ringing_at"] is None:
            leg["ringing_at"] = event.at

    def _unanswered(self, event: DeviceEnded) -> None:
        leg = self._legs.get(event.dialog)
        if leg is not None:
            leg["status"], leg["reason"] = event.status, event.reason
            leg["ended_at"] = leg["ended_at"] or event.at

    def _routed(self, event: Routed) -> None:
        self._stop_ringing(event.at, "no answer")

    def _called(self, event: DeviceCalled) -> None:
        if not event.trunk:
            self._rung.add(event.number)
        known = self._legs.get(event.dialog)
        if known is not None:  # a call that the switch makes begins with the caller's own leg
            known |= {"direction": "outbound", "device": event.device}
            return
        self._legs[event.dialog] = _new(
            event.number, event.dialog, "outbound", event.at, device=event.device, trunk=event.trunk
        )

    def _answered(self, event: CallAnswered) -> None:
        leg = self._legs.get(event.dialog)
        if leg is None and event.dialog:  # it has come from another call: a pickup, a retrieval
            leg = self._legs[event.dialog] = _new(event.number, event.dialog, "inbound", event.at)
        caller = next(iter(self._legs.values()), None)
        for one in (leg, caller):
            if one is not None and one["answered_at"] is None:
                one |= {"answered_at": event.at, "status": 200}
        if leg is not None:
            leg["name"] = event.name
        self._stop_ringing(event.at, "answered elsewhere")

    def _stop_ringing(self, at: float, reason: str) -> None:
        """Devices that still rang: they were told to stop, and did."""
        for nth, leg in enumerate(self._legs.values()):
            if nth and leg["answered_at"] is None and leg["ended_at"] is None and leg["status"] is None:
                leg |= {"ended_at": at, "status": 487, "reason": reason}

    def _closed(self, event: LegClosed) -> None:
        leg = self._legs.get(event.dialog)
        if leg is None:
            leg = self._legs[event.dialog] = _new(event.number, event.dialog, event.direction, event.at)
        expected = event.received + event.lost
        leg |= {
            "trunk": event.trunk or leg["trunk"],
            "ended_at": event.at,
            "status": leg["status"] or 200,
            "transport": event.transport,
            "codec": event.codec,
            "secured": event.secured,
            "received": event.received,
            "sent": event.sent,
            "lost": event.lost,
        }
        if leg["answered_at"] is None:
            leg["answered_at"] = leg["started_at"]  # it had sound: of its answer another call tells
        if expected > 0:
            unheard = min((event.lost + event.discarded) / expected, 1.0)
            self._loss = max(self._loss or 0.0, unheard)
            leg |= {
                "jitter_ms": event.jitter_ms,
                "round_trip_ms": event.round_trip_ms,
                "mos": mos(event.codec, unheard, event.jitter_ms, event.round_trip_ms),
            }

    def quality(self) -> Row:
        """The call's columns about its sound: each the worst leg's."""
        legs = list(self._legs.values())
        heard = [leg for leg in legs if leg["mos"] is not None]
        return {
            "codec": next((leg["codec"] for leg in legs if leg["codec"]), ""),
            "loss": self._loss,
            "jitter_ms": max((leg["jitter_ms"] for leg in heard), default=None),
            "round_trip_ms": max((leg["round_trip_ms"] for leg in heard), default=None),
            "mos": min((leg["mos"] for leg in heard), default=None),
        }

    def rows(self, end: CallEnded) -> list[Row]:
        """One a leg, the caller's first; none is open when the call is over."""
        for nth, leg in enumerate(self._legs.values()):
            leg |= {"call": end.call, "nth": nth}
            if leg["ended_at"] is None:
                leg["ended_at"] = end.at
            if leg["status"] is None:
                leg |= {"status": end.status} if nth == 0 else {"status": 487, "reason": "call over"}
        return list(self._legs.values())


HANDLERS: Final[dict[type, Callable[[Any, Any], None]]] = {
    CallStarted: Legs._started,
    Routed: Legs._routed,
    DeviceCalled: Legs._called,
    DeviceRinging: Legs._rings,
    DeviceEnded: Legs._unanswered,
    CallAnswered: Legs._answered,
    LegClosed: Legs._closed,
}
"""What each event means to the legs."""
