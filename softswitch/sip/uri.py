"""SIP, SIPS and TEL URIs (RFC 3261 §19.1, RFC 3966) and the name-addr around them (RFC 3261 §20.10)."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import quote as percent_encode
from urllib.parse import unquote as percent_decode

from softswitch.sip.headers import (
    MalformedMessage,
    Params,
    param,
    parse_params,
    printable,
    quote,
    quoted_end,
    uint,
    unquote,
)

_FORBIDDEN: Final = re.compile(r'[\x00-\x20<>"\x7f-\xa0\u2028\u2029\ud800-\udfff]')
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_HOST: Final = re.compile(r"[A-Za-z0-9\-._]+|\[[0-9A-Fa-f:.]+\]")
# The URIs and addresses of nearly every message in one match; what they do not match takes the long way.
_PLAIN_SIP: Final = re.compile(
    r"(sips?):(?:([A-Za-z0-9\-_.!~*'()&=+$,/]++)@)?+"
    r"([A-Za-z0-9.\-]++|\[[0-9A-Fa-f:.]++\])(?::([1-9][0-9]{0,4}))?+"
    r"((?:;[A-Za-z0-9\-_.!~*'()\[\]/:&+$=]++)*+)"
)
_PLAIN_ADDRESS: Final = re.compile(
    r'(?:"([^"\\]*+)"[ \t]*+|([^"<>,;:]*+))<([^<>"]++)>((?:;.*+)?+)', re.DOTALL
)
_TEL_SEPARATORS: Final = str.maketrans("", "", "-.()")
_TOKENS: Final = re.compile(r"[A-Za-z0-9\-.!%*_+`'~ ]+")
_PARAM_VALUE: Final = re.compile(r"[A-Za-z0-9\-.!%*_+`'~\[\]:]+")
# RFC 3261 §19.1.4: these must agree even when only one of the two URIs has them.
_SIGNIFICANT: Final = ("user", "ttl", "method", "maddr", "transport")


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI taken apart.

    `user` is unescaped, `host` is lower-case (IPv6 in its brackets), `headers` is what follows `?`, as is.
    For tel: the number without visual separators is the `user` and there is no host.
    Of any other scheme only `scheme` and `text` are known. `text` is the URI as received: free of spaces,
    control characters, quotes and angle brackets, so it may go back on the wire.
    """

    scheme: str
    user: str = ""
    host: str = ""
    port: int | None = None
    params: Params = ()
    headers: str = ""
    text: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: str) -> "Uri":
        """Raises MalformedMessage, whose reason says what is wrong with the URI."""
        return _remembered(text) if len(text) <= _REMEMBERED_LENGTH else _parse(text)

    @property
    def is_sip(self) -> bool:
        """True for sip: and sips:, the schemes that a switch can send a request to."""
        return self.scheme in {"sip", "sips"}

    def param(self, name: str) -> str | None:
        """The parameter's value, the empty string for a flag, None when absent."""
        return param(self.params, name)

    def equivalent(self, other: "Uri") -> bool:
        """Comparison by RFC 3261 §19.1.4: parameters that only one side has do not count, save a few."""
        if self.text and self.text == other.text:
            return True
        if (self.scheme, self.user, self.host, self.port) != (
            other.scheme,
            other.user,
            other.host,
            other.port,
        ):
            return False
        if not self.is_sip and not self.user:
            return False  # a scheme of which we know only the text
        if sorted(self.headers.split("&")) != sorted(other.headers.split("&")):
            return False
        mine, theirs = _comparable(self.params), _comparable(other.params)
        names = (mine.keys() & theirs.keys()).union(_SIGNIFICANT)
        return all(mine.get(name) == theirs.get(name) for name in names)

    def __str__(self) -> str:
        """The URI for the wire: as received, or built with whatever needs escaping escaped."""
        return self.text or _build(self)


def _parse(text: str) -> Uri:
    if plain := _PLAIN_SIP.fullmatch(text):
        scheme, user, host, port, params = plain.groups()
        if not port or int(port) <= 65535:
            return Uri(
                scheme,
                user or "",
                host.lower(),
                int(port) if port else None,
                parse_params(params) if params else (),
                "",
                text,
            )
    if _FORBIDDEN.search(text):
        raise MalformedMessage("Character in a URI that must be escaped")
    scheme, colon, rest = text.partition(":")
    if not colon or not _SCHEME.fullmatch(scheme):
        raise MalformedMessage("URI without a scheme")
    scheme = scheme.lower()
    if scheme in {"sip", "sips"}:
        return _parse_sip(scheme, rest, text)
    if scheme == "tel":
        number, _, params = rest.partition(";")
        return Uri("tel", number.translate(_TEL_SEPARATORS), params=parse_params(params), text=text)
    return Uri(scheme, text=text)


# Every request names the same few URIs again and again: the domain, its own AOR in From and To, its contact.
_remembered = lru_cache(maxsize=8192)(_parse)
_REMEMBERED_LENGTH: Final = 200


def _comparable(params: Params) -> dict[str, str]:
    return {name: (value or "").lower() for name, value in params}


def _parse_sip(scheme: str, rest: str, text: str) -> Uri:
    # The user part may hold ';' and '?', so '@' is looked for first (RFC 3261 §25.1, userinfo).
    userinfo, at, hostpart = rest.rpartition("@") if "@" in rest else ("", "", rest)
    hostpart, _, headers = hostpart.partition("?")
    hostport, _, params = hostpart.partition(";")
    host, port = split_host_port(hostport)
    user = userinfo.partition(":")[0]  # a password in a URI is not recommended (§19.1.1) and not kept apart
    if at and not user:
        raise MalformedMessage("Empty user in a URI")
    return Uri(
        scheme,
        unescape(user) if "%" in user else user,
        host,
        port,
        parse_params(params) if params else (),
        headers,
        text,
    )


def split_host_port(text: str) -> tuple[str, int | None]:
    """`host`, `host:port` or `[v6]:port`; the host in lower case. Raises MalformedMessage."""
    match = _HOST.match(text)
    if match is None:
        raise MalformedMessage("URI or Via without a valid host")
    rest = text[match.end() :]
    if not rest:
        return match.group().lower(), None
    port = uint(rest[1:], 65535) if rest[0] == ":" else None
    if not port:
        raise MalformedMessage("Port out of range in a URI or Via")
    return match.group().lower(), port


def unescape(text: str) -> str:
    """Percent escapes undone as UTF-8, or Latin-1 where that fails; MalformedMessage on a broken escape."""
    if _BAD_ESCAPE.search(text):
        raise MalformedMessage("Broken % escape in a URI")
    try:
        return percent_decode(text, errors="strict")
    except UnicodeDecodeError:
        return percent_decode(text, encoding="latin-1")


def escape_user(user: str) -> str:
    """The user part for the wire, escaped by RFC 3261 §25.1 (user-unreserved stays readable)."""
    return percent_encode(printable(user), safe="-_.!~*'()&=+$,;?/#")


def _build(uri: Uri) -> str:
    if uri.scheme == "tel":
        head = f"tel:{escape_user(uri.user)}"
    else:
        user = f"{escape_user(uri.user)}@" if uri.user else ""
        port = f":{uri.port}" if uri.port else ""
        head = f"{uri.scheme}:{user}{uri.host}{port}"
    params = "".join(_uri_param(name, value) for name, value in uri.params)
    return f"{head}{params}?{uri.headers}" if uri.headers else head + params


def _uri_param(name: str, value: str | None) -> str:
    safe = "-_.!~*'()[]/:&+$%"
    return f";{percent_encode(name, safe=safe)}" + (
        "" if value is None else f"={percent_encode(value, safe=safe)}"
    )


@dataclass(frozen=True, slots=True)
class NameAddr:
    """The value of From, To, Contact and their kin: display name (unquoted), URI and header parameters."""

    uri: Uri
    display: str = ""
    params: Params = ()

    @classmethod
    def parse(cls, text: str) -> "NameAddr":
        """Takes the name-addr and the bare addr-spec form. Raises MalformedMessage."""
        if plain := _PLAIN_ADDRESS.fullmatch(text):
            quoted, words, address, params = plain.groups()
            display = quoted or (words.strip() if words else "")
            return cls(Uri.parse(address), display, parse_params(params) if params else ())
        text = text.strip()
        display = ""
        if text[:1] == '"':
            end = quoted_end(text, 0)
            display, text = unquote(text[:end]), text[end:].lstrip()
            if text[:1] != "<":
                raise MalformedMessage("Display name without an address in angle brackets")
        before, bracket, rest = text.partition("<")
        if not bracket:
            # Without brackets the parameters belong to the header, not to the URI (RFC 3261 §20.10).
            address, _, params = text.partition(";")
            return cls(Uri.parse(address.rstrip()), "", parse_params(params) if params else ())
        address, bracket, params = rest.partition(">")
        if not bracket:
            raise MalformedMessage("Angle bracket not closed")
        params = params.strip()
        if params and params[0] != ";":
            raise MalformedMessage("Text after an address that is no parameter")
        return cls(
            Uri.parse(address.strip()), display or before.strip(), parse_params(params) if params else ()
        )

    @property
    def tag(self) -> str | None:
        """The dialog tag of a From or To header; None when there is none."""
        return param(self.params, "tag") or None

    def param(self, name: str) -> str | None:
        """The header parameter's value, the empty string for a flag, None when absent."""
        return param(self.params, name)

    def __str__(self) -> str:
        """The header value for the wire, quoted and escaped so that nothing in it can end the line."""
        display = f"{quote(self.display)} " if self.display else ""
        return f"{display}<{self.uri}>" + "".join(_header_param(name, value) for name, value in self.params)


def _header_param(name: str, value: str | None) -> str:
    name = "".join(_TOKENS.findall(name)).replace(" ", "")
    if value is None:
        return f";{name}"
    return f";{name}={value if _PARAM_VALUE.fullmatch(value) else quote(value)}"


def name_addr(display: str, uri: Uri | str, tag: str | None = None) -> str:
    """A From, To or Contact value for the wire. A URI in text form is parsed, and so checked, first."""
    address = uri if isinstance(uri, Uri) else Uri.parse(uri)
    return str(NameAddr(address, display, (("tag", tag),) if tag else ()))
