"""SIP messages as tests see them: read leniently, written exactly. Independent of the switch's parser."""

import hashlib
import itertools
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}
_COMPACT |= {
    "c": "content-type",
    "k": "supported",
    "x": "session-expires",
    "r": "refer-to",
    "e": "content-encoding",
}


@dataclass(frozen=True, slots=True)
class Message:
    """A request or response as received or to be sent."""

    start: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def status(self) -> int:
        """The code of a response, 0 for a request."""
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """The method: of a request from its first line, of a response from CSeq."""
        return self.get("CSeq").split()[-1] if self.status else self.start.split()[0]

    def all(self, name: str) -> list[str]:
        """Every value of a header, by long name, in their order; lines, not list members."""
        wanted = name.lower()
        return [value for key, value in self.headers if _COMPACT.get(key.lower(), key.lower()) == wanted]

    def get(self, name: str) -> str:
        """The first value, or nothing."""
        return next(iter(self.all(name)), "")

    def tag(self, name: str) -> str:
        """The tag of From or To, or nothing."""
        found = re.search(r";\s*tag=([^;>\s]+)", self.get(name).rsplit(">", 1)[-1])
        return found.group(1) if found else ""

    def encode(self) -> bytes:
        """The bytes, with the Content-Length that the body has unless one is among the headers."""
        headers = list(self.headers)
        if not self.all("Content-Length"):
            headers.append(("Content-Length", str(len(self.body))))
        text = "\r\n".join([self.start, *(f"{name}: {value}" for name, value in headers), "", ""])
        return text.encode() + self.body


def parse(data: bytes) -> Message:
    """Reads one message; what is not UTF-8 is replaced, what has no colon is skipped."""
    head, _, body = data.partition(b"\r\n\r\n")
    text = re.sub(r"\r\n[ \t]+", " ", head.decode(errors="replace"))
    start, *lines = text.split("\r\n")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return Message(start, tuple((name.strip(), value.strip()) for name, value in pairs), body)


def split_stream(buffer: bytearray) -> list[Message]:
    """Takes the whole messages off the front of a stream, by Content-Length; empty lines are pings."""
    found: list[Message] = []
    while True:
        while buffer[:2] == b"\r\n":
            del buffer[:2]
        head = buffer.find(b"\r\n\r\n")
        if head < 0:
            return found
        length = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", bytes(buffer[: head + 2]))
        end = head + 4 + (int(length.group(1)) if length else 0)
        if len(buffer) < end:
            return found
        found.append(parse(bytes(buffer[:end])))
        del buffer[:end]


_numbers = itertools.count(1)


def new_token() -> str:
    """Unlike any before: for branches, tags and Call-IDs."""
    return f"{next(_numbers)}{secrets.token_hex(6)}"


def request(
    method: str,
    uri: str,
    *,
    via: str,
    from_: str,
    to: str,
    call_id: str = "",
    cseq: int = 1,
    contact: str = "",
    extra: Sequence[tuple[str, str]] = (),
    body: bytes = b"",
    body_type: str = "application/sdp",
) -> Message:
    """A request that is complete and correct. `via` is `SIP/2.0/UDP host:port`; branch and From tag are made
    unless they are there."""
    branch = "" if ";branch=" in via else f";branch=z9hG4bK{new_token()}"
    tag = "" if ";tag=" in from_ else f";tag={new_token()}"
    headers = [("Via", via + branch + ";rport"), ("Max-Forwards", "70"), ("From", from_ + tag), ("To", to)]
    headers += [("Call-ID", call_id or new_token()), ("CSeq", f"{cseq} {method}")]
    headers += [("Contact", contact)] if contact else []
    headers += [("Content-Type", body_type)] if body else []
    return Message(f"{method} {uri} SIP/2.0", (*headers, *extra), body)


def response(
    to: Message, status: int, phrase: str = "", extra: Sequence[tuple[str, str]] = (), body: bytes = b""
) -> Message:
    """The response to a request, with all its Vias and Record-Routes; give To its tag with `tagged`."""
    copied = [
        (name, value)
        for name in ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")
        for value in to.all(name)
    ]
    kind = [("Content-Type", "application/sdp")] if body else []
    return Message(f"SIP/2.0 {status} {phrase or 'Test'}", (*copied, *kind, *extra), body)


def tagged(message: Message, tag: str) -> Message:
    """The same with a tag in To, unless it has one."""
    if message.tag("To"):
        return message
    headers = tuple((n, f"{v};tag={tag}" if n.lower() in ("to", "t") else v) for n, v in message.headers)
    return Message(message.start, headers, message.body)


def replace(message: Message, name: str, value: str | None) -> Message:
    """The same with one header's value replaced, added at the end, or (None) removed."""
    headers = [(n, v) for n, v in message.headers if n.lower() != name.lower()]
    return Message(message.start, (*headers, *([(name, value)] if value is not None else [])), message.body)


def challenge_values(header: str) -> dict[str, str]:
    """The parameters of a WWW-Authenticate value, names in lower case, quotes removed."""
    pairs = re.findall(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",\s]+))', header.partition(" ")[2])
    return {name.lower(): quoted or bare for name, quoted, bare in pairs}


def authorization(
    challenge: str, method: str, uri: str, user: str, password: str, count: int = 1, cnonce: str = "0a4f113b"
) -> str:
    """The value of Authorization for a challenge (RFC 7616, RFC 8760): MD5 or SHA-256, with or without qop.

    Raises ValueError for another algorithm.
    """
    values = challenge_values(challenge)
    algorithm = values.get("algorithm", "MD5")
    if algorithm.upper() not in ("MD5", "SHA-256"):
        raise ValueError(f"the challenge wants {algorithm}: this client knows MD5 and SHA-256")

    def digest(*parts: str) -> str:
        name = "md5" if algorithm.upper() == "MD5" else "sha256"
        return hashlib.new(name, ":".join(parts).encode()).hexdigest()

    secret, subject = digest(user, values["realm"], password), digest(method, uri)
    fields = [
        f'username="{user}"',
        f'realm="{values["realm"]}"',
        f'nonce="{values["nonce"]}"',
        f'uri="{uri}"',
    ]
    fields.append(f"algorithm={algorithm}")
    if "qop" in values:
        proof = digest(secret, values["nonce"], f"{count:08x}", cnonce, "auth", subject)
        fields += ["qop=auth", f"nc={count:08x}", f'cnonce="{cnonce}"']
    else:
        proof = digest(secret, values["nonce"], subject)
    fields += [f'opaque="{values["opaque"]}"'] if "opaque" in values else []
    return "Digest " + ", ".join([*fields, f'response="{proof}"'])
