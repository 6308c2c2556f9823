"""A real SMTP server on loopback."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.rig.waiting import until


class MailServer:
    """Takes mail, or refuses it with `answer`."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answer = "250 Taken"
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Again at the same port if it was there before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="mail.example"), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def received(self, count: int = 1) -> EmailMessage:
        """The last of so many mails."""
        await until(lambda: len(self.mails) >= count, f"{count} mails are there", every=0.02)
        return self.mails[count - 1]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd calls it."""
        if self.answer.startswith("250"):
            content: Any = envelope.content
            mail = cast("EmailMessage", message_from_bytes(content, policy=policy.default))
            mail["X-To"] = ", ".join(envelope.rcpt_tos)
            self.mails.append(mail)
        return self.answer
