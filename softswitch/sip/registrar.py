"""The registrar: REGISTER in, bindings changed, answer out (RFC 3261 §10.3)."""

import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Final

import structlog

from softswitch.sip.authenticator import Accepted, Authenticator, Extension
from softswitch.sip.headers import MalformedMessage, printable, quote
from softswitch.sip.location import Binding, Bindings, Location
from softswitch.sip.message import Request, Response
from softswitch.sip.registration import Arrival, Refusal, RegistrarSettings, Wanted, read_contacts, update
from softswitch.sip.source import Source
from softswitch.sip.tombstones import Tombstones
from softswitch.sip.uri import Uri

_log = structlog.get_logger(__name__)
_USER_AGENT_LENGTH: Final = 128


class Registrar:
    """Answers REGISTER. `settings` may be set anew when the dialplan changes. `clock` is wall clock."""

    def __init__(
        self,
        settings: RegistrarSettings,
        authenticator: Authenticator,
        location: Location,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self._authenticator = authenticator
        self._location = location
        self._clock = clock
        self._removed = Tombstones()
        self._date = (0, "")

    def handle(self, request: Request, source: Source) -> Response:
        """The final response to a REGISTER. Either all of its contacts are taken or nothing changes.

        The steps are those of RFC 3261 §10.3. We serve one domain and forward nothing, so a request for
        another domain ends with 404 (§21.4.5).
        """
        try:
            self._require_our_domain(request)
            _require_no_extensions(request)
            verdict = self._authenticator.check(request, source)
            if not isinstance(verdict, Accepted):
                return verdict.response
            self._require_own_aor(request, verdict.extension)
            return self._register(request, source, verdict.extension)
        except MalformedMessage as error:
            response = Response.of_malformed(error)
        except Refusal as error:
            response = error.response
        self._authenticator.turned_away.note(_claimed(request), request, source, response.reason)
        _log.warning(
            "registration refused",
            status=response.status,
            reason=response.reason,
            source=source.ip,
            call_id=request.call_id,
        )
        return response

    def _require_our_domain(self, request: Request) -> None:
        """Step 1."""
        if not request.target.is_sip:
            raise Refusal(416, "Unsupported URI Scheme")
        if not self.serves(request.target):
            raise Refusal(404, "Domain Not Served Here")

    def serves(self, uri: Uri) -> bool:
        """Our domain and its aliases, and any IP literal: the sender reached us by it, and behind port
        forwarding or on several interfaces we could not know it.
        """
        host = uri.host
        return (
            host == self.settings.domain
            or host in self.settings.aliases
            or host[0] == "["
            or host.replace(".", "").isdigit()
        )

    def _require_own_aor(self, request: Request, extension: Extension) -> None:
        """Steps 4 and 5: nobody registers for another, not even with his own proof."""
        aor = request.to.uri
        if not aor.is_sip:
            raise Refusal(400, "To Is Not a SIP URI")
        if not self.serves(aor):
            raise Refusal(404, "Domain Not Served Here")
        if aor.user != extension.number or request.from_.uri.user != extension.number:
            raise Refusal(403, "Not Your Address of Record")

    def _register(self, request: Request, source: Source, extension: Extension) -> Response:
        """Steps 6 to 8."""
        aor, now = extension.number, self._clock()
        wanted = read_contacts(request, source, self.settings)
        before = self._location.bindings(aor)
        if wanted is None:
            return self._listing(before, now)
        device = printable(request.header("user-agent") or "")[:_USER_AGENT_LENGTH]
        arrival = Arrival(aor, source, request.call_id, request.cseq, now, device)
        after = update(before, wanted, arrival, extension, self.settings, self._removed)
        self._authenticator.turned_away.has_come_in(aor, source)
        if after is not before:
            self._location.replace(aor, after)
            _report(before, after, source)
        return self._listing(self._location.bindings(aor), now, wanted)

    def _listing(self, bindings: Bindings, now: float, wanted: tuple[Wanted, ...] = ()) -> Response:
        """Step 8: every current binding, and the Expires header for phones that look nowhere else."""
        headers = [("Contact", _contact(binding, now)) for binding in bindings]
        granted = max([one.expires for one in wanted], default=0)
        if granted:
            headers.append(("Expires", str(granted)))
        headers.append(("Date", self._date_header(now)))
        return Response(200, "OK", tuple(headers))

    def _date_header(self, now: float) -> str:
        second = int(now)
        if self._date[0] != second:
            self._date = (second, formatdate(second, usegmt=True))
        return self._date[1]


def _claimed(request: Request) -> str:
    """Whom it says it registers; empty where that cannot be read."""
    try:
        return request.to.uri.user
    except MalformedMessage:
        return ""


def _require_no_extensions(request: Request) -> None:
    """Step 2. Path and Outbound are not supported, so nothing may be required."""
    if required := request.elements("require"):
        options = ", ".join(printable(option) for option in required)
        raise Refusal(420, "Bad Extension", (("Unsupported", options),))


def _contact(binding: Binding, now: float) -> str:
    value = f"<{binding.contact}>;expires={max(int(binding.expires_at - now + 0.5), 0)}"
    if binding.q != 1.0:
        value += f";q={binding.q:.3g}"
    if binding.instance:
        value += f";+sip.instance={quote(binding.instance)}"
    if binding.reg_id is not None:
        value += f";reg-id={binding.reg_id}"
    return value


def _report(before: Bindings, after: Bindings, source: Source) -> None:
    """One line per device that came, moved or went. A refresh is no news: a line would cost more."""
    if len(before) == len(after) == 1 and _place(before[0]) == _place(after[0]):
        return
    kept = {id(one) for one in before}.intersection(map(id, after))
    old = {_place(one): one for one in before if id(one) not in kept}
    arrived = [one for one in after if id(one) not in kept and old.pop(_place(one), None) is None]
    departed = {_device(one): one for one in old.values()}
    for one in arrived:
        moved = departed.pop(_device(one), None)
        _log.info(
            "registered" if moved is None else "registration moved",
            aor=one.aor,
            contact=one.contact,
            source=f"{source.transport}:{source.ip}:{source.port}",
            expires=round(one.expires_at - one.refreshed_at),
            device=one.user_agent,
        )
    for one in departed.values():
        _log.info("unregistered", aor=one.aor, contact=one.contact, device=one.user_agent)


def _place(one: Binding) -> tuple[str, str, int]:
    return one.contact, one.source.ip, one.source.port


def _device(one: Binding) -> tuple[float, str, int | None, str]:
    """What stays the same when a device changes its address: the instance, or else the contact."""
    return one.registered_at, one.instance, one.reg_id, "" if one.instance else one.contact
