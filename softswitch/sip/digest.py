"""Digest authentication: challenges, credentials and the arithmetic (RFC 3261 §22, RFC 7616, RFC 8760).

Nonces are `nonces.py`'s, the decision whom to let in is `authenticator.py`'s. Nothing here is ever logged.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NamedTuple

from softswitch.sip.headers import MalformedMessage, quote, quoted_end, unquote

_NAME: Final = re.compile(r"[ \t]*([A-Za-z0-9\-.!%*_+`'~]+)[ \t]*=[ \t]*")
# What phones send, in one match; anything else takes the long way. Possessive, so it cannot backtrack.
_PLAIN_FIELDS: Final = re.compile(
    r'(?:[A-Za-z0-9\-]++=(?:"[^"\\]*+"|[^\s,"=]++)(?:,[ \t]*+|$))++',
)
_PLAIN_FIELD: Final = re.compile(r'([A-Za-z0-9\-]++)=(?:"([^"]*+)"|([^\s,"]++))(?:,[ \t]*+|$)')
_BARE: Final = re.compile(r"[^\s,\"]+")
_COMMA: Final = re.compile(r"[ \t]*(?:,[ \t]*|$)")
_HEX: Final = re.compile(r"[0-9A-Fa-f]+")


class Algorithm(Enum):
    """The hash of a digest; the value is its name on the wire (RFC 8760 §2.1)."""

    MD5 = "MD5"
    SHA_256 = "SHA-256"

    @classmethod
    def of(cls, text: str) -> "Algorithm | None":
        """By its name in any case; None for one that we do not know, the -sess variants included."""
        return _BY_NAME.get(text.upper())

    def hash(self, text: str) -> str:
        """Lower-case hex digest of the text in UTF-8."""
        data = text.encode("utf-8", "surrogateescape")
        if self is Algorithm.MD5:
            return hashlib.md5(data, usedforsecurity=False).hexdigest()  # what most phones still speak
        return hashlib.sha256(data).hexdigest()


_BY_NAME: Final = {algorithm.value: algorithm for algorithm in Algorithm}


@dataclass(frozen=True, slots=True)
class HashedPassword:
    """H(user:realm:password) for each algorithm: what the switch keeps instead of the password."""

    ha1: tuple[tuple[Algorithm, str], ...] = field(repr=False)

    @classmethod
    def of(cls, user: str, realm: str, password: str, algorithms: Iterable[Algorithm]) -> "HashedPassword":
        """Hashes once, when the dialplan is loaded, so that no request pays for it."""
        secret = f"{user}:{realm}:{password}"
        return cls(tuple((algorithm, algorithm.hash(secret)) for algorithm in algorithms))

    @classmethod
    def unguessable(cls, algorithms: Iterable[Algorithm]) -> "HashedPassword":
        """A password that nobody has: unknown users are checked against it, at the price of a known one."""
        return cls.of("", "", secrets.token_hex(32), algorithms)

    def for_algorithm(self, algorithm: Algorithm) -> str | None:
        """The hash, or None where this algorithm was not prepared."""
        for known, value in self.ha1:
            if known is algorithm:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a request without (good) credentials is asked for: one header per algorithm, best first.

    All carry the same nonce (RFC 8760 §2.4 leaves that open): a phone that mistakes which one it answers
    is still understood. Only qop=auth is offered: auth-int would make each B2BUA in between break the digest.
    """

    realm: str
    nonce: str
    algorithms: tuple[Algorithm, ...]
    stale: bool = False

    def headers(self, name: str = "WWW-Authenticate") -> tuple[tuple[str, str], ...]:
        """The header lines, in the configured order of the algorithms."""
        realm = quote(self.realm)
        stale = ", stale=true" if self.stale else ""
        return tuple(
            (name, f'Digest realm={realm}, nonce="{self.nonce}", algorithm={one.value}, qop="auth"{stale}')
            for one in self.algorithms
        )


class Credentials(NamedTuple):
    """An Authorization header taken apart. Without qop, as in RFC 2069, `qop` and `nonce_count` are None."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: Algorithm | None
    """None when the phone named an algorithm that we do not know."""
    qop: str | None = None
    nonce_count: int | None = None
    count_text: str = ""
    cnonce: str = ""

    @classmethod
    def parse(cls, header: str) -> "Credentials":
        """Raises MalformedMessage, which names what is missing or wrong."""
        scheme, _, rest = header.strip().partition(" ")
        if scheme.lower() != "digest":
            raise MalformedMessage("Authorization scheme is not Digest")
        fields = _fields(rest)
        for name in ("username", "realm", "nonce", "uri", "response"):
            if name not in fields:
                raise MalformedMessage(f"Authorization without {name}")
        qop = fields.get("qop")
        if qop is not None:
            qop = qop.lower()
        return cls(
            fields["username"],
            fields["realm"],
            fields["nonce"],
            fields["uri"],
            fields["response"].lower(),
            Algorithm.of(fields.get("algorithm", "MD5")),
            qop,
            None if qop is None else _count(fields),
            fields.get("nc", ""),
            fields.get("cnonce", ""),
        )

    def __repr__(self) -> str:
        return f"<Credentials of {self.username!r} for {self.realm!r}>"

    def matches(self, password: HashedPassword, method: str) -> bool:
        """True when the response proves the password. Constant time in the comparison."""
        algorithm = self.algorithm
        ha1 = None if algorithm is None else password.for_algorithm(algorithm)
        if algorithm is None or ha1 is None or self.qop not in (None, "auth"):
            return False
        ha2 = algorithm.hash(f"{method}:{self.uri}")
        if self.qop is None:
            expected = algorithm.hash(f"{ha1}:{self.nonce}:{ha2}")  # RFC 2617 §3.2.2.1
        else:
            expected = algorithm.hash(f"{ha1}:{self.nonce}:{self.count_text}:{self.cnonce}:auth:{ha2}")
        return hmac.compare_digest(expected.encode(), self.response.encode("utf-8", "replace"))


def _count(fields: dict[str, str]) -> int:
    text = fields.get("nc", "")
    if "cnonce" not in fields or not text:
        raise MalformedMessage("Authorization with qop but without nc and cnonce")
    # Exactly eight digits by RFC 7616 §3.4; some phones send fewer, which harms nobody.
    if len(text) > 8 or not _HEX.fullmatch(text):
        raise MalformedMessage("Authorization nc is not a hexadecimal number of eight digits")
    return int(text, 16)


def _fields(text: str) -> dict[str, str]:
    if _PLAIN_FIELDS.fullmatch(text):
        pairs = _PLAIN_FIELD.findall(text)
        plain = {name.lower(): quoted or bare for name, quoted, bare in pairs}
        if len(plain) == len(pairs):
            return plain
    fields: dict[str, str] = {}
    position = 0
    while position < len(text):
        name = _NAME.match(text, position)
        if name is None:
            raise MalformedMessage("Authorization is not a list of name=value")
        position = name.end()
        key = name.group(1).lower()
        if text[position : position + 1] == '"':
            end = quoted_end(text, position)
            value = unquote(text[position:end])
        else:
            bare = _BARE.match(text, position)
            value, end = (bare.group(), bare.end()) if bare else ("", position)
        comma = _COMMA.match(text, end)
        if comma is None or key in fields:
            raise MalformedMessage(f"Authorization is malformed at {key[:20]}")
        fields[key] = value
        position = comma.end()
    return fields
