"""The way that a forwarded call has come, for the phone that it rings.

Diversion (RFC 5806) is what phones and carriers of old read, History-Info (RFC 7044) what new ones do. A
transfer is none: who transfers a party has asked for nothing to be known of his own number.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from softswitch.calls.identity import Header, address
from softswitch.routing import Diversion


class _Cause(NamedTuple):
    reason: str
    """Of Diversion, RFC 5806 section 9."""
    cause: int
    """Of the URI that the call went on to, RFC 4458 section 4."""
    status: int
    """What its phones answered, if it was that: RFC 7044 section 10.2."""


_CAUSES: Final = {
    "always": _Cause("unconditional", 302, 0),
    "busy": _Cause("user-busy", 486, 486),
    "no-answer": _Cause("no-answer", 408, 408),
    "unregistered": _Cause("unavailable", 404, 480),
    "do-not-disturb": _Cause("do-not-disturb", 486, 0),
}


def diversion_headers(domain: str, way: Sequence[Diversion], number: str) -> tuple[Header, ...]:
    """Of a call that comes to `number` on that way; none when nobody has forwarded it."""
    steps = [(one.number, _CAUSES[one.why]) for one in way if one.why in _CAUSES]
    if not steps:
        return ()
    # The last one to forward comes first (RFC 5806 section 4).
    diversions = [
        ("Diversion", f"{address(domain, by)};reason={cause.reason};counter=1")
        for by, cause in reversed(steps)
    ]
    return (*diversions, ("History-Info", _history(domain, steps, number)))


def earlier_headers(domain: str, numbers: Sequence[str]) -> tuple[Header, ...]:
    """Who had forwarded it before another office sent it here, the last one first: they follow ours."""
    return tuple(("Diversion", f"{address(domain, one)};reason=unknown;counter=1") for one in numbers)


def _history(domain: str, steps: Sequence[tuple[str, _Cause]], number: str) -> str:
    places = [*(by for by, _ in steps), number]
    entries, index = [], "1"
    for hop, place in enumerate(places):
        uri = address(domain, place)[1:-1]
        came = f";cause={steps[hop - 1][1].cause}" if hop else ""
        status = steps[hop][1].status if hop < len(steps) else 0
        left = f"?Reason=SIP%3Bcause%3D{status}" if status else ""
        before = f";mp={index}" if hop else ""
        index = f"{index}.1" if hop else index
        entries.append(f"<{uri}{came}{left}>;index={index}{before}")
    return ", ".join(entries)
