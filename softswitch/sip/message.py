"""SIP messages as the switch sees them: requests parsed lazily, responses to be sent (RFC 3261 §7)."""

import re
from dataclasses import dataclass
from typing import Final

from softswitch.sip.dialog_id import DialogId
from softswitch.sip.headers import (
    TOKEN,
    MalformedMessage,
    Params,
    param,
    parse_params,
    printable,
    split_list,
    uint,
)
from softswitch.sip.uri import NameAddr, Uri, split_host_port

__all__ = ["MalformedMessage", "NameAddr", "Request", "Response", "Uri", "Via"]

_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_SIP_VERSION: Final = re.compile(r"SIP/[0-9]{1,5}\.[0-9]{1,5}", re.IGNORECASE)
_PLAIN_VIA: Final = re.compile(
    r"SIP/2\.0/([A-Za-z0-9]++) ([A-Za-z0-9.\-]++|\[[0-9A-Fa-f:.]++\])"
    r'(?::([1-9][0-9]{0,3}))?+((?:;[^;,\s"]++)*+)'
)
_LINE_BREAK: Final = re.compile(r"[\r\n\0]")

# RFC 3261 §7.3.3 and the IANA registry of SIP header fields.
_COMPACT: Final = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "n": "identity-info",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
# The usual spellings are looked up whole, which spares them the checks of `_header_name`.
_SPELLINGS: Final = {
    name: name.lower()
    for name in (
        "Via",
        "From",
        "To",
        "Call-ID",
        "CSeq",
        "Contact",
        "Max-Forwards",
        "Authorization",
        "Expires",
        "User-Agent",
        "Content-Length",
        "Content-Type",
        "Allow",
        "Supported",
        "Route",
        "Record-Route",
    )
}
# RFC 3261 §8.1.1: no request without them; all but Via once only (§7.3.1).
_MANDATORY: Final = (("via", "Via"), ("from", "From"), ("to", "To"), ("call-id", "Call-ID"), ("cseq", "CSeq"))
_ONCE: Final = (
    *_MANDATORY[1:],
    ("content-length", "Content-Length"),
    ("content-type", "Content-Type"),
    ("max-forwards", "Max-Forwards"),
    ("expires", "Expires"),
)


@dataclass(frozen=True, slots=True)
class Via:
    """The topmost Via: who sent the request, over what, and the transaction's branch."""

    transport: str
    """As sent, in lower case: udp, tcp, tls, ws …"""
    host: str
    port: int | None
    params: Params

    @property
    def branch(self) -> str:
        """The transaction's branch; empty when an RFC 2543 sender gave none."""
        return param(self.params, "branch") or ""


class Request:
    """A request off the wire. The start line and the header lines are split at once, the rest when asked for.

    `parse` checks what every request needs: the start line, Via, From, To, Call-ID and a CSeq that agrees
    with the method, and the body's length. The properties that look deeper raise MalformedMessage when read.
    """

    __slots__ = (
        "_contacts",
        "_from",
        "_headers",
        "_target",
        "_to",
        "_via",
        "body",
        "call_id",
        "cseq",
        "method",
        "uri",
    )

    def __init__(self, method: str, uri: str, headers: dict[str, list[str]], body: bytes = b"") -> None:
        self.method = method
        self.uri = uri
        self.body = body
        self._headers = headers
        self.call_id, self.cseq = _identity(method, headers)
        self._from: NameAddr | None = None
        self._to: NameAddr | None = None
        self._via: Via | None = None
        self._contacts: tuple[NameAddr, ...] | None = None
        self._target: Uri | None = None

    @classmethod
    def parse(cls, data: bytes) -> "Request":
        """Raises MalformedMessage; its status and reason are the answer (400, or 505 for another version)."""
        head, body = _split_body(data)
        try:
            text = head.decode()
        except UnicodeDecodeError:
            text = head.decode("latin-1")  # old phones: RFC 3261 §7 says UTF-8
        if "\n " in text or "\n\t" in text:
            text = _FOLD.sub(" ", text)
        lines = text.split("\r\n")
        if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
            lines = _uneven_lines(text)
        method, uri = _start_line(lines[0])
        headers = _header_lines(lines)
        if len(headers) < len(lines) - 1:
            _refuse_repeated(headers)
        return cls(method, uri, headers, _measured_body(headers, body))

    def header(self, name: str) -> str | None:
        """The first header of that name (any case, long form), or None."""
        values = self._headers.get(name.lower())
        return values[0] if values else None

    def headers(self, name: str) -> tuple[str, ...]:
        """All header lines of that name, in order, unsplit."""
        return tuple(self._headers.get(name.lower(), ()))

    def elements(self, name: str) -> list[str]:
        """All elements of a comma-separated header, over all of its lines."""
        return [part for value in self._headers.get(name.lower(), ()) for part in split_list(value)]

    @property
    def from_(self) -> NameAddr:
        """From, taken apart."""
        if self._from is None:
            self._from = NameAddr.parse(self._headers["from"][0])
        return self._from

    @property
    def to(self) -> NameAddr:
        """To, taken apart."""
        if self._to is None:
            self._to = NameAddr.parse(self._headers["to"][0])
        return self._to

    @property
    def target(self) -> Uri:
        """The Request-URI, taken apart."""
        if self._target is None:
            self._target = Uri.parse(self.uri)
        return self._target

    @property
    def contacts(self) -> tuple[NameAddr, ...]:
        """Every Contact but `*`."""
        if self._contacts is None:
            self._contacts = tuple(NameAddr.parse(part) for part in self.elements("contact") if part != "*")
        return self._contacts

    @property
    def has_wildcard_contact(self) -> bool:
        """True when a Contact is `*`: all bindings are meant (RFC 3261 §10.2.2)."""
        return any("*" in value and "*" in split_list(value) for value in self._headers.get("contact", ()))

    @property
    def via(self) -> Via:
        """The topmost Via."""
        if self._via is None:
            self._via = _parse_via(self._headers["via"][0])
        return self._via

    @property
    def via_branch(self) -> str:
        """The branch of the topmost Via; empty when there is none."""
        return self.via.branch

    @property
    def content_type(self) -> str:
        """Type and subtype in lower case, without parameters; empty when the header is missing."""
        value = self.header("content-type")
        return value.partition(";")[0].strip().lower() if value else ""

    @property
    def is_dialog(self) -> bool:
        """True when the request is inside a dialog: its To has a tag (RFC 3261 §12.2.2)."""
        return self.to.tag is not None

    @property
    def max_forwards(self) -> int | None:
        """Hops left; None when the header is missing. Raises MalformedMessage on anything but 0 to 255."""
        value = self.header("max-forwards")
        if value is None:
            return None
        hops = uint(value, 255)
        if hops is None:
            raise MalformedMessage("Max-Forwards is not a number from 0 to 255")
        return hops

    @property
    def replaces(self) -> DialogId | None:
        """The dialog of ours that an INVITE asks to take over (RFC 3891); None when it asks for none.

        Raises MalformedMessage, also when there are several.
        """
        values = self._headers.get("replaces")
        if values is None:
            return None
        if len(values) > 1:
            raise MalformedMessage("More Than One Replaces")
        return DialogId.of_replaces(values[0])

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.uri} {self.call_id} {self.cseq}>"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer to be sent. Via, From, To, Call-ID and CSeq are the engine's to copy from the request.

    Raises ValueError when a status is no final or provisional one, or a line break hides in a header.
    """

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __post_init__(self) -> None:
        if not 100 <= self.status <= 699:
            raise ValueError(f"SIP status {self.status} is out of range: use 100 to 699")
        text = "".join([self.reason, *[name + value for name, value in self.headers]])
        if _LINE_BREAK.search(text):
            raise ValueError(f"line break in the reason or a header of a {self.status}: {text!r}")

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @classmethod
    def of_malformed(cls, error: MalformedMessage) -> "Response":
        """The answer to a request that could be read only so far."""
        return cls(error.status, printable(error.reason))


def _split_body(data: bytes) -> tuple[bytes, bytes]:
    if data[:1] in b"\r\n":
        data = data.lstrip(b"\r\n")  # RFC 3261 §7.5: empty lines before the start line are ignored
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator and b"\n\n" in data:
        head, _, body = data.partition(b"\n\n")
    return head, body


def _uneven_lines(text: str) -> list[str]:
    """Lines that end in a bare line feed are taken as meant; a carriage return inside one is not."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if any("\r" in line for line in lines):
        raise MalformedMessage("Carriage return inside a line")
    return lines


def _start_line(line: str) -> tuple[str, str]:
    parts = line.split(" ")
    if len(parts) != 3:
        raise MalformedMessage("Start line is not: method, URI, version")
    method, uri, version = parts
    if version != "SIP/2.0" and version.upper() != "SIP/2.0":
        if _SIP_VERSION.fullmatch(version):
            raise MalformedMessage("Version Not Supported", 505)
        raise MalformedMessage("Start line does not end in SIP/2.0")
    if not TOKEN.fullmatch(method):
        raise MalformedMessage("Method is not a token")
    if not uri or uri[0] == "<":
        raise MalformedMessage("Request-URI missing or in angle brackets")
    return method, uri


def _header_lines(lines: list[str]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for line in lines[1:]:
        raw_name, colon, value = line.partition(":")
        if not colon:
            if line.strip():
                raise MalformedMessage("Header line without a colon")
            continue
        name = _SPELLINGS.get(raw_name) or _header_name(raw_name)
        if name in headers:
            headers[name].append(value.strip())
        else:
            headers[name] = [value.strip()]
    return headers


def _header_name(text: str) -> str:
    text = text.rstrip(" \t")
    if not TOKEN.fullmatch(text):
        raise MalformedMessage("Header name is not a token")
    name = text.lower()
    return _COMPACT.get(name, name)


def _refuse_repeated(headers: dict[str, list[str]]) -> None:
    for name, title in _ONCE:
        if len(headers.get(name, ())) > 1:
            raise MalformedMessage(f"More than one {title} header")


def _measured_body(headers: dict[str, list[str]], body: bytes) -> bytes:
    values = headers.get("content-length")
    if values is None:
        return body  # a datagram ends where it ends (RFC 3261 §18.3)
    length = uint(values[0])
    if length is None:
        raise MalformedMessage("Content-Length is not a number")
    if length > len(body):
        raise MalformedMessage("Body is shorter than Content-Length")
    return body[:length]


def _identity(method: str, headers: dict[str, list[str]]) -> tuple[str, int]:
    """Call-ID and CSeq number, after a look at what no request may lack."""
    for name, title in _MANDATORY:
        if name not in headers or not headers[name][0]:
            raise MalformedMessage(f"{title} header missing")
    number, _, cseq_method = headers["cseq"][0].replace("\t", " ").partition(" ")
    cseq = uint(number, 2**31 - 1)  # RFC 3261 §8.1.1.5
    if cseq is None:
        raise MalformedMessage("CSeq number is not below 2**31")
    if cseq_method.strip() != method:
        raise MalformedMessage("CSeq method does not match the request")
    call_id = headers["call-id"][0]
    if " " in call_id or "\t" in call_id:
        raise MalformedMessage("Space in Call-ID")
    return call_id, cseq


def _parse_via(value: str) -> Via:
    if plain := _PLAIN_VIA.fullmatch(value):
        transport, host, port, params = plain.groups()
        return Via(transport.lower(), host.lower(), int(port) if port else None, parse_params(params))
    top = split_list(value)
    head, _, params = top[0].partition(";") if top else ("", "", "")
    # LWS is allowed around the slashes and the colon (RFC 3261 §7.3.1, RFC 4475 §3.1.1.1).
    pieces = [piece.strip() for piece in head.split("/", 2)]
    if len(pieces) != 3 or pieces[0].upper() != "SIP" or pieces[1] != "2.0":
        raise MalformedMessage("Via is not SIP/2.0")
    transport, _, sent_by = pieces[2].partition(" ")
    host, port = split_host_port(sent_by.replace(" ", "").replace("\t", ""))
    return Via(transport.strip().lower(), host, port, parse_params(params))
