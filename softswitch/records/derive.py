"""A call's events, in order, become its record. Pure: the same events give the same record."""

from collections.abc import Callable, Sequence
from typing import Any, Final, get_args

from softswitch.records import derive_legs, derive_steps, derive_times
from softswitch.records.derive_legs import Legs
from softswitch.records.derive_steps import Steps
from softswitch.records.derive_times import Times
from softswitch.records.events import (
    SILENCE,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallStarted,
    DigitPressed,
    PlaceEntered,
    RecordingEnded,
    RecordingStarted,
    Routed,
    StepEntered,
    TransferEnded,
)
from softswitch.records.record import CallRecord, Row, fitted
from softswitch.records.tables import CALLS, LEGS, RECORDINGS, STEPS

SWITCH_DIED: Final = ("switch-died", "us", "The switch died during the call.", 500)
"""Outcome, blame, words and status of a call without an end."""


def derive(events: Sequence[CallEvent], died_at: float | None = None) -> CallRecord:
    """The record of one call.

    `died_at`: when the switch died in it, for a call without a CallEnded: its record ends then, or with its
    last event if that was later. Raises ValueError when there are no events.
    """
    if not events:
        raise ValueError("a call without events")
    story = _Story(events[0])
    for event in events:
        if event.at < story.now:  # the clock has been set back during the call
            event = event._replace(at=story.now)
        story.take(event)
        if isinstance(event, CallEnded):
            return story.record(event, recovered=False)
    outcome, blame, words, status = SWITCH_DIED
    at = max(story.now, story.now if died_at is None else died_at)
    return story.record(CallEnded(at, story.call, outcome, blame, words, status, ""), recovered=True)


class _Story:
    def __init__(self, first: CallEvent) -> None:
        self.call = first.call
        self.now = self._started_at = first.at
        self._legs = Legs()
        self._steps = Steps()
        self._times = Times()
        self._parts = (self, self._legs, self._steps, self._times)
        self._row: Row = dict.fromkeys(_TEXTS, "")
        self._transfers = 0
        self._goes_out = False
        self._wanted_trunk = ""
        self._recordings: dict[str, Row] = {}

    def take(self, event: CallEvent) -> None:
        self.now = event.at
        parts = self._parts
        for part, handle in _PLAN[type(event)]:
            handle(parts[part], event)

    # ---- what single events tell ----

    def _started(self, event: CallStarted) -> None:
        self._row |= {
            "caller": event.caller,
            "caller_name": event.caller_name,
            "called": event.called,
            "trunk": event.trunk,
        }

    def _routed(self, event: Routed) -> None:
        row = self._row
        if event.kind == "department":
            row["department"] = row["department"] or event.key
        self._goes_out |= event.kind == "outside" or bool(event.trunk)
        self._wanted_trunk = self._wanted_trunk or event.trunk
        row["called_name"] = row["called_name"] or event.name
        row["mode"] = row["mode"] or event.mode
        row["number_type"] = row["number_type"] or event.number_type

    def _answered(self, event: CallAnswered) -> None:
        if not self._row["answered_by"]:
            self._row |= {"answered_by": event.number, "called_name": event.name}

    def _entered(self, event: PlaceEntered) -> None:
        if event.kind in ("queue", "scenario"):
            self._row[event.kind] = self._row[event.kind] or event.key

    def _pressed(self, event: DigitPressed) -> None:
        if event.by == self._row["caller"]:
            self._row["pressed"] += event.digit

    def _stepped(self, event: StepEntered) -> None:
        if event.step == SILENCE:
            self._row["pressed"] += ","

    def _transferred(self, event: TransferEnded) -> None:
        self._transfers += event.status < 300

    def _recording(self, event: RecordingStarted) -> None:
        self._recordings[event.file] = fitted(
            RECORDINGS,
            {
                "file": event.file,
                "call": self.call,
                "started_at": event.at,
                "seconds": 0.0,
                "bytes": 0,
                "by": event.by,
                "deleted_at": None,
            },
        )

    def _recorded(self, event: RecordingEnded) -> None:
        if event.file in self._recordings:
            self._recordings[event.file] |= {"seconds": event.seconds, "bytes": event.bytes}

    # ---- the record ----

    def record(self, end: CallEnded, *, recovered: bool) -> CallRecord:
        ended_at = end.at
        self._times.end(ended_at)
        legs = self._legs.rows(end)
        steps = self._steps.rows(self.call, ended_at)
        times, row = self._times, self._row
        came_by = row["trunk"]
        direction = "in" if came_by else "out" if self._goes_out else "inner"
        answered_at = times.answered_at
        row |= {
            "id": self.call,
            "started_at": self._started_at,
            "answered_at": answered_at,
            "ended_at": ended_at,
            "direction": direction,
            "trunk": came_by or next((leg["trunk"] for leg in legs if leg["trunk"]), self._wanted_trunk),
            "destination": "",
            "number_type": row["number_type"] or ("internal" if direction == "inner" else ""),
            "ended_by": end.ended_by,
            "waiting": (ended_at if answered_at is None else answered_at) - self._started_at,
            "talking": times.talking,
            "held": times.held,
            "rings": self._legs.rung,
            "transfers": self._transfers,
            "last_step": self._steps.last,
            "outcome": end.outcome,
            "blame": end.blame,
            "words": end.words,
            "status": end.status,
            **self._legs.quality(),
            "price": None,
            "currency": "",
            "price_list": "",
            "recordings": len(self._recordings),
            "recovered": recovered,
        }
        return CallRecord(
            fitted(CALLS, row),
            tuple(fitted(LEGS, leg) for leg in legs),
            tuple(fitted(STEPS, step) for step in steps),
            tuple(self._recordings.values()),
        )


_TEXTS: Final = (
    *("caller", "caller_name", "called", "called_name", "trunk", "number_type"),
    *("department", "queue", "scenario", "mode", "answered_by", "pressed"),
)
_HANDLERS: Final[dict[type, Callable[[Any, Any], None]]] = {
    CallStarted: _Story._started,
    Routed: _Story._routed,
    CallAnswered: _Story._answered,
    PlaceEntered: _Story._entered,
    DigitPressed: _Story._pressed,
    StepEntered: _Story._stepped,
    TransferEnded: _Story._transferred,
    RecordingStarted: _Story._recording,
    RecordingEnded: _Story._recorded,
}
_PLAN: Final[dict[type, tuple[tuple[int, Callable[[Any, Any], None]], ...]]] = {
    kind: tuple(
        (part, handlers[kind])
        for part, handlers in enumerate(
            (_HANDLERS, derive_legs.HANDLERS, derive_steps.HANDLERS, derive_times.HANDLERS)
        )
        if kind in handlers
    )
    for kind in get_args(CallEvent)
}
"""Which part of a story wants an event of that kind, and how: asked a dozen times a call."""
