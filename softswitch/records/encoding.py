"""One event, one line of the journal: a checksum, a space, and the event's name and fields as a JSON list.

By position, since the journal is written a dozen times a call: see the note in events.py on new fields.
"""

import json
from typing import Any, Final, NamedTuple, get_args
from zlib import crc32

from softswitch.records.events import CallEvent


class RunStarted(NamedTuple):
    """A switch has started: what earlier ones have left open died with them. No event of a call."""

    at: float


_TYPES: Final[dict[str, type]] = {kind.__name__: kind for kind in (*get_args(CallEvent), RunStarted)}
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder().raw_decode


def line_of(event: CallEvent | RunStarted) -> bytes:
    """The event as a line, its end included."""
    text = _encode((type(event).__name__, *event)).encode()
    return b"%08x %b\n" % (crc32(text), text)


def event_of(line: bytes) -> CallEvent | RunStarted | None:
    """The event of a line without its end; None for a line that is torn, damaged or of no known kind."""
    text = line[9:]
    if line[:9] != b"%08x " % crc32(text):
        return None
    return _event(_decode(text.decode())[0])


def _event(fields: list[Any]) -> CallEvent | RunStarted | None:
    kind = _TYPES.get(fields[0])
    if kind is None:
        return None
    values = fields[1:]
    if fields[0] == "Routed":
        values[3] = tuple((text, number) for text, number in values[3])
    try:
        event: CallEvent | RunStarted = kind(*values)
    except TypeError:
        return None  # another version has written it
    return event
