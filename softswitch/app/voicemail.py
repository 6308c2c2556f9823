"""Voicemail, put together: the boxes, the lamps on the phones, mail."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from softswitch.app.message_waiting import MessageSummary, MessageWaiting
from softswitch.app.voicemail_mail import VoicemailMail
from softswitch.calls.exchange import Exchange
from softswitch.config.dialplan import Dialplan
from softswitch.integrations.mail import Mailer
from softswitch.sip.engine import Engine
from softswitch.sip.location import Bindings, Location
from softswitch.sip.subscriptions import Subscriptions
from softswitch.voicemail.message import Message
from softswitch.voicemail.store import MessageStore


class VoicemailParts:
    """`load`, then it runs by itself; `mailer.run` is a task of its own."""

    def __init__(
        self,
        folder: Path,
        dialplan: Callable[[], Dialplan],
        exchange: Exchange,
        engine: Engine,
        location: Location,
        subscriptions: Subscriptions,
    ) -> None:
        """`folder` is the state directory; `dialplan` tells the one that holds."""
        self.store = MessageStore(folder / "voicemail")
        self.mailer = Mailer(folder / "mail", dialplan().mail)
        self._dialplan = dialplan
        self._exchange = exchange
        self._rate = engine.settings.clock_rate
        summary = MessageSummary(self.store, lambda: exchange.router, dialplan)
        subscriptions.offer(summary)
        self._waiting = MessageWaiting(engine, location, subscriptions, summary)
        self._waiting.unasked = dialplan().voicemail.notify_unasked
        self._mail = VoicemailMail(self.mailer, self.store, dialplan)
        self._work: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """What was there when the switch stopped, or died."""
        least = self._dialplan().voicemail.min_length
        recovered = await asyncio.to_thread(self.store.load, least, self._rate)
        await self.mailer.load()
        self.store.on_change = self._waiting.changed
        self.store.on_message = self._left
        self._exchange.voicemail = self.store
        for message in recovered:
            self._left(message, self.store.sound(message))

    def registered(self, number: str, before: Bindings, after: Bindings) -> None:
        """Called inside PJSIP: a phone that has come is told soon."""
        if len(after) >= len(before):
            loop = asyncio.get_running_loop()
            loop.call_soon(self._waiting.registered, number, before, after)

    def take(self, new: Dialplan) -> None:
        """A reload: this dialplan holds from now on."""
        changed = self.mailer.settings != new.mail
        self.mailer.settings = new.mail
        self._waiting.unasked = new.voicemail.notify_unasked
        if changed:
            self.mailer.look()

    async def close(self) -> None:
        """Waits until all is on the disk."""
        await self.store.close()
        while self._work:
            await asyncio.wait(self._work)

    def _left(self, message: Message, sound: Path) -> None:
        task = asyncio.get_running_loop().create_task(self._mail.send(message, sound))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
