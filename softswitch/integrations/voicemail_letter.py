"""A voicemail message as mail, in the language of whose box it is."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from media import studio
from softswitch.config.mail import Attachment

_TEXTS: Final = {
    "en": (
        "Voicemail from {who}",
        "{who} left a message of {length} for {box} on {date} at {time}.",
        "number withheld",
        "It is attached.",
    ),
    "ru": (
        "Голосовое сообщение: {who}",
        "{who}: сообщение длиной {length} для {box}, {date} в {time}.",
        "номер скрыт",
        "Запись приложена.",
    ),
    "id": (
        "Pesan suara dari {who}",
        "{who} meninggalkan pesan {length} untuk {box} pada {date} pukul {time}.",
        "nomor disembunyikan",
        "Rekamannya terlampir.",
    ),
}
_FORMATS: Final[dict[Attachment, tuple[str, str, str]]] = {
    "wav": ("WAV", "PCM_16", "wav"),
    "mp3": ("MP3", "MPEG_LAYER_III", "mpeg"),
    "ogg": ("OGG", "VORBIS", "ogg"),
}


@dataclass(frozen=True, slots=True)
class Left:
    """What is told of a message."""

    caller: str
    """Empty for who hid his number."""
    name: str
    box: str
    """What the box is called."""
    at: datetime
    """In the owner's timezone."""
    seconds: float


def letter(left: Left, sound: Path, language: str, sender: str, to: str, kind: Attachment) -> EmailMessage:
    """The mail, with the sound attached. Takes its time: off the loop. Raises OSError."""
    subject, line, hidden, attached = _TEXTS.get(language.partition("-")[0].lower(), _TEXTS["en"])
    who = named(left.caller, left.name, hidden)
    words = {
        "who": who,
        "box": left.box,
        "length": f"{int(left.seconds) // 60}:{int(left.seconds) % 60:02d}",
        "date": f"{left.at:%d.%m.%Y}" if language.startswith("ru") else f"{left.at:%Y-%m-%d}",
        "time": f"{left.at:%H:%M}",
    }
    message = EmailMessage()
    message["Subject"] = subject.format(**words)
    message["From"] = Address("Voicemail", addr_spec=sender)
    message["To"] = to
    message["Date"] = format_datetime(left.at)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
    message.set_content(f"{line.format(**words)}\n{attached}\n")
    data, subtype = _encoded(sound, kind)
    name = f"{left.at:%Y-%m-%d-%H%M}-{plain(left.caller)}.{kind}"
    message.add_attachment(data, maintype="audio", subtype=subtype, filename=name)
    return message


def named(caller: str, name: str, hidden: str) -> str:
    """Who it was, on one line; `hidden` for who hid his number."""
    number = one_line(caller) or hidden
    shown = one_line(name)
    return f"{shown} ({number})" if shown and name != caller else number


def one_line(text: str) -> str:
    """On one line, whatever the caller calls himself."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def plain(number: str) -> str:
    """Of a number what can stand in a file's name."""
    return "".join(sign for sign in number if sign.isalnum()) or "unknown"


def _encoded(sound: Path, kind: Attachment) -> tuple[bytes, str]:
    form, subtype, media = _FORMATS[kind]
    if kind == "wav":
        return sound.read_bytes(), media
    data: bytes = studio.run("media.attachment:encoded", sound, form, subtype)
    return data, media
