"""A call that is imagined: who calls, who is there, and what happens to it. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from softswitch.routing.decision import Forced, Reason
from softswitch.routing.preferences import NONE_SET, Preferences


@dataclass(frozen=True, slots=True)
class Imagined:
    """See State: everybody is there and free, but for those named."""

    busy: frozenset[str] = frozenset()
    unregistered: frozenset[str] = frozenset()
    forced: str = ""
    """A mode set by hand."""
    full: frozenset[str] = frozenset()
    """Trunks all of whose lines are taken, and queues into which nobody more comes."""
    logged_out: frozenset[str] = frozenset()
    """Agents who are in no queue."""

    def registered(self, number: str) -> bool:
        return number not in self.unregistered

    def calls_of(self, number: str) -> int:
        return int(number in self.busy)

    def preferences(self, number: str) -> Preferences:
        return NONE_SET

    def forced_mode(self, number: str) -> Forced | None:
        return Forced(self.forced, "whoever asks") if self.forced and not number else None

    def trunk_calls(self, trunk: str) -> int:
        return 1_000_000 if trunk in self.full else 0

    def trunk_uses(self, trunk: str) -> int:
        return 0

    def trunk_answers(self, trunk: str) -> bool:
        return True

    def last_call_of(self, number: str) -> float:
        return 0.0

    def calls_taken(self, number: str) -> int:
        return 0

    def spent(self, extension: str) -> tuple[Decimal, Decimal]:
        """Nobody has spent anything."""
        return Decimal(0), Decimal(0)

    def seed(self) -> str:
        return "imagined"


@dataclass(frozen=True, slots=True)
class Question:
    """A call to imagine."""

    caller: str
    called: str
    at: float
    trunk: str = ""
    keys: str = ""
    """What the caller presses; a comma is a silence."""
    answers: frozenset[str] | None = None
    """Who picks up; None for everybody who is rung and free."""
    web: Mapping[str, str] | None = None
    """Variables in what web servers answer to scenarios; None when none of them answers."""
    disa: str = ""
    """The extension whose pin the caller has typed already, where he wants an outside line."""
    state: Imagined = field(default_factory=Imagined)


@dataclass(frozen=True, slots=True)
class Happening:
    """One step: a short text that tests name, and the reasons for it."""

    text: str
    reasons: tuple[Reason, ...] = ()
