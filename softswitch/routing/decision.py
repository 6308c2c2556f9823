"""What the routing engine is told, and what it says.

Named tuples: a decision makes a dozen of them, and a frozen dataclass takes four times as long to make.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from softswitch.config import Feature
from softswitch.config.places import PlaceKind
from softswitch.routing.outcome import Outcome
from softswitch.routing.preferences import Preferences


class Diversion(NamedTuple):
    """One forwarding that the call has gone through already (RFC 5806, RFC 7044)."""

    number: str
    """Who forwarded it."""
    why: str
    """always, busy, no-answer, unregistered, do-not-disturb or transfer."""


class CallFacts(NamedTuple):
    """What is known of a call when it has to be decided."""

    caller: str
    """The extension that was proved to call, or the number that a trunk names as the caller."""
    called: str
    """The user part of the Request-URI, or where a transfer or forwarding leads."""
    max_forwards: int = 70
    trunk: str = ""
    """The trunk that it came in by; empty for an extension's call."""
    diverted: tuple[Diversion, ...] = ()
    """The way that it has come, the first forwarding first: nobody on it is rung again."""
    arrives: bool = False
    """It has just come in by its trunk: only `numbers` say where it may lead."""
    sent: bool = False
    """A place of the dialplan (a menu, a queue …) sends it to where the file says: that may name keys, and
    needs nobody's rights. Never set it for digits that a caller has pressed."""

    at: float = 0.0
    """When it has to be decided, in seconds since 1970: the mode depends on it."""
    came_by: tuple[str, ...] = ()
    """Who has forwarded it before another office of ours sent it here."""
    number: str = ""
    """The outside number that it has come in by, as the trunk names it; empty for any other call."""

    @property
    def on_behalf(self) -> str:
        """Whose rights count: the last extension that forwarded it, else the caller; "" for a trunk."""
        return self.diverted[-1].number if self.diverted else "" if self.trunk else self.caller


@dataclass(frozen=True, slots=True)
class Forced:
    """A mode that somebody has set by hand."""

    mode: str
    by: str
    """An extension, or `the operator`."""
    until: float | None = None
    """Seconds since 1970; None for as long as nobody takes it back."""

    def holds(self, at: float) -> bool:
        """Whether it still does."""
        return self.until is None or at < self.until


class State(Protocol):
    """What the switch knows at the moment of the decision. Reading it changes nothing."""

    def registered(self, number: str) -> bool:
        """Whether a phone of the extension can be called."""

    def calls_of(self, number: str) -> int:
        """How many calls the extension is in, ringing ones included."""

    def preferences(self, number: str) -> Preferences:
        """What the extension's user has set by code."""

    def forced_mode(self, number: str) -> Forced | None:
        """The mode set by hand for an outside number as the file writes it; for all of them by ""."""

    def trunk_calls(self, trunk: str) -> int:
        """How many lines of the trunk are taken, this call's own among them."""

    def last_call_of(self, number: str) -> float:
        """When the last call that the extension has answered was over, in seconds since 1970; 0 for none."""

    def calls_taken(self, number: str) -> int:
        """How many calls the extension has answered in the last 24 hours."""

    def spent(self, extension: str) -> tuple[Decimal, Decimal]:
        """What the extension has spent on calls out: today, and this month."""

    def seed(self) -> str:
        """A text that differs from call to call: what is decided by chance is decided by it."""

    def trunk_uses(self, trunk: str) -> int:
        """How many calls have gone out through it."""

    def trunk_answers(self, trunk: str) -> bool:
        """False when its carrier is known not to answer, or not to know us."""


class Reason(NamedTuple):
    """One step of the way to a decision."""

    text: str
    line: int | None = None
    """The dialplan's line that decided it; None where the file is silent."""


class Target(NamedTuple):
    """Whom to ring: all phones of an extension, or a number outside."""

    number: str
    trunk: str = ""
    """The trunk to dial through; empty for an extension."""
    must_accept: bool = False
    """Who answers has to press a key first, so that a mobile's own voicemail never takes the call."""
    delay: float = 0.0
    """Seconds that it rings later than the rest."""
    makes_room: bool = False
    """An emergency: where all lines of the trunk are taken, another call loses its own."""
    until: float | None = None
    """Seconds, counted as `delay` is, after which it stops; None: it rings as long as the call does."""
    then: tuple["Target", ...] = ()
    """The ways to the same number that are tried when this one fails, in order."""


class Ring(NamedTuple):
    """Ring the targets; the first to answer has the call."""

    number: str
    """What was called: an extension, a department (its key when it has no number) or a number outside."""
    name: str
    targets: tuple[Target, ...]
    seconds: float
    reasons: tuple[Reason, ...]
    diverted: tuple[Diversion, ...] = ()
    """The way that the call has come, with the forwardings that this decision adds."""
    pin_of: str = ""
    """The extension whose pin the caller enters before anybody is rung; empty for none."""
    emergency: bool = False
    """It gets through whatever else there is."""
    caller_as: str = ""
    """The department's name, to be shown before the caller's; empty where only the caller is shown."""
    music: bool = False
    """Whether the caller hears music meanwhile, instead of ringing."""
    skip_busy: bool = False
    """Whether those are passed over who are in a call when their turn comes."""
    auto_answer: bool = False
    """The phones are asked to answer by themselves, through the speaker; nobody else is tried."""


class Refuse(NamedTuple):
    """Do not connect the call."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    may_wait: bool = False
    """No line is free: the caller may wait until one is."""
    trunk: str = ""
    """Which one of outside it would have gone out by, were a line of it free."""


class UseFeature(NamedTuple):
    """A feature's code or number was dialled."""

    feature: Feature
    argument: str
    """What followed the code; the number itself for features that have numbers instead of codes."""
    reasons: tuple[Reason, ...]


class GoTo(NamedTuple):
    """The call comes to a place that takes it itself: a menu, a queue, a voicemail box, an announcement."""

    kind: PlaceKind
    key: str
    """How the dialplan's table knows it."""
    name: str
    reasons: tuple[Reason, ...]
    diverted: tuple[Diversion, ...] = ()
    """The way that the call has come, with the forwardings that this decision adds."""


Decision = Ring | Refuse | UseFeature | GoTo
