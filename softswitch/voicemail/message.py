"""One voicemail message, and how it is kept beside its sound."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """What is known of it. Its sound is `ID.wav` in the folder of its box."""

    id: str
    box: str
    """An extension's number or a department's key."""
    at: float
    """When it was left, in seconds since 1970."""
    caller: str
    """Who left it: an extension or an outside number, empty if he hid it."""
    name: str
    """What the caller is called; his number where nothing else is known."""
    seconds: float
    call: str
    """The call that it came by."""
    heard: bool = False


def to_json(message: Message) -> bytes:
    """What stands in the file beside the sound."""
    return json.dumps({"version": 1, **asdict(message)}, ensure_ascii=False, indent=1).encode()


def from_json(data: bytes) -> Message:
    """The inverse. Raises ValueError for what is none."""
    found = json.loads(data)
    if not isinstance(found, dict) or found.pop("version", None) != 1:
        raise ValueError("no message of a known version")
    kinds = {"at": float, "seconds": float, "heard": bool}
    values: dict[str, Any] = {}
    for field in fields(Message):
        value = found.get(field.name)
        kind = kinds.get(field.name, str)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind):
            raise ValueError(f"{field.name} is {value!r}")
        values[field.name] = value
    return Message(**values)


def sound_of(folder: Path, message: Message) -> Path:
    """Where its sound is."""
    return folder / f"{message.id}.wav"
