"""What happens in calls, as facts in order. Records, live views and logs are derived from this one stream."""

from dataclasses import dataclass

# Times are seconds since 1970; `call` is the call's id, unique over restarts.


@dataclass(frozen=True, slots=True)
class CallStarted:
    """An INVITE of ours to decide about has come."""

    at: float
    call: str
    caller: str
    caller_name: str
    called: str
    source: str
    """IP:port of the caller's phone."""
    dialog: str
    """The SIP Call-ID of the caller's leg."""


@dataclass(frozen=True, slots=True)
class Routed:
    """The routing engine has decided."""

    at: float
    call: str
    decision: str
    """Ring or refuse, and whom or why, in a few words."""
    reasons: tuple[tuple[str, int | None], ...]
    """Text and dialplan line of each step."""


@dataclass(frozen=True, slots=True)
class DeviceCalled:
    """An INVITE went to one device."""

    at: float
    call: str
    number: str
    device: str
    """IP:port that the INVITE went to."""
    dialog: str
    """The SIP Call-ID of the leg."""


@dataclass(frozen=True, slots=True)
class DeviceRinging:
    """A device reported a provisional status."""

    at: float
    call: str
    number: str
    status: int


@dataclass(frozen=True, slots=True)
class DeviceEnded:
    """A device's part in the call is over without it having been answered."""

    at: float
    call: str
    number: str
    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """Somebody took the call."""

    at: float
    call: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class CallHeld:
    """One side put the other on hold."""

    at: float
    call: str
    by: str


@dataclass(frozen=True, slots=True)
class CallResumed:
    """The side that held the other came back."""

    at: float
    call: str
    by: str


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """A DTMF digit; which one is left out, as it may be part of a pin."""

    at: float
    call: str
    by: str


@dataclass(frozen=True, slots=True)
class LegClosed:
    """A leg that had sound is over: what its RTP was like. Times in milliseconds."""

    at: float
    call: str
    number: str
    direction: str
    transport: str
    dialog: str
    codec: str
    secured: bool
    received: int
    sent: int
    lost: int
    jitter_ms: float
    round_trip_ms: float


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is over. Nothing follows."""

    at: float
    call: str
    outcome: str
    """The slug of routing.Outcome."""
    blame: str
    words: str
    status: int
    """The SIP status that ended it: of the device that said no, or 200."""
    ended_by: str
    """The extension that hung up or gave up; empty when the switch did."""


CallEvent = (
    CallStarted
    | Routed
    | DeviceCalled
    | DeviceRinging
    | DeviceEnded
    | CallAnswered
    | CallHeld
    | CallResumed
    | DigitPressed
    | LegClosed
    | CallEnded
)
