"""What people do with a call: hold, transfer, pickup, parking, listening, talking as three."""

from typing import NamedTuple


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
    """A DTMF digit."""

    at: float
    call: str
    by: str
    digit: str = ""
    """Which one; empty wherever it may be part of a pin, or of what callers tell in confidence."""


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


class DoorOpened(NamedTuple):
    """One side has pressed the key that opens the door at the other side."""

    at: float
    call: str
    by: str
    door: str
    """The door phone's extension."""
