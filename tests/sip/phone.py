"""The phone's side of REGISTER and digest, for the registrar's tests: a phone that knows its password."""

from dataclasses import dataclass, field

from softswitch.sip.digest import Algorithm, HashedPassword
from softswitch.sip.headers import parse_params, unquote
from softswitch.sip.message import Request, Response
from softswitch.sip.source import Source

REALM = "office.example"


def challenges(response: Response) -> dict[str, dict[str, str]]:
    """The challenges of a 401 by algorithm."""
    found: dict[str, dict[str, str]] = {}
    for name, value in response.headers:
        if name == "WWW-Authenticate":
            fields = dict(parse_params(value.removeprefix("Digest ").replace(",", ";")))
            found[str(fields["algorithm"])] = {key: unquote(value or "") for key, value in fields.items()}
    return found


@dataclass
class Phone:
    """Builds requests one after another, each with a CSeq and nonce-count of its own."""

    number: str = "101"
    password: str = "secret"
    source: Source = field(default_factory=lambda: Source("192.0.2.1", 5062, "udp"))
    call_id: str = "boot-1"
    algorithm: Algorithm = Algorithm.SHA_256
    qop: bool = True
    domain: str = REALM
    to: str = ""
    from_user: str = ""
    cseq: int = 0
    nonce: str = ""
    count: int = 0

    def request(
        self,
        *lines: str,
        method: str = "REGISTER",
        uri: str = "",
        to_tag: str = "",
        cseq: int | None = None,
        count: int | None = None,
        digest_uri: str = "",
    ) -> Request:
        """The next request; with credentials once a nonce is known."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        uri = uri or f"sip:{self.domain}"
        head = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK{cseq}",
            f"From: <sip:{self.from_user or self.number}@{self.domain}>;tag=f",
            f"To: <{self.to or f'sip:{self.number}@{self.domain}'}>" + (f";tag={to_tag}" if to_tag else ""),
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq} {method}",
            *lines,
        ]
        if self.nonce:
            if count is None:
                self.count += 1
                count = self.count
            head.append(self.authorization(method, digest_uri or uri, count))
        return Request.parse("\r\n".join([*head, "Content-Length: 0", "", ""]).encode())

    def authorization(self, method: str, uri: str, count: int) -> str:
        """The Authorization line, worked out as RFC 7616 §3.4.1 says."""
        algorithm = self.algorithm
        password = HashedPassword.of(self.number, REALM, self.password, (algorithm,))
        ha1, ha2 = password.for_algorithm(algorithm), algorithm.hash(f"{method}:{uri}")
        middle = f"{self.nonce}:{count:08x}:c0ffee:auth" if self.qop else self.nonce
        response = algorithm.hash(f"{ha1}:{middle}:{ha2}")
        tail = f', qop=auth, nc={count:08x}, cnonce="c0ffee"' if self.qop else ""
        return (
            f'Authorization: Digest username="{self.number}", realm="{REALM}", nonce="{self.nonce}", '
            f'uri="{uri}", response="{response}", algorithm={algorithm.value}{tail}'
        )

    def take(self, response: Response) -> None:
        """Takes the nonce of a 401."""
        self.nonce = challenges(response)[self.algorithm.value]["nonce"]
        self.count = 0
