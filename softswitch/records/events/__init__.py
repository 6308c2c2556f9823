"""What happens in calls, as facts in order. Records, live views and logs are derived from this one stream.

Named tuples: a call makes a dozen of them, and they cost a third of frozen dataclasses. The journal keeps
them by their fields' order: a new field comes last and has a default.
Times are seconds since 1970; `call` is the call's id, unique over restarts.
"""

from softswitch.records.events.conversation import (
    CallHeld,
    CallParked,
    CallPickedUp,
    CallResumed,
    CallRetrieved,
    CallsJoined,
    CallsMerged,
    DigitPressed,
    DoorOpened,
    HeldTooLong,
    ParkedTooLong,
    SupervisionChanged,
    SupervisionEnded,
    TransferEnded,
    TransferStarted,
)
from softswitch.records.events.course import (
    SILENCE,
    CallAnswered,
    CallEnded,
    CallForwarded,
    CallStarted,
    DeviceCalled,
    DeviceEnded,
    DeviceRinging,
    EmergencyCall,
    LegClosed,
    LineTaken,
    PlaceEntered,
    Routed,
    StepEntered,
)
from softswitch.records.events.kept import (
    FaxReceived,
    FaxSent,
    RecordingEnded,
    RecordingStarted,
    VoicemailOpened,
    VoicemailRecorded,
    VoicemailRefused,
)
from softswitch.records.events.queueing import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentMissed,
    AgentPaused,
    AgentResumed,
    QueueEntered,
    QueueLeft,
)
from softswitch.records.events.rooms import (
    ConferenceInvited,
    ConferenceJoined,
    ConferenceLeft,
)
from softswitch.records.events.wishes import (
    CampCancelled,
    CampedOn,
    CamperReached,
    SettingChanged,
)

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
    | DoorOpened
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
    | FaxReceived
    | FaxSent
    | LegClosed
    | RecordingStarted
    | RecordingEnded
    | CallEnded
)

__all__ = [
    "SILENCE",
    "AgentLoggedIn",
    "AgentLoggedOut",
    "AgentMissed",
    "AgentPaused",
    "AgentResumed",
    "CallAnswered",
    "CallEnded",
    "CallEvent",
    "CallForwarded",
    "CallHeld",
    "CallParked",
    "CallPickedUp",
    "CallResumed",
    "CallRetrieved",
    "CallStarted",
    "CallsJoined",
    "CallsMerged",
    "CampCancelled",
    "CampedOn",
    "CamperReached",
    "ConferenceInvited",
    "ConferenceJoined",
    "ConferenceLeft",
    "DeviceCalled",
    "DeviceEnded",
    "DeviceRinging",
    "DigitPressed",
    "DoorOpened",
    "EmergencyCall",
    "FaxReceived",
    "FaxSent",
    "HeldTooLong",
    "LegClosed",
    "LineTaken",
    "ParkedTooLong",
    "PlaceEntered",
    "QueueEntered",
    "QueueLeft",
    "RecordingEnded",
    "RecordingStarted",
    "Routed",
    "SettingChanged",
    "StepEntered",
    "SupervisionChanged",
    "SupervisionEnded",
    "TransferEnded",
    "TransferStarted",
    "VoicemailOpened",
    "VoicemailRecorded",
    "VoicemailRefused",
]
