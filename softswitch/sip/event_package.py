"""What a phone can subscribe to: one event package each (RFC 6665 §7)."""

from typing import Protocol


class EventPackage(Protocol):
    """Says who may watch what, and what there is to tell. Asked on the loop, and inside PJSIP: at once."""

    name: str
    """As in the Event header."""
    content_type: str

    def resource(self, watcher: str, user: str) -> str | None:
        """What the extension `watcher` watches, who has asked for `user`; None when there is no such thing.

        Raises NotAllowed when it may not.
        """

    def body(self, resource: str, version: int, watcher: str) -> bytes:
        """How it is now, for that watcher. `version` counts the notifications of one subscription, from 0."""


class NotAllowed(Exception):  # noqa: N818 - names what is the case
    """The watcher may not see it."""
