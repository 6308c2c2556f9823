"""Phones that watch something: SUBSCRIBE and NOTIFY (RFC 6665). What there is to watch are event packages.

PJSIP knows nothing of these dialogs: they are kept here. After a stop phones subscribe anew; after a crash
they need not.
"""

import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from softswitch.sip.authenticator import Accepted, Authenticator
from softswitch.sip.destination import Destination
from softswitch.sip.engine import Engine
from softswitch.sip.errors import SipError
from softswitch.sip.event_package import EventPackage, NotAllowed
from softswitch.sip.message import Request, Response
from softswitch.sip.source import Source
from softswitch.sip.uri import name_addr

log = structlog.get_logger("softswitch.sip.subscriptions")

DEFAULT: Final = 3600
SHORTEST: Final = 60
LONGEST: Final = 7200
"""Seconds that a subscription may last."""
_AHEAD: Final = 1000
RETURN: Final = 5
"""Seconds after which a phone may look whether a switch that was stopped is back (RFC 6665 §4.1.3)."""
MOST: Final = 100
"""Subscriptions of one extension: a wall of lamps, and a few phones that have forgotten theirs."""

_TOKEN: Final = re.compile(r"[\w.!%*+`'~-]{1,64}", re.ASCII)
_Key = tuple[str, str, str]


class Later(Protocol):
    """Runs something soon, outside PJSIP."""

    def __call__(self, work: Callable[[], None], /) -> object: ...


@dataclass(slots=True)
class Subscription:
    """One dialog. Tags as we see them: `local_tag` is ours."""

    package: str
    watcher: str
    user: str
    """What it has asked for."""
    resource: str
    call_id: str
    local_tag: str
    remote_tag: str
    local: str
    """The name-addr that the phone has subscribed at: our From."""
    remote: str
    destination: Destination
    contact: str
    """Ours, as in a Contact header."""
    event_id: str
    cseq: int
    """Of the last SUBSCRIBE."""
    expires_at: float
    own_cseq: int = 0
    version: int = 0

    @property
    def key(self) -> _Key:
        """What names its dialog."""
        return self.call_id, self.remote_tag, self.local_tag


class Subscriptions:
    """All of them. `request` is called inside PJSIP, everything else on the loop."""

    def __init__(
        self,
        authenticator: Authenticator,
        engine: Engine,
        later: Later,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._authenticator = authenticator
        self._engine = engine
        self._packages: dict[str, EventPackage] = {}
        self._later = later
        self._clock = clock
        self._all: dict[_Key, Subscription] = {}
        self._is_kept = True
        self.on_change: Callable[[Mapping[str, Subscription]], None] = lambda _all: None
        """Takes all that there are, to keep them, when `keep` is called after a change."""

    def offer(self, *packages: EventPackage) -> None:
        """There is this to watch, too."""
        self._packages.update((package.name, package) for package in packages)

    def __len__(self) -> int:
        return len(self._all)

    def watched(self, package: str, watcher: str) -> frozenset[tuple[str, int]]:
        """The addresses of that extension's phones that watch something of a package."""
        return frozenset(
            (one.destination.ip, one.destination.port)
            for one in self._all.values()
            if one.package == package and one.watcher == watcher
        )

    # ---- over a restart ----

    def keep(self) -> None:
        """What has changed goes to `on_change`."""
        if not self._is_kept:
            self._is_kept = True
            self.on_change({"|".join(key): replace(one) for key, one in self._all.items()})

    def restore(self, kept: Mapping[str, Subscription]) -> None:
        """Those of a switch that died: they go on, and each is told how things stand now."""
        for one in kept.values():
            if one.package in self._packages and one.expires_at > self._clock():
                # What was told after they were kept is not known: the numbers must grow all the same.
                one.own_cseq += _AHEAD
                one.version += _AHEAD
                self._all[one.key] = one
                self.tell(one)

    # ---- SUBSCRIBE ----

    def request(self, request: Request, source: Source) -> Response:
        """The answer. Raises MalformedMessage."""
        verdict = self._authenticator.check(request, source)
        if not isinstance(verdict, Accepted):
            return verdict.response
        number = verdict.extension.number
        if request.from_.uri.user != number:
            return Response(403, "From Is Not Yours")
        event, _, rest = (request.header("event") or "").partition(";")
        package = self._packages.get(event.strip().lower())
        if package is None:
            return Response(489, "Bad Event", (("Allow-Events", ", ".join(self._packages)),))
        refusal = _acceptable(request, package)
        if refusal is not None:
            return refusal
        expires = _expires(request)
        if 0 < expires < SHORTEST:
            return Response(423, "Interval Too Brief", (("Min-Expires", str(SHORTEST)),))
        if request.is_dialog:
            return self._refresh(request, source, number, min(expires, LONGEST))
        return self._subscribe(request, source, number, package, rest, min(expires, LONGEST))

    def _subscribe(
        self, request: Request, source: Source, number: str, package: EventPackage, rest: str, expires: int
    ) -> Response:
        # PJSIP makes the branch of the request's Via the To tag of what answers it outside dialogs.
        key = request.call_id, request.from_.tag or "", request.via_branch
        known = self._all.get(key)
        if known is not None:
            return self._granted(known)  # a retransmission
        try:
            resource = package.resource(number, request.target.user)
        except NotAllowed:
            return Response(403, "Not Yours To Watch")
        if resource is None:
            return Response(404, "Nothing To Watch")
        if sum(one.watcher == number for one in self._all.values()) >= MOST:
            return Response(403, "Too Many Subscriptions")
        contacts = request.contacts
        if len(contacts) != 1:
            return Response(400, "One Contact Is Needed")
        subscription = Subscription(
            package.name,
            number,
            request.target.user,
            resource,
            request.call_id,
            request.via_branch,
            request.from_.tag or "",
            local=name_addr("", request.to.uri),
            remote=name_addr("", request.from_.uri),
            destination=_destination(request, source),
            contact=self._engine.contact(source, number),
            event_id=_id_of(rest),
            cseq=request.cseq,
            expires_at=self._clock() + expires,
        )
        self._all[key] = subscription
        self._is_kept = False
        self._later(lambda: self.tell(subscription))
        log.info("subscribed", number=number, package=package.name, resource=resource, expires=expires)
        return self._granted(subscription)

    def _refresh(self, request: Request, source: Source, number: str, expires: int) -> Response:
        subscription = self._all.get((request.call_id, request.from_.tag or "", request.to.tag or ""))
        if subscription is None or subscription.watcher != number:
            return Response(481, "Subscription Does Not Exist")
        if request.cseq < subscription.cseq:
            return Response(500, "Out Of Order")
        if request.cseq > subscription.cseq:
            subscription.cseq = request.cseq
            subscription.expires_at = self._clock() + expires
            self._is_kept = False
            if request.contacts:
                subscription.destination = _destination(request, source)
            self._later(lambda: self.tell(subscription))
        return self._granted(subscription)

    def _granted(self, subscription: Subscription) -> Response:
        left = max(0, round(subscription.expires_at - self._clock()))
        return Response(200, "OK", (("Expires", str(left)), ("Contact", subscription.contact)))

    # ---- NOTIFY ----

    def changed(self, package: str, resource: str) -> None:
        """Whoever watches it is told."""
        for one in self.watching((package,), (resource,)):
            self.tell(one)

    def watching(self, packages: Collection[str], resources: Collection[str]) -> list[Subscription]:
        """Those to one of these packages and resources."""
        return [one for one in self._all.values() if one.package in packages and one.resource in resources]

    def tell(self, one: Subscription) -> None:
        """How it is now, if it still stands."""
        if one.key not in self._all:
            return
        left = round(one.expires_at - self._clock())
        if left <= 0:
            self._end(one, "timeout")  # it has been given up, or wanted no more than one word
        else:
            self._notify(one, f"active;expires={left}")

    def resources(self, *packages: str) -> frozenset[str]:
        """All that is watched of these packages."""
        return frozenset(one.resource for one in self._all.values() if one.package in packages)

    def look_again(self) -> None:
        """Another dialplan holds: what is not there any more, or not his to watch, is watched no longer."""
        for one in tuple(self._all.values()):
            try:
                resource = self._packages[one.package].resource(one.watcher, one.user)
                gone = "noresource" if resource is None else ""
            except NotAllowed:
                gone = "rejected"
            if gone:
                self._end(one, gone)

    def close(self) -> None:
        """The switch ends: phones subscribe anew when it is back, before their time has run out."""
        for one in tuple(self._all.values()):
            self._end(one, f"probation;retry-after={RETURN}")

    def forget(self, number: str) -> None:
        """The extension has left the dialplan."""
        for one in tuple(self._all.values()):
            if one.watcher == number:
                self._end(one, "noresource")

    def expire(self) -> None:
        """Those that nobody has refreshed end."""
        now = self._clock()
        for one in tuple(self._all.values()):
            if one.expires_at <= now:
                self._end(one, "timeout")

    def _end(self, one: Subscription, reason: str) -> None:
        self._all.pop(one.key, None)
        self._notify(one, f"terminated;reason={reason}")

    def _notify(self, one: Subscription, state: str) -> None:
        one.own_cseq += 1
        self._is_kept = False
        package = self._packages[one.package]
        event = f"{one.package};id={one.event_id}" if one.event_id else one.package
        try:
            self._engine.send(
                "NOTIFY",
                one.destination,
                from_=one.local,
                to=one.remote,
                on_reply=lambda status: self._answered(one, status),
                headers=(
                    ("Call-ID", one.call_id),
                    ("CSeq", str(one.own_cseq)),
                    ("From", f";tag={one.local_tag}"),
                    ("To", f";tag={one.remote_tag}"),
                    ("Contact", one.contact),
                    ("Event", event),
                    ("Subscription-State", state),
                ),
                content_type=package.content_type,
                body=package.body(one.resource, one.version, one.watcher),
            )
        except SipError as error:
            log.info("watcher not told", number=one.watcher, package=one.package, error=str(error))
            self._all.pop(one.key, None)
        one.version += 1

    def _answered(self, one: Subscription, status: int) -> None:
        """A phone that knows nothing of it, or is gone, is told no more (RFC 6665 §4.2.2)."""
        if status >= 300 and self._all.pop(one.key, None) is not None:
            log.info("subscription ended", number=one.watcher, package=one.package, status=status)


def _acceptable(request: Request, package: EventPackage) -> Response | None:
    accepted = {element.partition(";")[0].strip().lower() for element in request.elements("accept")}
    if accepted and accepted.isdisjoint({package.content_type, "*/*"}):
        return Response(406, "Not Acceptable", (("Accept", package.content_type),))
    return None


def _expires(request: Request) -> int:
    text = (request.header("expires") or "").strip()
    return int(text[:9]) if text.isascii() and text.isdigit() else DEFAULT


def _destination(request: Request, source: Source) -> Destination:
    """Where the SUBSCRIBE came from, by what its Contact says: what reaches a phone behind NAT."""
    return Destination(str(request.contacts[0].uri), source.ip, source.port, source.transport, source.local)


def _id_of(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "id":
            found = value.strip()
            return found if _TOKEN.fullmatch(found) else ""
    return ""
