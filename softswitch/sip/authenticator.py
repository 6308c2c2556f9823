"""Who may send a request: digest proof, brute force, transports (RFC 3261 §22, §26.3.2.1)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from softswitch.sip.digest import Algorithm, Challenge, Credentials, HashedPassword
from softswitch.sip.failures import Failures
from softswitch.sip.headers import MalformedMessage
from softswitch.sip.message import Request, Response
from softswitch.sip.nonces import Nonces, Use
from softswitch.sip.source import Source
from softswitch.sip.turned_away import BLOCKED, NO_EXTENSION, NO_PROOF, TurnedAwayOfLate

_log = structlog.get_logger(__name__)
_FORBIDDEN: Final = Response(403, "Forbidden")
_EVERY_TRANSPORT: Final = frozenset({"udp", "tcp", "tls"})


@dataclass(frozen=True, slots=True)
class Extension:
    """What registering and proving oneself need to know of an extension."""

    number: str
    """The AOR's user and the digest's user name."""
    password: HashedPassword
    devices: int = 5
    """How many contacts may be registered at once."""
    transports: frozenset[str] = _EVERY_TRANSPORT
    """Of udp, tcp and tls: how its devices may talk to us."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The request is the extension's."""

    extension: Extension
    retransmitted: bool = False
    """True for a copy of a request that was accepted within the last 32 s."""


@dataclass(frozen=True, slots=True)
class Challenged:
    """The sender has to prove who it is: send the response and wait for the next request."""

    response: Response


@dataclass(frozen=True, slots=True)
class Refused:
    """The request goes no further than this response."""

    response: Response


Verdict = Accepted | Challenged | Refused


class Authenticator:
    """Asks every request for a proof, and tells strangers nothing.

    A wrong password and an unknown number get the same answers at the same cost. An expired nonce, or one of
    another, is answered with `stale=true` before the password is looked at: phones go on by themselves, and
    nobody tries passwords without being counted.
    `find` looks a number up; `realm`, `algorithms` and `find` may be set anew when the dialplan changes.
    """

    def __init__(
        self,
        realm: str,
        algorithms: tuple[Algorithm, ...],
        find: Callable[[str], Extension | None],
        nonces: Nonces | None = None,
        failures: Failures | None = None,
    ) -> None:
        if not algorithms:
            raise ValueError("no digest algorithm is allowed: name at least one, such as sha-256 or md5")
        self.realm = realm
        self.algorithms = algorithms
        self.find = find
        self._nonces = nonces if nonces is not None else Nonces()
        self._failures = failures if failures is not None else Failures()
        self.turned_away = TurnedAwayOfLate()
        self._nobody = HashedPassword.unguessable(Algorithm)

    def check(self, request: Request, source: Source) -> Verdict:
        """Judges any request but ACK and CANCEL, which cannot be challenged (RFC 3261 §22.1): ValueError.

        ACK belongs to its INVITE and CANCEL is matched by transaction, so both follow what was judged before.
        """
        if request.method in ("ACK", "CANCEL"):
            raise ValueError(f"{request.method} cannot be challenged: match it to its INVITE instead")
        if self._failures.blocked(source.ip):
            self.turned_away.note("", request, source, BLOCKED)
            return Refused(_FORBIDDEN)
        try:
            return self._judge(request, source)
        except MalformedMessage as error:
            _log.warning(
                "request refused", reason=error.reason, method=request.method, source=source.ip, status=400
            )
            return Refused(Response.of_malformed(error))

    def challenge(self, source: Source) -> Response | None:
        """For a request from there that brings no proof; None for an address that is blocked."""
        return None if self._failures.blocked(source.ip) else self._challenge(source).response

    def _judge(self, request: Request, source: Source) -> Verdict:
        credentials = self._credentials(request)
        if credentials is None:
            return self._challenge(source)
        stamp = self._nonces.read(credentials.nonce, source.ip)
        if stamp is None:
            return self._challenge(source, stale=True)
        # The digest's uri is not compared with the Request-URI (RFC 7616 §3.4.6): SIPp and old phones write
        # their own idea of it, and what the comparison guards against, a captured proof used for another
        # target, the nonce-count and the nonce's address already stop.
        extension = self.find(credentials.username)
        password = self._nobody if extension is None else extension.password
        if not credentials.matches(password, request.method) or extension is None:
            why = NO_EXTENSION if extension is None else NO_PROOF
            return self._failed(request, source, credentials.username, why)
        # The Via line as it stands: a retransmission is the same bytes (RFC 3261 §17.1.1.2, §17.1.2.2).
        identity = (request.call_id, request.cseq, request.method, request.header("via"))
        use = self._nonces.use(stamp, credentials.nonce_count, identity)
        if use is Use.STALE or use is Use.REPLAYED:
            # Some phones always count 1: they get a new nonce each time, a thief gets nothing.
            return self._challenge(source, stale=True)
        return self._authorize(extension, request, source, use is Use.RETRANSMITTED)

    def _credentials(self, request: Request) -> Credentials | None:
        """Those for our realm that answer a challenge of ours; None asks for some."""
        for header in request.headers("authorization"):
            credentials = Credentials.parse(header)
            if (
                credentials.realm == self.realm
                and credentials.algorithm in self.algorithms
                and credentials.qop in (None, "auth")
            ):
                return credentials
        return None

    def _challenge(self, source: Source, *, stale: bool = False) -> Challenged:
        challenge = Challenge(self.realm, self._nonces.issue(source.ip), self.algorithms, stale)
        return Challenged(Response(401, "Unauthorized", challenge.headers()))

    def _failed(self, request: Request, source: Source, username: str, why: str) -> Refused:
        blocks = self._failures.add(source.ip)
        self.turned_away.note(username, request, source, why)
        _log.warning(
            "authentication failed",
            username=username[:64],
            why=why,
            method=request.method,
            source=source.ip,
            call_id=request.call_id,
        )
        if blocks:
            _log.warning("address blocked after too many failed authentications", source=source.ip)
        return Refused(_FORBIDDEN)

    def _authorize(
        self, extension: Extension, request: Request, source: Source, retransmitted: bool
    ) -> Accepted | Refused:
        reason = ""
        if source.transport not in extension.transports:
            reason = f"Transport {source.transport.upper()} Not Allowed"
        elif not request.is_dialog:
            # Inside a dialog From is what the dialog began with: the number that was called, say.
            claimed = request.from_.uri.user
            if claimed != extension.number and self.find(claimed) is not None:
                reason = "From Is Another Extension"
        if not reason:
            return Accepted(extension, retransmitted)
        self.turned_away.note(extension.number, request, source, reason)
        _log.warning(
            "request refused", reason=reason, method=request.method, aor=extension.number, source=source.ip
        )
        return Refused(Response(403, reason))
