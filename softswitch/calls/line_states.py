"""What the lines of the house are doing: for the lamps of other phones."""

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from softswitch.sip.leg import Leg
from softswitch.sip.leg_state import Direction, LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class LineState(Enum):
    """Of one dialog, as RFC 4235 §3.7.1 calls it."""

    TRYING = "trying"
    EARLY = "early"
    CONFIRMED = "confirmed"


class Line(NamedTuple):
    """One call at one phone."""

    leg: Leg
    state: LineState
    calls: bool
    """It is the one who calls."""
    held: bool
    number: str
    """With whom."""
    name: str


def lines_of(calls: Iterable["Call"]) -> dict[str, list[Line]]:
    """Every extension's, by its number."""
    found: dict[str, list[Line]] = {}
    for call in calls:
        for leg in call.legs:
            if not leg.trunk and (line := _line(call, leg)) is not None:
                found.setdefault(leg.number, []).append(line)
    return found


def _line(call: "Call", leg: Leg) -> Line | None:
    calls = leg.direction is Direction.INBOUND
    state = _state(leg, calls)
    if state is None:
        return None
    other = call.callee if leg is call.caller else call.caller
    if other is None or other is leg:
        return Line(leg, state, calls, leg.held, call.called, call.called_name)
    return Line(leg, state, calls, leg.held, other.number, other.name)


def _state(leg: Leg, calls: bool) -> LineState | None:
    """Who calls is busy from the start, as Asterisk has it: a lamp that blinks asks to be picked up."""
    if leg.state is LegState.ENDED:
        return None
    if leg.state is LegState.CONFIRMED or calls:
        return LineState.CONFIRMED
    return LineState.EARLY if leg.state is LegState.EARLY else LineState.TRYING
