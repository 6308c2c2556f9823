"""Sends mail through the operator's SMTP server; what cannot be sent now is tried again, restart or not.

A refusal for good (5xx, RFC 5321 §4.2.1) is logged and given up. A refused password is not one of the mail's:
it waits until the operator has put it right.
"""

import asyncio
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import structlog

from softswitch.config.mail import Mail
from softswitch.disk.thread import DiskThread
from softswitch.integrations.mail_queue import FIRST_RETRY, MailQueue, Waiting, after_failure

log = structlog.get_logger("softswitch.mail")

_PATIENCE: Final = 30.0
"""Seconds for each answer of the server."""


class Mailer:
    """`put` what is to be sent; `run` sends it. `settings` are replaced by a reload; None sends nothing."""

    def __init__(
        self,
        folder: Path,
        settings: Mail | None,
        clock: Callable[[], float] = time.time,
        first_retry: float = FIRST_RETRY,
    ) -> None:
        self.settings = settings
        self._queue = MailQueue(folder)
        self._clock = clock
        self._first_retry = first_retry
        self._waiting: dict[str, Waiting] = {}
        self._wake = asyncio.Event()
        self._disk = DiskThread("mail")

    @property
    def waiting(self) -> int:
        """How many mails have not been sent yet."""
        return len(self._waiting)

    async def load(self) -> None:
        """What an earlier run has not sent."""
        try:
            self._waiting = {mail.id: mail for mail in await self._disk.run(self._queue.load)}
        except OSError as error:
            log.error("waiting mail cannot be read", error=str(error))

    async def put(self, mail_id: str, to: str, make: Callable[[], EmailMessage]) -> None:
        """It will be sent. `make` runs in a thread. Raises OSError when it cannot be kept."""
        mail = Waiting(mail_id, to, self._clock())
        await self._disk.run(lambda: self._queue.put(mail, make()))
        self._waiting[mail.id] = mail
        self._wake.set()

    def look(self) -> None:
        """The settings have changed: what waits is tried again now."""
        now = self._clock()
        for mail in tuple(self._waiting.values()):
            self._waiting[mail.id] = Waiting(mail.id, mail.to, mail.at, mail.tries, now)
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        task = asyncio.current_task()
        # Python 3.11's wait_for, which aiosmtplib waits with, forgets a cancellation that meets its answer.
        while task is None or not task.cancelling():
            self._wake.clear()
            now = self._clock()
            settings = self.settings
            due = [mail for mail in self._waiting.values() if mail.due <= now] if settings else []
            for mail in due:
                if settings is not None and (task is None or not task.cancelling()):
                    await self._send(mail, settings)
            if not due:
                later = [mail.due - now for mail in self._waiting.values()] if settings else []
                await self._sleep(min(later, default=None))

    async def _sleep(self, seconds: float | None) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return

    async def _send(self, mail: Waiting, settings: Mail) -> None:
        try:
            message = await self._disk.run(lambda: self._queue.message(mail))
        except OSError as error:
            log.error("mail lost", to=mail.to, error=str(error))
            await self._over(mail)
            return
        import aiosmtplib  # takes 5 MB, and a tenth of a second, of those who send no mail

        try:
            await _submit(settings, mail.to, message)
        except aiosmtplib.SMTPAuthenticationError as error:
            await self._again(mail, f"{settings.server} refuses user and password: {error.message}")
        except aiosmtplib.SMTPResponseException as error:
            await self._refused(mail, settings, error.code, error.message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            first = error.recipients[0]
            await self._refused(mail, settings, first.code, first.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            await self._again(mail, f"{settings.server}:{settings.port}: {error}")
        else:
            log.info("mail sent", to=mail.to, tries=mail.tries + 1)
            await self._over(mail)

    async def _refused(self, mail: Waiting, settings: Mail, code: int, words: str) -> None:
        if 500 <= code < 600:
            remedy = "check the address, and what the server allows the sender"
            log.error("mail refused and given up", to=mail.to, status=code, answer=words, remedy=remedy)
            await self._over(mail)
        else:
            await self._again(mail, f"{settings.server} answered {code} {words}")

    async def _again(self, mail: Waiting, problem: str) -> None:
        later = after_failure(mail, self._clock(), self._first_retry)
        if later is None:
            log.error("mail given up", to=mail.to, tries=mail.tries + 1, problem=problem)
            await self._over(mail)
            return
        wait = round(later.due - self._clock())
        log.warning("mail not sent, tried again later", to=mail.to, problem=problem, seconds=wait)
        self._waiting[mail.id] = later
        try:
            await self._disk.run(lambda: self._queue.keep(later))
        except OSError as error:
            log.error("mail's state not kept", to=mail.to, error=str(error))

    async def _over(self, mail: Waiting) -> None:
        self._waiting.pop(mail.id, None)
        try:
            await self._disk.run(lambda: self._queue.remove(mail))
        except OSError as error:
            log.error("sent mail not removed: it may be sent twice", to=mail.to, error=str(error))


async def _submit(settings: Mail, to: str, message: bytes) -> None:
    import aiosmtplib

    password = settings.password.get_secret_value() if settings.password is not None else None
    async with aiosmtplib.SMTP(
        hostname=settings.server,
        port=settings.port,
        username=settings.user,
        password=password,
        use_tls=settings.tls == "tls",
        start_tls=settings.tls == "starttls",
        timeout=_PATIENCE,
    ) as server:
        await server.sendmail(settings.sender, [to], message)
