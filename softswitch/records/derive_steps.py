"""The steps that a call walked through, out of its events."""

from collections.abc import Callable
from typing import Any, Final

from softswitch.records.events import (
    AgentMissed,
    CallAnswered,
    CallEvent,
    CallForwarded,
    CallParked,
    CallPickedUp,
    CallRetrieved,
    CallsJoined,
    CallsMerged,
    CampedOn,
    CamperReached,
    ConferenceJoined,
    ConferenceLeft,
    DoorOpened,
    EmergencyCall,
    FaxReceived,
    FaxSent,
    ParkedTooLong,
    PlaceEntered,
    QueueLeft,
    Routed,
    SettingChanged,
    StepEntered,
    SupervisionChanged,
    TransferEnded,
    TransferStarted,
    VoicemailRecorded,
)
from softswitch.records.record import Row
from softswitch.records.sentences import sentence

# Event → kind of the step, the field that is its place, and the field that says by whom.
_KINDS: Final[dict[type, tuple[str, str, str]]] = {
    CallAnswered: ("answered", "", "number"),
    CallForwarded: ("forwarding", "to", "by"),
    TransferStarted: ("transfer", "to", "by"),
    TransferEnded: ("transferred", "to", "by"),
    CallsMerged: ("merged", "other", "party"),
    CallPickedUp: ("pickup", "from_call", "by"),
    CallParked: ("parked", "orbit", "by"),
    CallRetrieved: ("retrieved", "orbit", "by"),
    DoorOpened: ("door opened", "door", "by"),
    ParkedTooLong: ("parked-too-long", "orbit", "parker"),
    CallsJoined: ("three-way", "", "by"),
    ConferenceJoined: ("conference", "room", "by"),
    ConferenceLeft: ("left-conference", "room", "by"),
    SupervisionChanged: ("supervision", "number", "by"),
    SettingChanged: ("setting", "setting", "by"),
    AgentMissed: ("agent-missed", "queue", "agent"),
    EmergencyCall: ("emergency", "number", "by"),
    VoicemailRecorded: ("voicemail", "box", ""),
    FaxReceived: ("fax", "place", ""),
    FaxSent: ("fax", "place", ""),
    CampedOn: ("camp-on", "on", "by"),
    CamperReached: ("camper-reached", "on", "by"),
}


class Steps:
    """What became of a call, in order."""

    def __init__(self) -> None:
        self.last = ""
        """The place, or place/step, where it was last."""
        self._rows: list[Row] = []
        self._kinds: dict[str, str] = {}

    def _routed(self, event: Routed) -> None:
        self._add(event, event.kind or "routed", event.key)

    def _entered(self, event: PlaceEntered) -> None:
        kind, key = event.kind, event.key
        self._kinds[key] = kind
        self.last = key
        before = self._rows[-1] if self._rows else None
        if before is None or (before["kind"], before["place"]) != (kind, key):
            self._add(event, kind, key)

    def _step(self, event: StepEntered) -> None:
        self.last = f"{event.place}/{event.step}"
        self._add(event, self._kinds.get(event.place, "scenario"), event.place, event.step)

    def _left(self, event: QueueLeft) -> None:
        self.last = f"{event.queue}/{event.reason}"
        self._add(event, "queue", event.queue, event.reason)

    def _other(self, event: CallEvent) -> None:
        kind, where, by = _KINDS[type(event)]
        place = str(getattr(event, where)) if where else ""
        self._add(event, kind, place, by=str(getattr(event, by)) if by else "")

    def _add(self, event: CallEvent, kind: str, place: str, step: str = "", by: str = "") -> None:
        self._rows.append(
            {"at": event.at, "kind": kind, "place": place, "step": step, "by": by, "words": sentence(event)}
        )

    def rows(self, call: str, ended_at: float) -> list[Row]:
        """One a step, each until the next one."""
        ends = [*(row["at"] for row in self._rows[1:]), ended_at]
        for nth, (row, end) in enumerate(zip(self._rows, ends, strict=False)):
            row |= {"call": call, "nth": nth, "seconds": end - row["at"]}
        return self._rows


HANDLERS: Final[dict[type, Callable[[Any, Any], None]]] = {
    Routed: Steps._routed,
    PlaceEntered: Steps._entered,
    StepEntered: Steps._step,
    QueueLeft: Steps._left,
    **dict.fromkeys(_KINDS, Steps._other),
}
"""What each event means to the steps."""
