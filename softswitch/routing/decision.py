"""What the routing engine is told, and what it says."""

from dataclasses import dataclass
from typing import Protocol

from softswitch.routing.outcome import Outcome


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a call when its INVITE is here."""

    caller: str
    """The extension that was proved to call."""
    called: str
    """The user part of the Request-URI."""
    max_forwards: int = 70


class State(Protocol):
    """What the switch knows at the moment of the decision. Reading it changes nothing."""

    def registered(self, number: str) -> bool:
        """Whether a phone of the extension can be called."""

    def calls_of(self, number: str) -> int:
        """How many calls the extension is in, ringing ones included."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the way to a decision."""

    text: str
    line: int | None = None
    """The dialplan's line that decided it; None where the file is silent."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring an extension's phones, all at once."""

    number: str
    name: str
    seconds: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Do not connect the call."""

    outcome: Outcome
    reasons: tuple[Reason, ...]


Decision = Ring | Refuse
