"""The reception: what becomes of each request that does not belong to a dialog."""

from collections.abc import Callable

import structlog

from softswitch.sip.admission import Admission
from softswitch.sip.authenticator import Accepted, Authenticator
from softswitch.sip.capabilities import ACCEPT, ALLOW, SUPPORTED
from softswitch.sip.connections import Connections
from softswitch.sip.headers import printable
from softswitch.sip.leg import Leg
from softswitch.sip.location import Location
from softswitch.sip.message import Request, Response
from softswitch.sip.outside_caller import outside_caller
from softswitch.sip.registrar import Registrar
from softswitch.sip.requests import Admit
from softswitch.sip.source import Source
from softswitch.sip.subscriptions import Subscriptions
from softswitch.sip.trunks import Trunks

log = structlog.get_logger("softswitch.sip.reception")

TakeCall = Callable[[Leg, Request, Source], None]
SrtpPolicy = Callable[[str], str]
"""Extension number → off, optional or required: what the engine shall take from it."""

_SRTP_FROM = {"off": "off", "accept": "optional", "offer": "optional", "require": "required"}
# Extensions that we have, so that `Require` may name them (RFC 3261 §8.2.2.3).
_OPTIONS = frozenset({"100rel", "timer", "replaces"})


class Reception:
    """Registers phones, answers OPTIONS, lets proved extensions and trunks call. Everything else is refused.

    Whoever calls must prove to be an extension, whatever From says, or come from a trunk's address: there
    is no other way in.
    """

    def __init__(
        self,
        authenticator: Authenticator,
        registrar: Registrar,
        location: Location,
        take_call: TakeCall,
        srtp: SrtpPolicy,
        trunks: Trunks,
    ) -> None:
        self.admission = Admission()
        """Whether there is room and time for one more call."""
        self.connections: Connections | None = None
        """Held TCP and TLS connections; set when there is an engine."""
        self.subscriptions: Subscriptions | None = None
        """Who watches what; set when there is an engine."""
        self._authenticator = authenticator
        self._registrar = registrar
        self._location = location
        self._take_call = take_call
        self._srtp = srtp
        self._trunks = trunks

    def request(self, request: Request, source: Source) -> Response | Admit | None:
        """See requests.Reception."""
        if request.method != "REGISTER" and (refusal := _unable(request)) is not None:
            return refusal
        match request.method:
            case "REGISTER":
                response = self._registrar.handle(request, source)
                if self.connections is not None and response.status == 200:
                    self.connections.registered(source.connection)
                return response
            case "SUBSCRIBE" if self.subscriptions is not None:
                return self.subscriptions.request(request, source)
            case "OPTIONS":
                return capabilities()
            case "INVITE":
                return self._invite(request, source)
            case _:
                return self._refuse(request, source)

    def challenge(self, source: Source) -> Response | None:
        """See requests.Reception. Not while calls are turned away, which takes knowing who is called."""
        if self.admission.turns_away or self._trunks.at(source):
            return None
        return self._authenticator.challenge(source)

    def leg(self, leg: Leg, request: Request, source: Source) -> None:
        """See requests.Reception."""
        self._take_call(leg, request, source)

    def connection_lost(self, connection: str) -> None:
        """See requests.Reception."""
        self._location.connection_lost(connection)
        if self.connections is not None:
            self.connections.lost(connection)

    def _invite(self, request: Request, source: Source) -> Response | Admit | None:
        # Before the password is checked: under overload even that is work for nothing.
        if refusal := self.admission.refusal(request):
            return refusal
        if trunk := self._trunks.at(source):
            return self._from_trunk(trunk, request)
        verdict = self._authenticator.check(request, source)
        if not isinstance(verdict, Accepted):
            return verdict.response
        number = verdict.extension.number
        if request.from_.uri.user != number:
            log.warning(
                "caller is not who it says", number=number, says=request.from_.uri.user, source=source.ip
            )
            self._authenticator.turned_away.note(number, request, source, "From Is Not Yours")
            return Response(403, "From Is Not Yours")
        if request.target.is_sip and not self._registrar.serves(request.target):
            return Response(404, "Domain Not Served Here")
        if unreadable := _readable(request):
            return unreadable
        urgent = self.admission.is_emergency(request.target.user)
        if urgent and self.admission.make_place() and source.transport == "udp":
            return None  # it comes again in half a second (RFC 3261 §17.1.1.2): there is room by then
        return Admit(number, self._srtp(number), emergency=urgent)

    def _from_trunk(self, trunk: str, request: Request) -> Response | Admit:
        """Known by its address. Its caller is whoever it says, and has an extension's rights in no case."""
        refusal = _readable(request)
        if refusal is not None:
            return refusal
        caller = outside_caller(request)
        line = self._trunks.get(trunk)
        srtp = _SRTP_FROM[line.srtp] if line is not None else "optional"
        return Admit(caller.number, srtp, trunk, caller.name, self._trunks.credentials(trunk))

    def _refuse(self, request: Request, source: Source) -> Response:
        verdict = self._authenticator.check(request, source)
        if not isinstance(verdict, Accepted):
            return verdict.response
        if request.method == "NOTIFY":
            return Response(481, "Subscription Does Not Exist")  # RFC 6665 §4.1.3
        if request.method == "REFER":
            return Response(403, "Only In A Call")
        return Response(405, "Method Not Allowed", (("Allow", ALLOW),))


def _unable(request: Request) -> Response | None:
    """What is refused to anybody: URIs and extensions that we do not know (RFC 3261 §8.2.2.1, §8.2.2.3)."""
    if not request.target.is_sip and request.target.scheme != "tel":
        return Response(416, "Unsupported URI Scheme")
    unknown = [option for option in request.elements("require") if option.lower() not in _OPTIONS]
    if unknown:
        return Response(420, "Bad Extension", (("Unsupported", printable(", ".join(unknown))),))
    return None


def _readable(request: Request) -> Response | None:
    """What is wrong with an INVITE that may come in as far as its sender is concerned."""
    _ = request.replaces  # 400 where it cannot be read (RFC 3891 §3): call control need not look out
    if not _takes_sdp(request):
        return Response(406, "Answer Would Be SDP", (("Accept", ACCEPT),))
    return None


def _takes_sdp(request: Request) -> bool:
    """False when Accept leaves no room for our answer (RFC 3261 §20.1, RFC 4475 §3.3.15)."""
    if not request.headers("accept"):
        return True
    accepted = {element.partition(";")[0].strip().lower() for element in request.elements("accept")}
    return not accepted.isdisjoint({"application/sdp", "application/*", "*/*"})


def capabilities() -> Response:
    """The answer to OPTIONS (RFC 3261 §11.2)."""
    return Response(200, "OK", (("Allow", ALLOW), ("Accept", ACCEPT), ("Supported", SUPPORTED)))
