"""Mail about faxes, in three languages; what a caller calls himself stays on one line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from softswitch.integrations.fax_letter import FaxNote, received, told

AT = datetime(2026, 3, 11, 11, 2, tzinfo=UTC)


def note(**settings: object) -> FaxNote:
    facts = {"number": "+4930999", "name": "Carl\r\nBcc: all@office.example", "place": "Office", "at": AT}
    return FaxNote(**{**facts, "pages": 3, "outcome": "", **settings})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "subject", "date"),
    [
        ("en", "Fax from ", "2026-03-11"),
        ("ru-RU", "Факс от ", "11.03.2026"),
        ("id", "Faks dari ", "2026-03-11"),
    ],
)
def test_a_fax_has_come(tmp_path: Path, language: str, subject: str, date: str) -> None:
    pdf = tmp_path / "fax.pdf"
    pdf.write_bytes(b"%PDF-1.4")
    mail = received(note(), pdf, language, "pbx@office.example", "anna@office.example")
    assert mail["Subject"].startswith(f"{subject}Carl Bcc: all@office.example (+4930999)")
    assert mail["Bcc"] is None
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert date in text
    assert "hung up" not in text
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "2026-03-11-1102-4930999.pdf"
    assert attached.get_content() == b"%PDF-1.4"
    broken = received(
        note(outcome="hung up", number="", name=""), pdf, language, "p@office.example", "a@b.example"
    )
    body = broken.get_body()
    assert body is not None
    assert "hung up" in body.get_content()


@pytest.mark.parametrize("language", ["en", "ru", "id", "de"])
def test_what_has_become_of_one_that_was_sent(language: str) -> None:
    sent = told(note(name=""), language, "pbx@office.example", "anna@office.example")
    lost = told(note(outcome="busy", tries=3), language, "pbx@office.example", "anna@office.example")
    assert sent["Subject"] != lost["Subject"]
    assert "+4930999" in sent["Subject"]
    assert "3" in sent.get_content()
    assert "busy" in lost.get_content()
