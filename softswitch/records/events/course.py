"""The course of a call: how it begins, who is rung, answered, led where, and how it ends."""

from typing import Final, NamedTuple

SILENCE: Final = "silence"
"""The step of a menu that waited for a key in vain."""


class CallStarted(NamedTuple):
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
    trunk: str = ""
    """The trunk that it came in by; empty for an extension's call."""


class Routed(NamedTuple):
    """The routing engine has decided."""

    at: float
    call: str
    decision: str
    """Ring or refuse, and whom or why, in a few words."""
    reasons: tuple[tuple[str, int | None], ...]
    """Text and dialplan line of each step."""
    mode: str = ""
    """Day, night or the like, as the dialplan names it; empty where it has none."""
    kind: str = ""
    """extension, department, outside, feature, refusal, or the kind of place that takes the call itself."""
    key: str = ""
    """The number or key of that; for a refusal the slug of its outcome."""
    name: str = ""
    number_type: str = ""
    """What kind of number was called: internal, local, national, mobile, international …"""
    trunk: str = ""
    """Of a refusal: the trunk that the call would have gone out by."""


class DeviceCalled(NamedTuple):
    """An INVITE went to one device."""

    at: float
    call: str
    number: str
    device: str
    """IP:port that the INVITE went to."""
    dialog: str
    """The SIP Call-ID of the leg."""
    trunk: str = ""
    """The trunk that it goes out by; empty for an extension's phone."""


class DeviceRinging(NamedTuple):
    """A device reported a provisional status."""

    at: float
    call: str
    number: str
    status: int
    dialog: str = ""


class DeviceEnded(NamedTuple):
    """A device's part in the call is over without it having been answered."""

    at: float
    call: str
    number: str
    status: int
    reason: str
    dialog: str = ""


class CallAnswered(NamedTuple):
    """Somebody took the call."""

    at: float
    call: str
    number: str
    name: str
    dialog: str = ""


class CallForwarded(NamedTuple):
    """The call goes on to somebody else."""

    at: float
    call: str
    by: str
    """The extension that forwards it."""
    to: str
    why: str
    """always, busy, no-answer, unregistered or do-not-disturb."""


class PlaceEntered(NamedTuple):
    """The call has come to a place that takes it itself."""

    at: float
    call: str
    kind: str
    """menu, queue, voicemail, announcement, fax or scenario."""
    key: str
    """How the dialplan's table knows it."""


class StepEntered(NamedTuple):
    """The call has come to a named step of a scenario, menu or queue."""

    at: float
    call: str
    place: str
    """The key of the scenario, menu or queue."""
    step: str


class EmergencyCall(NamedTuple):
    """Somebody calls the emergency services."""

    at: float
    call: str
    by: str
    name: str
    number: str


class LineTaken(NamedTuple):
    """The call ends, because an emergency call needs its line."""

    at: float
    call: str
    trunk: str
    by_call: str
    """The emergency call."""


class LegClosed(NamedTuple):
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
    trunk: str = ""
    discarded: int = 0
    """Packets that came too late to be heard."""


class CallEnded(NamedTuple):
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
