"""Mail to a real server: away and back, refusing, and over a restart."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import soundfile
from structlog.testing import capture_logs

from media.tones import sine
from media.wav import write
from softswitch.config.mail import Attachment, Mail
from softswitch.integrations.mail import Mailer
from softswitch.integrations.mail_queue import GIVEN_UP, LONGEST_RETRY, MailQueue, Waiting, after_failure
from softswitch.integrations.voicemail_letter import Left, letter
from tests.rig.mail import MailServer
from tests.rig.waiting import until


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    one = MailServer()
    await one.start()
    yield one
    await one.stop()


def settings(server: MailServer) -> Mail:
    return Mail(server="127.0.0.1", port=server.port, tls="off", sender="pbx@office.example")


def hello() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "hello"
    message["To"] = "anna@office.example"
    message.set_content("words")
    return message


class Running:
    """A mailer that runs, and tries again soon."""

    def __init__(self, folder: Path, server: MailServer) -> None:
        self.mailer = Mailer(folder, settings(server), first_retry=0.05)

    async def __aenter__(self) -> Mailer:
        await self.mailer.load()
        self._task = asyncio.create_task(self.mailer.run())
        return self.mailer

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def test_sent_and_gone(server: MailServer, tmp_path: Path) -> None:
    async with Running(tmp_path, server) as mailer:
        await mailer.put("1", "anna@office.example", hello)
        mail = await server.received()
        assert (mail["Subject"], mail["X-To"]) == ("hello", "anna@office.example")
        await until(lambda: not list(tmp_path.iterdir()), "nothing waits", every=0.02)


async def test_the_server_is_away_and_comes_back(server: MailServer, tmp_path: Path) -> None:
    await server.stop()
    async with Running(tmp_path, server) as mailer:
        await mailer.put("1", "anna@office.example", hello)
        await until(lambda: '"tries": 1' in (tmp_path / "1.json").read_text(), "it was tried", every=0.02)
        await server.start()
        await server.received()
        await until(lambda: mailer.waiting == 0, "nothing waits", every=0.02)


async def test_it_waits_over_a_restart(server: MailServer, tmp_path: Path) -> None:
    stopped = Mailer(tmp_path, settings(server))
    await stopped.put("1", "anna@office.example", hello)
    (tmp_path / "lost.eml").write_bytes(b"")  # died between the two files
    (tmp_path / "broken.json").write_bytes(b"{")
    async with Running(tmp_path, server) as mailer:
        await server.received()
        await until(lambda: mailer.waiting == 0, "nothing waits", every=0.02)
    assert not (tmp_path / "lost.eml").exists()


async def test_refused_for_good(server: MailServer, tmp_path: Path) -> None:
    server.answer = "554 No such mailbox"
    with capture_logs() as logs:
        async with Running(tmp_path, server) as mailer:
            await mailer.put("1", "anna@office.example", hello)
            await until(lambda: mailer.waiting == 0, "it is given up", every=0.02)
    (told,) = [line for line in logs if line["log_level"] == "error"]
    assert (told["event"], told["status"]) == ("mail refused and given up", 554)
    assert "No such mailbox" in told["answer"]
    assert mailer.waiting == 0


async def test_refused_for_now(server: MailServer, tmp_path: Path) -> None:
    server.answer = "451 Later"
    async with Running(tmp_path, server) as mailer:
        await mailer.put("1", "anna@office.example", hello)
        await until(lambda: '"tries": 1' in (tmp_path / "1.json").read_text(), "it was tried", every=0.02)
        server.answer = "250 Taken"
        await server.received()


def test_patience() -> None:
    mail = Waiting("1", "a@b", at=0.0)
    waits = []
    for _ in range(9):
        later = after_failure(mail, 0.0)
        assert later is not None
        waits.append(later.due)
        mail = later
    assert waits == [60, 120, 240, 480, 960, 1920, LONGEST_RETRY, LONGEST_RETRY, LONGEST_RETRY]
    assert after_failure(mail, GIVEN_UP) is None


def test_a_queue_that_is_not_there(tmp_path: Path) -> None:
    assert MailQueue(tmp_path / "none").load() == []


@pytest.mark.parametrize(("kind", "form"), [("wav", "WAV"), ("mp3", "MP3"), ("ogg", "OGG")])
def test_the_letter(tmp_path: Path, kind: Attachment, form: str) -> None:
    sound = tmp_path / "a.wav"
    write(sound, sine(600, 2.0, 8000), 8000)
    at = datetime(2026, 3, 10, 14, 5, tzinfo=UTC) + timedelta(0)
    left = Left("+4930111", "Ann\r\nBcc: x", "Boris", at, 62.4)
    mail = letter(left, sound, "en-GB", "pbx@office.example", "boris@office.example", kind)
    assert mail["Subject"] == "Voicemail from Ann Bcc: x (+4930111)"
    body = mail.get_body()
    assert body is not None
    assert "a message of 1:02 for Boris on 2026-03-10 at 14:05" in body.get_content()
    (part,) = mail.iter_attachments()
    assert part.get_filename() == f"2026-03-10-1405-4930111.{kind}"
    (tmp_path / "b").write_bytes(part.get_content())
    info = soundfile.info(tmp_path / "b")
    assert (info.format, round(info.duration)) == (form, 2)


@pytest.mark.parametrize("language", ["ru", "id", "xx"])
def test_who_hides_his_number(tmp_path: Path, language: str) -> None:
    sound = tmp_path / "a.wav"
    write(sound, sine(600, 2.0, 8000), 8000)
    left = Left("", "", "Büro", datetime(2026, 3, 10, tzinfo=UTC), 2.0)
    mail = letter(left, sound, language, "pbx@office.example", "a@b", "wav")
    words = {"ru": "номер скрыт", "id": "nomor disembunyikan", "xx": "number withheld"}
    assert words[language] in mail["Subject"]
