"""What a REGISTER asks for, and what becomes of an AOR's bindings when it gets it (RFC 3261 §10.3, 6 and 7).

Nothing here touches the location service: `update` takes bindings and returns bindings, or refuses.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

from softswitch.sip.authenticator import Extension
from softswitch.sip.headers import printable, quote, uint
from softswitch.sip.location import Binding, Bindings
from softswitch.sip.message import Request, Response
from softswitch.sip.nonces import RETRANSMISSION
from softswitch.sip.source import Source
from softswitch.sip.tombstones import Tombstones
from softswitch.sip.uri import NameAddr, Uri

_Q: Final = re.compile(r"0?(?:\.[0-9]{0,6})?|1(?:\.0{0,6})?")
_CONTACT_LENGTH: Final = 512
_INSTANCE_LENGTH: Final = 128


@dataclass(frozen=True, slots=True)
class RegistrarSettings:
    """Times in seconds."""

    domain: str
    """In lower case, as hosts in parsed URIs are."""
    aliases: frozenset[str] = frozenset()
    """Other host names that mean the domain. IP literals need not be named."""
    min_expires: int = 60
    max_expires: int = 7200
    default_expires: int = 3600


class Refusal(Exception):  # noqa: N818 - an answer, not a fault
    """The request is refused with this response."""

    def __init__(self, status: int, reason: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(reason)
        self.response = Response(status, reason, headers)


class Wanted(NamedTuple):
    """One Contact of a REGISTER. `expires` 0 asks for its removal."""

    uri: Uri
    contact: str
    expires: int
    q: float = 1.0
    instance: str = ""
    reg_id: int | None = None


class Arrival(NamedTuple):
    """What all bindings of one REGISTER share."""

    aor: str
    source: Source
    call_id: str
    cseq: int
    at: float
    user_agent: str = ""


EVERYTHING: Final = (Wanted(Uri("*"), "*", 0),)
"""What `Contact: *` asks for."""


def read_contacts(request: Request, source: Source, settings: RegistrarSettings) -> tuple[Wanted, ...] | None:
    """What the request asks for; None when it only asks for a list. Raises Refusal, MalformedMessage."""
    contacts = request.contacts
    if request.has_wildcard_contact:
        if contacts or len(request.elements("contact")) > 1 or uint(request.header("expires")) != 0:
            raise Refusal(400, "Contact * Needs Expires 0 and No Other Contact")
        return EVERYTHING
    if not contacts:
        return None
    default = _expires(request.header("expires"), settings.default_expires, settings)
    wanted = tuple([_wanted(contact, source, default, settings) for contact in contacts])
    if len(wanted) > 1 and len({one.contact for one in wanted}) < len(wanted):
        raise Refusal(400, "Contact Named Twice")
    return wanted


def _wanted(contact: NameAddr, source: Source, default: int, settings: RegistrarSettings) -> Wanted:
    uri = contact.uri
    if not uri.is_sip:
        raise Refusal(400, "Contact Is Not a SIP URI")
    if uri.scheme == "sips" and source.transport != "tls":
        raise Refusal(400, "Contact sips Needs TLS")
    # Headers in a URI would become headers of our INVITE: they are not the phone's to choose.
    text = uri.text[: -len(uri.headers) - 1] if uri.headers else uri.text
    if len(text) > _CONTACT_LENGTH:
        raise Refusal(400, f"Contact Longer Than {_CONTACT_LENGTH} Characters")
    expires = contact.param("expires")
    duration = default if expires is None else _expires(expires, settings.default_expires, settings)
    if 0 < duration < settings.min_expires:
        raise Refusal(423, "Interval Too Brief", (("Min-Expires", str(settings.min_expires)),))
    return Wanted(
        uri,
        text,
        duration,
        _q(contact.param("q")),
        printable(contact.param("+sip.instance") or "")[:_INSTANCE_LENGTH],
        uint(contact.param("reg-id")),
    )


def _expires(text: str | None, default: int, settings: RegistrarSettings) -> int:
    """Seconds, at most the maximum. A malformed value counts as none (RFC 3261 §10.2.1.1)."""
    value = uint(text)
    if value is None:
        value = settings.max_expires if text is not None and uint(text, 10**20) else default
    return min(value, settings.max_expires)


def _q(text: str | None) -> float:
    if text is None:
        return 1.0
    if not text or text == "." or not _Q.fullmatch(text):
        raise Refusal(400, "Contact q Is Not From 0 to 1")
    return float(text)


def update(
    before: Bindings,
    wanted: tuple[Wanted, ...],
    arrival: Arrival,
    extension: Extension,
    settings: RegistrarSettings,
    removed: Tombstones,
) -> Bindings:
    """The bindings after the request, `before` itself when it is a copy of one already served.

    Raises Refusal, with nothing changed.
    """
    if wanted is EVERYTHING:
        for bound in before:
            _require_order(bound, arrival)
        _bury(before, arrival, removed)
        return ()
    change = _Change(before, arrival, removed)
    for one in wanted:
        change.apply(one)
    if not change.new and not change.gone:
        return before
    if change.repeated:
        raise Refusal(500, "CSeq Out of Order")
    kept = change.kept
    if len(kept) + len(change.new) > max(extension.devices, len(before)):
        kept = _make_room(kept, len(change.new), arrival, extension, settings)
    _bury(change.gone, arrival, removed)
    return (*kept, *change.new)


class _Change:
    """An AOR's bindings while a request's Contacts are applied one by one."""

    __slots__ = ("_arrival", "_removed", "gone", "kept", "new", "repeated")

    def __init__(self, before: Bindings, arrival: Arrival, removed: Tombstones) -> None:
        self._arrival = arrival
        self._removed = removed
        self.kept = list(before)
        self.new: list[Binding] = []
        self.gone: list[Binding] = []
        self.repeated = False

    def apply(self, wanted: Wanted) -> None:
        arrival = self._arrival
        old = _match(self.kept, wanted)
        if old is None:
            if wanted.expires:
                if self._removed.covers(arrival.aor, arrival.call_id, arrival.cseq, arrival.at):
                    raise Refusal(500, "CSeq Out of Order")
                self.new.append(_bound(wanted, None, arrival))
        elif _is_repeated(old, wanted, arrival):
            self.repeated = True
        else:
            _require_order(old, arrival)
            self.kept = [one for one in self.kept if one is not old]
            if wanted.expires:
                self.new.append(_bound(wanted, old, arrival))
            else:
                self.gone.append(old)


def _bury(gone: Iterable[Binding], arrival: Arrival, removed: Tombstones) -> None:
    for one in gone:
        if one.call_id != arrival.call_id:
            removed.add(one.aor, one.call_id, one.cseq, arrival.at)
        removed.add(arrival.aor, arrival.call_id, arrival.cseq, arrival.at)


def _match(bindings: list[Binding], wanted: Wanted) -> Binding | None:
    """The binding that a Contact is about: the same URI (§19.1.4), else the same device at a new address.

    Two devices that name themselves are two, even when both sit at 192.168.1.10 of their own networks.
    """
    # By its text first: to take every other URI of the AOR apart costs more than the rest of a REGISTER.
    for one in bindings:
        if one.contact == wanted.contact and not _known_apart(one, wanted):
            return one
    for one in bindings:
        if not _known_apart(one, wanted) and one.uri.equivalent(wanted.uri):
            return one
    if wanted.instance:
        for one in bindings:
            if (one.instance, one.reg_id) == (wanted.instance, wanted.reg_id):
                return one
    return None


def _known_apart(one: Binding, wanted: Wanted) -> bool:
    return bool(one.instance and wanted.instance and one.instance != wanted.instance)


def _is_repeated(old: Binding, wanted: Wanted, arrival: Arrival) -> bool:
    """True when the binding is already what this very request made of it: UDP brought a second copy."""
    return (
        old.call_id == arrival.call_id
        and old.cseq == arrival.cseq
        and old.contact == wanted.contact
        and wanted.expires == round(old.expires_at - old.refreshed_at)
        and arrival.at - old.refreshed_at <= RETRANSMISSION
    )


def _require_order(old: Binding, arrival: Arrival) -> None:
    """Step 7: within one Call-ID the CSeq must grow."""
    if old.call_id == arrival.call_id and arrival.cseq <= old.cseq:
        raise Refusal(500, "CSeq Out of Order")


def _bound(wanted: Wanted, old: Binding | None, arrival: Arrival) -> Binding:
    return Binding(
        arrival.aor,
        wanted.contact,
        arrival.source,
        arrival.call_id,
        arrival.cseq,
        arrival.at + wanted.expires,
        arrival.at if old is None else old.registered_at,
        arrival.at,
        wanted.q,
        wanted.instance,
        wanted.reg_id,
        arrival.user_agent,
        True,
        None if old is None else old.rtt,
        None if old is None else old.answers,
    )


def _make_room(
    kept: list[Binding], coming: int, arrival: Arrival, extension: Extension, settings: RegistrarSettings
) -> list[Binding]:
    """Gives up bindings that nobody can use any more, or refuses the newcomer.

    A working phone is never thrown out for a new one: that would let a forgotten device in a drawer silence
    the desk, and two phones above the limit would evict each other for ever.
    """
    excess = len(kept) + coming - extension.devices
    useless = sorted((one for one in kept if _is_dead(one, arrival)), key=lambda one: one.refreshed_at)
    if excess > len(useless):
        text = f"extension {extension.number} may register {extension.devices} devices"
        warning = f"399 {settings.domain} {quote(text)}"
        raise Refusal(403, f"Limit of {extension.devices} Devices Reached", (("Warning", warning),))
    doomed = useless[:excess]
    return [one for one in kept if one not in doomed]


def _is_dead(one: Binding, arrival: Arrival) -> bool:
    """Unreachable, or an earlier address of the device that now registers."""
    there, here = one.source, arrival.source
    same_source = (there.ip, there.port, there.transport) == (here.ip, here.port, here.transport)
    return not one.connected or one.answers is False or same_source or one.call_id == arrival.call_id
