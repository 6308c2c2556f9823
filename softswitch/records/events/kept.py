"""What is kept of a call: messages, faxes and recordings."""

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


class FaxReceived(NamedTuple):
    """A fax has come in, whole or not. Kept if a page of it has come whole."""

    at: float
    call: str
    place: str
    """The key in the dialplan's `faxes`."""
    fax: str
    """The fax's id."""
    pages: int
    """Those that came whole."""
    station: str
    """What the other machine calls itself."""
    speed: int
    """bit/s; 0 if the machines did not find each other."""
    corrected: bool
    """With error correction (ECM)."""
    outcome: str
    """What went wrong, in words; empty if nothing did."""


class FaxSent(NamedTuple):
    """It was tried to send a fax. Fields as of FaxReceived; `pages` are those that were taken whole."""

    at: float
    call: str
    place: str
    fax: str
    pages: int
    station: str
    speed: int
    corrected: bool
    outcome: str


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
