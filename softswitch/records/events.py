"""What happens in calls, as facts in order. Records, live views and logs are derived from this one stream.

Named tuples: a call makes a dozen of them, and they cost a third of frozen dataclasses. The journal keeps
them by their fields' order: a new field comes last and has a default.
"""

from typing import NamedTuple

# Times are seconds since 1970; `call` is the call's id, unique over restarts.


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
    """menu, queue, voicemail, announcement or scenario."""
    key: str
    """How the dialplan's table knows it."""


class StepEntered(NamedTuple):
    """The call has come to a named step of a scenario, menu or queue."""

    at: float
    call: str
    place: str
    """The key of the scenario, menu or queue."""
    step: str


class QueueEntered(NamedTuple):
    """The caller waits in line from now on."""

    at: float
    call: str
    queue: str
    position: int
    """His place, from 1."""


class QueueLeft(NamedTuple):
    """He waits no longer."""

    at: float
    call: str
    queue: str
    reason: str
    """answered, abandoned, key, timeout, empty, handed-over, callback, or called-back in the call that is
    made for it; given-up when he could not be called back."""
    waited: float
    """Seconds."""
    position: int
    """The place that he had."""


class AgentMissed(NamedTuple):
    """An agent's phones rang for a caller of a queue, and he did not answer."""

    at: float
    call: str
    queue: str
    agent: str


class AgentPaused(NamedTuple):
    """No queue rings the agent from now on. `call` is empty when an operator has done it."""

    at: float
    call: str
    agent: str
    reason: str


class AgentResumed(NamedTuple):
    """Queues ring him again. `call` as above."""

    at: float
    call: str
    agent: str


class AgentLoggedIn(NamedTuple):
    """He takes calls of the queue. `call` as above."""

    at: float
    call: str
    agent: str
    queue: str


class AgentLoggedOut(NamedTuple):
    """He takes no calls of the queue. `call` as above."""

    at: float
    call: str
    agent: str
    queue: str


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


class SettingChanged(NamedTuple):
    """Somebody has set by code what becomes of his calls."""

    at: float
    call: str
    by: str
    setting: str
    """The feature's key in the dialplan."""
    value: str
    """What followed the code, or the number that is meant; may be empty."""


class CampedOn(NamedTuple):
    """Somebody waits until an extension that is busy is free."""

    at: float
    call: str
    by: str
    on: str


class CampCancelled(NamedTuple):
    """He waits no longer for it."""

    at: float
    call: str
    by: str
    on: str


class CamperReached(NamedTuple):
    """Both are free, and the one who has waited has answered: the other one is rung next."""

    at: float
    call: str
    by: str
    on: str


class CallHeld(NamedTuple):
    """One side put the other on hold."""

    at: float
    call: str
    by: str


class HeldTooLong(NamedTuple):
    """Somebody waits on hold for long: the phones of the holder are rung."""

    at: float
    call: str
    by: str


class CallResumed(NamedTuple):
    """The side that held the other came back."""

    at: float
    call: str
    by: str


class DigitPressed(NamedTuple):
    """A DTMF digit; which one is left out, as it may be part of a pin."""

    at: float
    call: str
    by: str


class TransferStarted(NamedTuple):
    """One side sends the other one on."""

    at: float
    call: str
    by: str
    to: str
    kind: str
    """blind or attended."""


class TransferEnded(NamedTuple):
    """Whether a transfer has come to its target, by the SIP status that its sender was told."""

    at: float
    call: str
    by: str
    to: str
    status: int


class CallsMerged(NamedTuple):
    """The party of another call has come into this one, and that one is over."""

    at: float
    call: str
    other: str
    """The call that it came from."""
    party: str


class CallPickedUp(NamedTuple):
    """Somebody answered from another phone than the one that rang."""

    at: float
    call: str
    by: str
    from_call: str
    """The call that he made to reach it."""


class CallParked(NamedTuple):
    """The caller waits in an orbit."""

    at: float
    call: str
    by: str
    orbit: str


class CallRetrieved(NamedTuple):
    """Somebody took the caller out of his orbit."""

    at: float
    call: str
    by: str
    orbit: str


class ParkedTooLong(NamedTuple):
    """Nobody came for the caller: whoever parked him is rung."""

    at: float
    call: str
    parker: str
    orbit: str


class SupervisionChanged(NamedTuple):
    """Somebody with the right to do so listens to the call, or does it another way."""

    at: float
    call: str
    by: str
    number: str
    """The extension that he listens to."""
    mode: str
    """listen, whisper or barge."""


class SupervisionEnded(NamedTuple):
    """He listens no more."""

    at: float
    call: str
    by: str
    number: str


class CallsJoined(NamedTuple):
    """Who asked somebody about the one that waits has joined all three."""

    at: float
    call: str
    by: str


class ConferenceJoined(NamedTuple):
    """The caller has come into a conference room."""

    at: float
    call: str
    by: str
    room: str


class ConferenceLeft(NamedTuple):
    """He has left it, or was removed."""

    at: float
    call: str
    by: str
    room: str


class ConferenceInvited(NamedTuple):
    """A moderator has somebody rung who may come into the room."""

    at: float
    call: str
    by: str
    number: str
    room: str


class VoicemailRecorded(NamedTuple):
    """The caller has spoken into a voicemail box. It is kept unless it is too short, or silent."""

    at: float
    call: str
    box: str
    """An extension's number or a department's key."""
    message: str
    """The message's id."""
    seconds: float


class VoicemailOpened(NamedTuple):
    """Somebody listens to the messages of a box."""

    at: float
    call: str
    by: str
    box: str


class VoicemailRefused(NamedTuple):
    """A wrong pin was given for a box."""

    at: float
    call: str
    by: str
    box: str
    """Empty if there is no such box."""


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


class RecordingStarted(NamedTuple):
    """From now on it is recorded."""

    at: float
    call: str
    file: str
    """Under the folder of recordings; unique."""
    by: str
    """The extension that asked for it; empty when it is always done."""


class RecordingEnded(NamedTuple):
    """That recording is complete."""

    at: float
    call: str
    file: str
    seconds: float
    bytes: int


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


CallEvent = (
    CallStarted
    | Routed
    | DeviceCalled
    | DeviceRinging
    | DeviceEnded
    | CallAnswered
    | CallForwarded
    | PlaceEntered
    | StepEntered
    | QueueEntered
    | QueueLeft
    | AgentMissed
    | AgentPaused
    | AgentResumed
    | AgentLoggedIn
    | AgentLoggedOut
    | EmergencyCall
    | LineTaken
    | SettingChanged
    | CampedOn
    | CampCancelled
    | CamperReached
    | CallHeld
    | CallResumed
    | HeldTooLong
    | DigitPressed
    | TransferStarted
    | TransferEnded
    | CallsMerged
    | CallPickedUp
    | CallParked
    | CallRetrieved
    | ParkedTooLong
    | CallsJoined
    | ConferenceJoined
    | ConferenceLeft
    | ConferenceInvited
    | SupervisionChanged
    | SupervisionEnded
    | VoicemailRecorded
    | VoicemailOpened
    | VoicemailRefused
    | LegClosed
    | RecordingStarted
    | RecordingEnded
    | CallEnded
)
