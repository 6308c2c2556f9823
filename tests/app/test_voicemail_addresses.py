"""Where a message is mailed: to the box's address, else to the person's, else nowhere."""

from pathlib import Path
from typing import Any, cast

import pytest

from softswitch.app.voicemail_mail import VoicemailMail
from softswitch.config import load_text
from softswitch.integrations.mail import Mailer
from softswitch.voicemail.message import Message
from softswitch.voicemail.store import MessageStore

DIALPLAN = """\
domain: office.example
extensions:
  101: {password: geheimnis-1, email: anna@office.example, voicemail: {}}
  102: {password: geheimnis-2, email: boris@office.example, voicemail: {email: box@office.example}}
  103: {password: geheimnis-3, voicemail: {}}
departments: {sales: {members: [101], voicemail: {email: sales@office.example}}}
mail: {server: 127.0.0.1, sender: pbx@office.example}
"""


class Post:
    """Notes who is written to."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    async def put(self, mail_id: str, to: str, make: Any) -> None:
        self.sent.append(to)


@pytest.mark.parametrize(
    ("box", "to"),
    [
        ("101", ["anna@office.example"]),
        ("102", ["box@office.example"]),
        ("103", []),
        ("sales", ["sales@office.example"]),
        ("gone", []),
    ],
)
async def test_where_a_message_goes(tmp_path: Path, box: str, to: list[str]) -> None:
    post, dialplan = Post(), load_text(DIALPLAN, tmp_path / "office.yaml", {})
    mail = VoicemailMail(cast(Mailer, post), MessageStore(tmp_path), lambda: dialplan)
    await mail.send(Message("1", box, 1_780_000_000.0, "+4930", "Dora", 5.0, "call-1"), tmp_path / "1.wav")
    assert post.sent == to
