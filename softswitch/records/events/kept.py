"""What is kept of a call: messages and recordings."""

from typing import NamedTuple


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
