"""Faxes that are to be sent: each is tried as often as its place says, over restarts too."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

import structlog

from softswitch.calls.exchange import Exchange
from softswitch.calls.fax_sending import Attempt, after, send
from softswitch.config.dialplan import Dialplan
from softswitch.config.fax import FaxPlace
from softswitch.faxes.fax import WAITING, Fax
from softswitch.faxes.store import FaxStore

log = structlog.get_logger("softswitch.faxes")

AT_ONCE: Final = 4
"""Faxes that are being sent at the same time: the rest of the lines is for people."""


class FaxOutbox:
    """`look` whenever there may be something to do; it looks again by itself when the next one is due."""

    def __init__(
        self,
        exchange: Exchange,
        store: FaxStore,
        dialplan: Callable[[], Dialplan],
        on_end: Callable[[Fax, FaxPlace], None],
    ) -> None:
        """`on_end` is told of each fax that was sent, or is given up."""
        self._exchange = exchange
        self._store = store
        self._dialplan = dialplan
        self._on_end = on_end
        self._sending: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    def look(self) -> None:
        """Sends what is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._closed:
            return
        now = time.time()
        waiting = [fax for fax in self._store.all() if fax.state == WAITING and fax.id not in self._sending]
        for fax in sorted(waiting, key=lambda fax: fax.due):
            if len(self._sending) >= AT_ONCE:
                return  # the end of one of them looks again
            place = self._dialplan().faxes.get(fax.place)
            if place is None:
                continue  # left the dialplan; it may come back
            if fax.due > now:
                self._timer = asyncio.get_running_loop().call_later(fax.due - now, self.look)
                return
            self._send(fax, place)

    def is_sending(self, fax: Fax) -> bool:
        """Whether a call for it is up."""
        return fax.id in self._sending

    def close(self) -> None:
        """Nothing more is begun."""
        self._closed = True
        self.look()

    def _send(self, fax: Fax, place: FaxPlace) -> None:
        self._sending.add(fax.id)
        zone = posix_zone(self._dialplan().timezone)
        send(
            self._exchange,
            fax,
            place,
            self._store.pages(fax),
            zone,
            lambda attempt: self._ended(fax.id, place, attempt),
        )

    def _ended(self, fax_id: str, place: FaxPlace, attempt: Attempt) -> None:
        self._sending.discard(fax_id)
        fax = self._store.find(fax_id)
        if fax is not None and not self._closed:
            fax = after(fax, attempt, place, time.time())
            self._store.take(fax)
            log.info("fax to send", fax=fax.id, number=fax.number, state=fax.state, outcome=fax.outcome)
            if fax.state != WAITING:
                self._on_end(fax, place)
        asyncio.get_running_loop().call_soon(self.look)


def posix_zone(zone: tzinfo) -> str:
    """How far that clock is from UTC now, as POSIX writes it: the sign is the other way round there."""
    offset = datetime.now(zone).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset is not None else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"LOC{'-' if minutes > 0 else ''}{hours}:{rest:02d}"
