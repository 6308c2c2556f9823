"""One event, one line of the journal: a checksum, a space, and the event's name and fields as a JSON list.

By position, since the journal is written a dozen times a call: see the note in events.py on new fields.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from json import encoder
from typing import Any, Final, NamedTuple, get_args
from zlib import crc32

from softswitch.records.events import CallEvent


class RunStarted(NamedTuple):
    """A switch has started: what earlier ones have left open died with them. No event of a call."""

    at: float


_TYPES: Final[dict[str, type]] = {kind.__name__: kind for kind in (*get_args(CallEvent), RunStarted)}


def c_encoder(plain: json.JSONEncoder) -> Callable[[Any], str]:
    """`plain`'s encode, of C and made once: its own makes one for each value, which takes as long again.

    Circles are not looked for.
    """
    make = getattr(encoder, "c_make_encoder", None)  # CPython's
    if make is None:
        return plain.encode
    chunks = make(
        None,
        plain.default,
        encoder.encode_basestring_ascii,
        None,
        plain.key_separator,
        plain.item_separator,
        plain.sort_keys,
        plain.skipkeys,
        plain.allow_nan,
    )
    return lambda value: "".join(chunks(value, 0))


_encode = c_encoder(json.JSONEncoder(separators=(",", ":"), allow_nan=True))
_decode = json.JSONDecoder().decode


def line_of(event: CallEvent | RunStarted) -> bytes:
    """The event as a line, its end included."""
    text = _encode((type(event).__name__, *event)).encode()
    return b"%08x %b\n" % (crc32(text), text)


def event_of(line: bytes) -> CallEvent | RunStarted | None:
    """The event of a line without its end; None for a line that is torn, damaged or of no known kind."""
    return events_of((line,))[0]


def events_of(lines: Iterable[bytes]) -> Sequence[CallEvent | RunStarted | None]:
    """The same of many lines: all are decoded in one go."""
    texts = [text if line[:9] == b"%08x " % crc32(text := line[9:]) else b"0" for line in lines]
    return [_event(fields) for fields in _decode((b"[" + b",".join(texts) + b"]").decode())]


def _event(fields: Any) -> CallEvent | RunStarted | None:
    kind = _TYPES.get(fields[0]) if fields else None
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
