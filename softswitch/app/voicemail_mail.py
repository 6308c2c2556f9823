"""Voicemail by mail: each message that comes into a box with an address."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from softswitch.config.dialplan import Dialplan
from softswitch.config.extension import Extension
from softswitch.integrations.mail import Mailer
from softswitch.integrations.voicemail_letter import Left, letter
from softswitch.voicemail.message import Message
from softswitch.voicemail.store import MessageStore

log = structlog.get_logger("softswitch.mail")


class VoicemailMail:
    """Writes the letters."""

    def __init__(self, mailer: Mailer, store: MessageStore, dialplan: Callable[[], Dialplan]) -> None:
        self._mailer = mailer
        self._store = store
        self._dialplan = dialplan

    async def send(self, message: Message, sound: Path) -> None:
        """Hand it over, if its box wants that. Never raises for what can go wrong."""
        dialplan = self._dialplan()
        owner = dialplan.extensions.get(message.box) or dialplan.departments.get(message.box)
        box = owner.voicemail if owner is not None else None
        settings = dialplan.mail
        if owner is None or box is None or settings is None:
            return
        to = box.email or (owner.email if isinstance(owner, Extension) else None)
        if to is None:
            return
        at = datetime.fromtimestamp(message.at, dialplan.timezone_of(message.box))
        left = Left(message.caller, message.name, owner.name, at, message.seconds)
        language = dialplan.language_of(message.box)
        try:
            await self._mailer.put(
                message.id,
                to,
                lambda: letter(left, sound, language, settings.sender, to, settings.attachment),
            )
        except OSError as error:
            log.error("voicemail not sent by mail", box=message.box, to=to, error=str(error))
            return
        if box.delete_after_mail:
            self._store.delete(message)
