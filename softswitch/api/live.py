"""What happens in calls, as it happens, for other programs: typed and versioned.

Who listens too slowly misses events and is told how many; nothing ever waits for him.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any, Final

from softswitch.records.events import CallEvent, Routed

VERSION: Final = 1
"""Of the events' form. New types and fields do not change it: a reader leaves out what he does not know."""
_MOST_WAITING: Final = 5000


def as_data(event: CallEvent) -> dict[str, Any]:
    """An event as its listeners have it."""
    data = {"version": VERSION, "type": type(event).__name__, **event._asdict()}
    if isinstance(event, Routed):
        data["reasons"] = [{"text": text, "line": line} for text, line in event.reasons]
    return data


class _Listener:
    def __init__(self) -> None:
        self.events: deque[CallEvent] = deque()
        self.missed = 0
        self.news = asyncio.Event()


class Live:
    """`publish` each event; `stream` is what one listener hears."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()

    def publish(self, event: CallEvent) -> None:
        """One more event. Costs next to nothing while nobody listens."""
        for listener in self._listeners:
            if len(listener.events) >= _MOST_WAITING:
                listener.missed += 1
            else:
                listener.events.append(event)
                listener.news.set()

    async def stream(self, _arguments: dict[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """From now on."""
        listener = _Listener()
        self._listeners.add(listener)
        try:
            while True:
                await listener.news.wait()
                while listener.events:
                    yield as_data(listener.events.popleft())
                listener.news.clear()
                if listener.missed:
                    missed, listener.missed = listener.missed, 0
                    yield {"version": VERSION, "type": "EventsMissed", "count": missed}
        finally:
            self._listeners.discard(listener)
