"""Faxes, put together: the folder, what is to be sent, mail."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from softswitch.app.fax_outbox import FaxOutbox
from softswitch.calls.exchange import Exchange
from softswitch.config.dialplan import Dialplan
from softswitch.config.fax import FaxPlace
from softswitch.faxes.fax import Fax
from softswitch.faxes.store import FaxStore
from softswitch.integrations.fax_letter import FaxNote, received, told
from softswitch.integrations.mail import Mailer

log = structlog.get_logger("softswitch.faxes")

_TIDIES: Final = 600.0
"""Seconds between two looks for faxes that are too old."""


class FaxParts:
    """`load`, then it runs by itself; `run` is a task of its own."""

    def __init__(
        self, folder: Path, dialplan: Callable[[], Dialplan], exchange: Exchange, mailer: Mailer
    ) -> None:
        """`folder` is the one for faxes; `dialplan` tells the one that holds."""
        self.store = FaxStore(folder)
        self._dialplan = dialplan
        self._exchange = exchange
        self._mailer = mailer
        self._work: set[asyncio.Task[None]] = set()
        self.outbox = FaxOutbox(exchange, self.store, dialplan, self._sent)

    async def load(self) -> None:
        """What was there when the switch stopped, or died."""
        interrupted = await asyncio.to_thread(self.store.load)
        self.store.on_received = self._received
        self._exchange.faxes = self.store
        for fax in interrupted:
            self._received(fax)

    async def run(self) -> None:
        """Until cancelled."""
        self.outbox.look()
        while True:
            self.store.expire(time.time(), self._keeps)
            await asyncio.sleep(_TIDIES)

    async def close(self) -> None:
        """Waits until all is on the disk."""
        self.outbox.close()
        await self.store.close()
        while self._work:
            await asyncio.wait(self._work)

    def _keeps(self, key: str) -> float | None:
        place = self._dialplan().faxes.get(key)
        return place.keep if place is not None else None

    def _received(self, fax: Fax) -> None:
        self._spawn(self._mail_received(fax))

    def _sent(self, fax: Fax, place: FaxPlace) -> None:
        """Sent, or given up."""
        self._spawn(self._mail_told(fax, place))

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _mail_received(self, fax: Fax) -> None:
        """Hand it over, if its place wants that. Never raises for what can go wrong."""
        dialplan = self._dialplan()
        place, settings = dialplan.faxes.get(fax.place), dialplan.mail
        if place is None or settings is None or not place.email:
            return
        pdf, note = self.store.pdf(fax), self._note(fax, place)
        is_sent = await self._mail(
            fax, place.email, lambda to: received(note, pdf, dialplan.language, settings.sender, to)
        )
        if is_sent and place.delete_after_mail:
            self.store.delete(fax)

    async def _mail_told(self, fax: Fax, place: FaxPlace) -> None:
        """To who has sent it, and to the place's own address."""
        dialplan = self._dialplan()
        settings, sender = dialplan.mail, dialplan.extensions.get(fax.by)
        box = sender.voicemail if sender is not None else None
        own = (box.email,) if box is not None and box.email is not None else ()
        note = self._note(fax, place)
        if settings is not None:
            to_whom = tuple(dict.fromkeys((*own, *place.email)))
            await self._mail(fax, to_whom, lambda to: told(note, dialplan.language, settings.sender, to))

    def _note(self, fax: Fax, place: FaxPlace) -> FaxNote:
        at = datetime.fromtimestamp(fax.ended_at or fax.at, self._dialplan().timezone)
        return FaxNote(fax.number, fax.name, place.name, at, fax.pages, fax.outcome, fax.tries)

    async def _mail(self, fax: Fax, to_whom: tuple[str, ...], letter: Callable[[str], EmailMessage]) -> bool:
        for nth, to in enumerate(to_whom):
            try:
                await self._mailer.put(f"{fax.id}-{nth}", to, partial(letter, to))
            except OSError as error:
                log.error("fax not sent by mail", place=fax.place, fax=fax.id, error=str(error))
                return False
        return True
