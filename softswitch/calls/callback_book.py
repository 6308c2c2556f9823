"""Who is to be called back by which queue, kept over a restart of the switch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from softswitch.calls.queue import Entry

if TYPE_CHECKING:
    from softswitch.calls.exchange import Exchange
    from softswitch.calls.queues import Queues

log = structlog.get_logger("softswitch.calls")


@dataclass(frozen=True, slots=True)
class CallbackWish:
    """One caller who has hung up to be called back. Times in seconds since 1970."""

    number: str
    since: float
    name: str = ""
    trunk: str = ""
    priority: int = 0
    attempts: int = 0
    not_before: float = 0.0


Kept = Mapping[str, tuple[CallbackWish, ...]]
"""By the queue's key, in the line's order."""


class CallbackBook:
    """Asked once a second whether there is something to keep: queues are never slowed by it."""

    def __init__(self, queues: "Queues", exchange: "Exchange") -> None:
        self.on_change: Callable[[Kept], None] = lambda _: None
        self._queues = queues
        self._exchange = exchange
        self._kept: Kept = {}

    def keep(self) -> None:
        """Keep what has changed since the last time."""
        now = self._all()
        if now != self._kept:
            self._kept = now
            self.on_change(now)

    def close(self) -> None:
        """The last time: the switch stops, and whoever is being called back is called once more later."""
        self.keep()
        self.on_change = lambda _: None

    def restore(self, kept: Kept) -> None:
        """Of an earlier run: they have their places again. A queue that has left the file calls nobody."""
        known = self._exchange.router.dialplan.queues
        for key, wishes in kept.items():
            if key not in known:
                log.warning("the queue has left the dialplan: nobody is called back", queue=key)
                continue
            for wish in wishes:
                self._queues.calls_back(
                    Entry(
                        known[key],
                        wish.number,
                        wish.name,
                        wish.since,
                        wish.priority,
                        trunk=wish.trunk,
                        attempts=wish.attempts,
                        not_before=wish.not_before,
                    )
                )
        self._kept = self._all()

    def _all(self) -> Kept:
        found: dict[str, tuple[CallbackWish, ...]] = {}
        for key, line in self._queues.lines.items():
            wishes = tuple(_wish(entry) for entry in line if not entry.call)
            if wishes:
                found[key] = wishes
        return found


def _wish(entry: Entry) -> CallbackWish:
    return CallbackWish(
        entry.number,
        entry.since,
        entry.name,
        entry.trunk,
        entry.priority,
        entry.attempts,
        entry.not_before,
    )
