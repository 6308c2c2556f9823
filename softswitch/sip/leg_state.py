"""The states of a leg and what may follow what (RFC 3261 §12 and §13, seen from call control)."""

import enum
from typing import Final

from softswitch.sip.errors import IllegalTransition


class Direction(enum.Enum):
    """Who sent the INVITE."""

    INBOUND = "inbound"
    """The phone, to us."""
    OUTBOUND = "outbound"
    """We, to the phone."""


class LegState(enum.Enum):
    """Where an INVITE dialog stands."""

    NEW = "new"
    CALLING = "calling"
    """Our INVITE is out; nothing but 100 came back."""
    INCOMING = "incoming"
    """An INVITE came; nothing but 100 went back."""
    EARLY = "early"
    """A provisional response with a dialog passed."""
    ANSWERED = "answered"
    """200 passed, ACK not yet."""
    CONFIRMED = "confirmed"
    ENDED = "ended"

    # Members are singletons; Enum's own hash is Python, and states are looked up twenty times a call.
    __hash__ = object.__hash__


_NEXT: Final[dict[LegState, frozenset[LegState]]] = {
    LegState.NEW: frozenset({LegState.CALLING, LegState.INCOMING, LegState.ENDED}),
    LegState.CALLING: frozenset({LegState.EARLY, LegState.ANSWERED, LegState.CONFIRMED, LegState.ENDED}),
    LegState.INCOMING: frozenset({LegState.EARLY, LegState.ANSWERED, LegState.CONFIRMED, LegState.ENDED}),
    LegState.EARLY: frozenset({LegState.EARLY, LegState.ANSWERED, LegState.CONFIRMED, LegState.ENDED}),
    LegState.ANSWERED: frozenset({LegState.CONFIRMED, LegState.ENDED}),
    LegState.CONFIRMED: frozenset({LegState.ENDED}),
    LegState.ENDED: frozenset(),
}


def follow(now: LegState, then: LegState) -> LegState:
    """The new state. Raises IllegalTransition when nothing leads from `now` to `then`."""
    if then not in _NEXT[now]:
        raise IllegalTransition(f"a leg cannot go from {now.value} to {then.value}")
    return then
