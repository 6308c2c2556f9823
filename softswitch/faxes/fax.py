"""One fax, and how it is kept beside its pages."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

RECEIVED: Final = "received"
WAITING: Final = "waiting"
"""It is to be sent, or is being sent."""
SENT: Final = "sent"
FAILED: Final = "failed"
"""It was to be sent, and that is given up."""


@dataclass(frozen=True, slots=True)
class Fax:
    """What is known of it. Its pages are `ID.tif`, and `ID.pdf` for people, in its place's folder."""

    id: str
    place: str
    """The key in the dialplan's `faxes`."""
    state: str
    """received, waiting, sent or failed."""
    at: float
    """When it came, or was handed over; in seconds since 1970."""
    number: str
    """The other side's: empty if it is hidden."""
    name: str
    """What the other side is called; its number where nothing else is known."""
    station: str = ""
    """What the other machine calls itself."""
    pages: int = 0
    """Pages received whole, or to be sent."""
    speed: int = 0
    """bit/s."""
    corrected: bool = False
    """With error correction (ECM)."""
    outcome: str = ""
    """What went wrong, in words; empty if nothing did."""
    call: str = ""
    """The call that it came by, or the last that tried to send it."""
    by: str = ""
    """The extension that sends it; empty for the operator."""
    tries: int = 0
    due: float = 0.0
    """When it is tried next."""
    ended_at: float = 0.0


def to_json(fax: Fax) -> bytes:
    """What stands in the file beside the pages."""
    return json.dumps({"version": 1, **asdict(fax)}, ensure_ascii=False, indent=1).encode()


def from_json(data: bytes) -> Fax:
    """The inverse. Raises ValueError for what is none."""
    found = json.loads(data)
    if not isinstance(found, dict) or found.pop("version", None) != 1:
        raise ValueError("no fax of a known version")
    values: dict[str, Any] = {}
    for field in fields(Fax):
        value = found.get(field.name)
        kind = {"float": float, "int": int, "bool": bool}.get(str(getattr(field.type, "__name__", "")), str)
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ValueError(f"{field.name} is {value!r}")
        values[field.name] = value
    return Fax(**values)


def pages_of(folder: Path, fax: Fax) -> Path:
    """Where its pages are: TIFF, as the modem has them."""
    return folder / f"{fax.id}.tif"


def pdf_of(folder: Path, fax: Fax) -> Path:
    """The same for people."""
    return folder / f"{fax.id}.pdf"
