"""REFER: a phone asks that its call goes on elsewhere (RFC 3515, RFC 5589; in a dialog only)."""

from dataclasses import replace

from softswitch.sip.dialog_id import DialogId
from softswitch.sip.headers import MalformedMessage, printable
from softswitch.sip.leg_events import Referred
from softswitch.sip.message import Request
from softswitch.sip.uri import NameAddr, Uri, unescape

_SCHEMES = frozenset({"sip", "sips", "tel"})
# What `Require` may name in a REFER (RFC 4488).
_OPTIONS = frozenset({"norefersub", "replaces"})


def unknown_options(request: Request) -> list[str]:
    """What the REFER requires and we have not."""
    return [printable(option) for option in request.elements("require") if option.lower() not in _OPTIONS]


def read_refer(request: Request) -> Referred:
    """What a REFER asks. Raises MalformedMessage with the status that it deserves: 400, 416 or 501."""
    uri = _target(request)
    if uri.scheme not in _SCHEMES:
        raise MalformedMessage("Unsupported URI Scheme", 416)
    if (uri.param("method") or "INVITE").upper() != "INVITE":
        raise MalformedMessage("Only An INVITE Can Be Asked For", 501)
    return Referred(
        target=uri.user,
        uri=_bare(uri),
        replaces=_replaces(uri.headers),
        referred_by=_referred_by(request),
        wants_notify=(request.header("refer-sub") or "").partition(";")[0].strip().lower() != "false",
    )


def _target(request: Request) -> Uri:
    values = request.elements("refer-to")
    if len(values) != 1:
        raise MalformedMessage("One Refer-To Is Needed")
    return NameAddr.parse(values[0]).uri


def _bare(uri: Uri) -> Uri:
    """Without what would become headers of the new request: nothing of it is taken over unseen."""
    params = tuple(param for param in uri.params if param[0] != "method")
    return replace(uri, params=params, headers="", text="")


def _replaces(headers: str) -> DialogId | None:
    found = []
    for piece in headers.split("&"):
        name, _, value = piece.partition("=")
        if unescape(name).strip().lower() == "replaces":
            found.append(unescape(value))
    if len(found) > 1:
        raise MalformedMessage("More Than One Replaces")
    return DialogId.of_replaces(found[0]) if found else None


def _referred_by(request: Request) -> str:
    values = request.elements("referred-by")
    if len(values) > 1:
        raise MalformedMessage("More Than One Referred-By")
    return str(NameAddr.parse(values[0])) if values else ""
