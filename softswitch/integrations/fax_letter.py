"""A fax as mail: its pages as PDF, or what has become of one that was sent."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from softswitch.integrations.voicemail_letter import named, one_line, plain

_TEXTS: Final = {
    "en": (
        "Fax from {who}, {pages} p.",
        "{who} sent a fax to {place} on {date} at {time}. Pages: {pages}.",
        "It is not complete: {outcome}.",
        "number withheld",
        "It is attached.",
        "Fax to {who} sent",
        "The fax to {who} was sent on {date} at {time}. Pages: {pages}.",
        "Fax to {who} could not be sent",
        "The fax to {who} could not be sent, tries: {tries}. The last one: {outcome}.",
    ),
    "ru": (
        "Факс от {who}, стр.: {pages}",
        "{who}: факс для {place}, {date} в {time}. Страниц: {pages}.",
        "Факс неполный: {outcome}.",
        "номер скрыт",
        "Факс приложен.",
        "Факс на {who} отправлен",
        "Факс на {who} отправлен {date} в {time}. Страниц: {pages}.",
        "Факс на {who}: сбой отправки",
        "Факс на {who} не удалось отправить, попыток: {tries}. Последняя: {outcome}.",
    ),
    "id": (
        "Faks dari {who}, {pages} hlm.",
        "{who} mengirim faks ke {place} pada {date} pukul {time}. Halaman: {pages}.",
        "Faks tidak lengkap: {outcome}.",
        "nomor disembunyikan",
        "Faksnya terlampir.",
        "Faks ke {who} terkirim",
        "Faks ke {who} terkirim pada {date} pukul {time}. Halaman: {pages}.",
        "Faks ke {who} tidak terkirim",
        "Faks ke {who} tidak dapat dikirim, percobaan: {tries}. Yang terakhir: {outcome}.",
    ),
}


@dataclass(frozen=True, slots=True)
class FaxNote:
    """What is told of a fax."""

    number: str
    """The other side's; empty if it is hidden."""
    name: str
    place: str
    """What the fax place is called."""
    at: datetime
    pages: int
    outcome: str
    """What went wrong, in words; empty if nothing did."""
    tries: int = 0


def received(note: FaxNote, pdf: Path, language: str, sender: str, to: str) -> EmailMessage:
    """The mail, with the pages attached. Takes its time: off the loop. Raises OSError."""
    subject, line, broken, hidden, attached, *_ = _texts(language)
    words = _words(note, language, hidden)
    parts = [line, broken, attached] if note.outcome else [line, attached]
    message = _message(note, subject.format(**words), "\n".join(parts).format(**words), sender, to)
    name = f"{note.at:%Y-%m-%d-%H%M}-{plain(note.number)}.pdf"
    message.add_attachment(pdf.read_bytes(), maintype="application", subtype="pdf", filename=name)
    return message


def told(note: FaxNote, language: str, sender: str, to: str) -> EmailMessage:
    """What has become of a fax that was sent."""
    *_, hidden, _attached, sent, sent_line, failed, failed_line = _texts(language)
    words = _words(note, language, hidden)
    subject, line = (failed, failed_line) if note.outcome else (sent, sent_line)
    return _message(note, subject.format(**words), line.format(**words), sender, to)


def _texts(language: str) -> tuple[str, ...]:
    return _TEXTS.get(language.partition("-")[0].lower(), _TEXTS["en"])


def _words(note: FaxNote, language: str, hidden: str) -> dict[str, object]:
    return {
        "who": named(note.number, note.name, hidden),
        "place": one_line(note.place),
        "pages": note.pages,
        "outcome": note.outcome,
        "tries": note.tries,
        "date": f"{note.at:%d.%m.%Y}" if language.startswith("ru") else f"{note.at:%Y-%m-%d}",
        "time": f"{note.at:%H:%M}",
    }


def _message(note: FaxNote, subject: str, text: str, sender: str, to: str) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = Address("Fax", addr_spec=sender)
    message["To"] = to
    message["Date"] = format_datetime(note.at)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
    message.set_content(text + "\n")
    return message
