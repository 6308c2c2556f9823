"""An answer to a request that PJSIP cannot parse (RFC 3261 §16.3 step 1, RFC 4475 §3.1.2): 400, if anything.

Only what an answer must repeat is looked for, line by line, without understanding it.
"""

import re
from typing import Final

_START: Final = re.compile(
    rb"(?!ACK )[A-Za-z0-9\-.!%*_+`'~]{1,32} \S.* +SIP/[0-9]+\.[0-9]+\s*\r?\n", re.IGNORECASE
)
_WANTED: Final = {
    b"via": b"Via", b"v": b"Via", b"from": b"From", b"f": b"From", b"to": b"To", b"t": b"To",
    b"call-id": b"Call-ID", b"i": b"Call-ID", b"cseq": b"CSeq",
}  # fmt: skip
_LIMIT: Final = 4096


def answer_to(data: bytes) -> bytes | None:
    """A 400 for what looks like a request; None for anything else, which is dropped in silence."""
    data = data.lstrip(b"\r\n")
    if not _START.match(data):
        return None
    head = data.partition(b"\r\n\r\n")[0][:_LIMIT]
    head = re.sub(rb"\r?\n[ \t]+", b" ", head)
    lines: list[tuple[bytes, bytes]] = []
    for line in head.split(b"\n")[1:]:
        name, colon, value = line.partition(b":")
        title = _WANTED.get(name.strip().lower())
        if colon and title is not None:
            lines.append((title, value.strip()))
    present = [title for title, _ in lines]
    if (
        any(present.count(title) != 1 for title in (b"From", b"To", b"Call-ID", b"CSeq"))
        or b"Via" not in present
    ):
        return None
    copied = b"".join(title + b": " + value + b"\r\n" for title, value in lines)
    return b"SIP/2.0 400 Bad Request\r\n" + copied + b"Content-Length: 0\r\n\r\n"
