"""An answer to a request that PJSIP cannot parse (RFC 3261 §16.3 step 1, RFC 4475 §3.1.2), if anything.

Only what an answer must repeat is looked for, line by line, without understanding it.
"""

import re
import secrets
from typing import Final

_METHOD: Final = re.compile(rb"[A-Za-z0-9\-.!%*_+`'~]{1,64}")
_VERSION: Final = re.compile(rb"SIP/[0-9]{1,20}\.[0-9]{1,20}", re.IGNORECASE)
_SCHEME: Final = re.compile(rb"([A-Za-z][A-Za-z0-9+.\-]{0,64}):")
_OUR_SCHEMES: Final = (b"sip", b"sips", b"tel")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
# Possessive quantifiers, so that no message makes it try every way to split a line.
_CREDENTIALS: Final = re.compile(
    rb"^Authorization[ \t]*+:[ \t]*+(\S*+)[^\r\n]*+\r?\n(?:[ \t][^\r\n]*+\r?\n)*+",
    re.IGNORECASE | re.MULTILINE,
)
_WANTED: Final = {
    b"via": b"Via", b"v": b"Via", b"from": b"From", b"f": b"From", b"to": b"To", b"t": b"To",
    b"call-id": b"Call-ID", b"i": b"Call-ID", b"cseq": b"CSeq",
}  # fmt: skip
_LIMIT: Final = 8192

Headers = tuple[tuple[str, str], ...]


def answer_to(data: bytes) -> bytes | None:
    """What to say to something that looks like a request; None for anything else: it is dropped in silence.

    505 for another version of SIP, 416 for a URI scheme that is none of ours, 400 for the rest.
    """
    words = data.lstrip(b"\r\n").partition(b"\n")[0].split()
    if len(words) < 3 or not _METHOD.fullmatch(words[0]) or not _VERSION.fullmatch(words[-1]):
        return None
    if words[0].upper() == b"ACK":
        return None
    if words[-1].upper() != b"SIP/2.0":
        return response(data, 505, "Version Not Supported")
    scheme = _SCHEME.match(words[1])
    if scheme is not None and scheme.group(1).lower() not in _OUR_SCHEMES:
        return response(data, 416, "Unsupported URI Scheme")
    return response(data, 400, "Bad Request")


def response(data: bytes, status: int, reason: str, headers: Headers = ()) -> bytes | None:
    """An answer to the request with all that it must repeat (RFC 3261 §8.2.6.2), as far as it is there.

    None without a Via, since nobody could match it. Of what must not be there twice the first counts.
    """
    lines = _repeated(data)
    if b"Via" not in [title for title, _ in lines]:
        return None
    text = [f"SIP/2.0 {status} {reason}".encode()]
    text += [title + b": " + value for title, value in lines]
    text += [f"{name}: {value}".encode() for name, value in headers]
    return b"\r\n".join([*text, b"Content-Length: 0", b"", b""])


def without_credentials(data: bytes) -> bytes | None:
    """The request without its credentials, if some are of another scheme than Digest; else None.

    PJSIP takes those for a syntax error, RFC 3261 §22.2 for no credentials: the answer is a challenge.
    """
    head, blank, body = data.partition(b"\r\n\r\n")
    head += b"\r\n"
    if all(scheme.lower() == b"digest" for scheme in _CREDENTIALS.findall(head)):
        return None
    return _CREDENTIALS.sub(b"", head).removesuffix(b"\r\n") + blank + body


def _repeated(data: bytes) -> list[tuple[bytes, bytes]]:
    head = _FOLD.sub(b" ", data.lstrip(b"\r\n").partition(b"\r\n\r\n")[0][:_LIMIT])
    lines: list[tuple[bytes, bytes]] = []
    seen: set[bytes] = set()
    for line in head.split(b"\n")[1:]:
        name, colon, value = line.partition(b":")
        title = _WANTED.get(name.strip().lower())
        if not colon or title is None or (title != b"Via" and title in seen):
            continue
        seen.add(title)
        lines.append((title, _tagged(value.strip()) if title == b"To" else value.strip()))
    return lines


def _tagged(to: bytes) -> bytes:
    return to if b"tag" in to.lower() else to + b";tag=" + secrets.token_hex(8).encode()
