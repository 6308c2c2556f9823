"""When a call was waiting, talking and held, out of its events."""

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

    def take(self, event: CallEvent) -> None:
        """One more event."""
        match event:
            case CallAnswered() | ConferenceJoined():
                self._talk(event.at)
            case (
                TransferStarted(kind="blind") | CallParked() | PlaceEntered() | ConferenceLeft() | CallEnded()
            ):
                self._pause(event.at)
            case TransferEnded(status=status) if status >= 300:
                self._back = self._since is None
                if self.answered_at is not None:
                    self._talk(event.at)
                return
            case Routed() if self._back:
                self._pause(event.at)
            case CallHeld(by=by):
                self._hold(by, event.at)
            case CallResumed(by=by):
                self._holders.discard(by)
                if not self._holders:
                    self._resume(event.at)
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

    def _hold(self, by: str, at: float) -> None:
        self._holders.add(by)
        if self._since is not None and self._held_since is None:
            self._held_since = at

    def _resume(self, at: float) -> None:
        if self._held_since is not None:
            self.held += at - self._held_since
            self._held_since = None
