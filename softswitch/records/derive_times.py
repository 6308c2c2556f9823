"""When a call was waiting, talking and held, out of its events."""

from collections.abc import Callable
from typing import Any, Final, get_args

from softswitch.records.events import (
    CallAnswered,
    CallEnded,
    CallEvent,
    CallHeld,
    CallParked,
    CallResumed,
    ConferenceJoined,
    ConferenceLeft,
    PlaceEntered,
    Routed,
    TransferEnded,
    TransferStarted,
)


class Times:
    """Two people talk from an answer until the call is parked, sent on blindly or to a place, or over.

    Who asks somebody about the one that waits talks with him: that is the same conversation, held.
    """

    def __init__(self) -> None:
        self.answered_at: float | None = None
        """When a person came to it first."""
        self.talking = 0.0
        self.held = 0.0
        self._since: float | None = None
        self._held_since: float | None = None
        self._holders: set[str] = set()
        self._back = False
        """A blind transfer has failed just now: the two are together again, unless it is decided anew."""

    def _together(self, event: CallEvent) -> None:
        self._talk(event.at)
        self._back = False

    def _apart(self, event: CallEvent) -> None:
        self._pause(event.at)
        self._back = False

    def _sent_on(self, event: TransferStarted) -> None:
        if event.kind == "blind":
            self._pause(event.at)
        self._back = False

    def _transferred(self, event: TransferEnded) -> None:
        if event.status < 300:
            self._back = False
            return
        self._back = self._since is None
        if self.answered_at is not None:
            self._talk(event.at)

    def _routed(self, event: Routed) -> None:
        if self._back:
            self._apart(event)

    def _held(self, event: CallHeld) -> None:
        self._holders.add(event.by)
        if self._since is not None and self._held_since is None:
            self._held_since = event.at
        self._back = False

    def _resumed(self, event: CallResumed) -> None:
        self._holders.discard(event.by)
        if not self._holders:
            self._resume(event.at)
        self._back = False

    def _other(self, _event: CallEvent) -> None:
        self._back = False

    def end(self, at: float) -> None:
        """The call is over."""
        self._pause(at)

    def _talk(self, at: float) -> None:
        if self.answered_at is None:
            self.answered_at = at
        if self._since is None:
            self._since = at

    def _pause(self, at: float) -> None:
        self._resume(at)
        self._holders.clear()
        if self._since is not None:
            self.talking += at - self._since
            self._since = None

    def _resume(self, at: float) -> None:
        if self._held_since is not None:
            self.held += at - self._held_since
            self._held_since = None


HANDLERS: Final[dict[type, Callable[[Any, Any], None]]] = {
    **dict.fromkeys(get_args(CallEvent), Times._other),
    **dict.fromkeys((CallAnswered, ConferenceJoined), Times._together),
    **dict.fromkeys((CallParked, PlaceEntered, ConferenceLeft, CallEnded), Times._apart),
    TransferStarted: Times._sent_on,
    TransferEnded: Times._transferred,
    Routed: Times._routed,
    CallHeld: Times._held,
    CallResumed: Times._resumed,
}
"""What each event means to the times."""
