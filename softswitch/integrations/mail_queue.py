"""Mail that has not been sent yet, on disk: it outlives the switch.

A mail is `ID.eml`, as it goes to the server, and `ID.json`, which says where to and what has been tried; the
latter is written last, and whole or not at all. All functions wait for the disk: off the loop.
"""

import json
from dataclasses import asdict, dataclass, replace
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Final

from softswitch.disk.whole import remove, write_whole

FIRST_RETRY: Final = 60.0
"""Seconds after the first failure; twice as long after each further one."""
LONGEST_RETRY: Final = 3600.0
GIVEN_UP: Final = 5 * 86400.0
"""Seconds after which a mail that could not be sent is given up (RFC 5321 §4.5.4.1)."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail. Times are seconds since 1970."""

    id: str
    to: str
    at: float
    tries: int = 0
    due: float = 0.0


def after_failure(mail: Waiting, now: float, first: float = FIRST_RETRY) -> Waiting | None:
    """When it is tried next; None when it is given up. `first`: seconds after the first failure."""
    if now - mail.at >= GIVEN_UP:
        return None
    wait = min(first * 2.0 ** min(mail.tries, 20), LONGEST_RETRY)
    return replace(mail, tries=mail.tries + 1, due=now + wait)


class MailQueue:
    """The folder. Raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, mail: Waiting, message: EmailMessage) -> None:
        """It will not be lost from now on."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._path(mail, "eml"), message.as_bytes(policy=SMTP))
        self.keep(mail)

    def keep(self, mail: Waiting) -> None:
        """What has been tried."""
        write_whole(self._path(mail, "json"), json.dumps({"version": 1, **asdict(mail)}).encode())

    def message(self, mail: Waiting) -> bytes:
        """As it goes to the server."""
        return self._path(mail, "eml").read_bytes()

    def remove(self, mail: Waiting) -> None:
        """It has been sent, or given up."""
        remove(self._path(mail, "json"), self._path(mail, "eml"))

    def load(self) -> list[Waiting]:
        """What waits, the oldest first. What nobody waits for goes."""
        found: list[Waiting] = []
        for file in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            try:
                data = json.loads(file.read_bytes())
                if data.pop("version") == 1 and file.with_suffix(".eml").is_file():
                    found.append(Waiting(**data))
            except (ValueError, KeyError, TypeError, AttributeError):
                file.replace(file.with_suffix(".broken"))
        known = {mail.id for mail in found}
        for file in self._folder.glob("*.eml") if self._folder.is_dir() else ():
            if file.stem not in known:
                file.unlink(missing_ok=True)
        return sorted(found, key=lambda mail: mail.at)

    def _path(self, mail: Waiting, kind: str) -> Path:
        return self._folder / f"{mail.id}.{kind}"
