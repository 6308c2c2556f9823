"""TCP and TLS connections that phones are registered over: kept open while a binding needs them.

PJSIP closes a connection that has been idle for long; a phone behind NAT could then not be called.
"""

from collections.abc import Callable

from softswitch.sip.location import Bindings, Location


class Connections:
    """What is held open. `hold` keeps the connection of the request being answered and returns a handle."""

    def __init__(self, location: Location, hold: Callable[[], int], release: Callable[[int], None]) -> None:
        self._location = location
        self._hold = hold
        self._release = release
        self._handles: dict[str, int] = {}

    def registered(self, connection: str) -> None:
        """A REGISTER over this connection was answered. To be called while the engine handles it."""
        if connection and connection not in self._handles and self._location.carries(connection):
            self._handles[connection] = self._hold()

    def changed(self, before: Bindings, after: Bindings) -> None:
        """Bindings changed: what they no longer need may close."""
        still = {binding.source.connection for binding in after}
        for binding in before:
            connection = binding.source.connection
            if (
                connection in self._handles
                and connection not in still
                and not self._location.carries(connection)
            ):
                self._release(self._handles.pop(connection))

    def lost(self, connection: str) -> None:
        """The far end closed it, or the network did; PJSIP has let it go already."""
        self._handles.pop(connection, None)
