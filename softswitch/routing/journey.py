"""What would become of a call, step by step: for `softswitch route`, and for the tests in the dialplan.

Pure: the same engine decides as for a real call; who is free, and who answers, is imagined.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from softswitch.config.announcement import HANG_UP
from softswitch.config.by_mode import in_mode
from softswitch.config.menu import NAMES
from softswitch.config.places import PlaceKind
from softswitch.routing.decision import (
    CallFacts,
    Decision,
    Diversion,
    Forced,
    GoTo,
    Reason,
    Refuse,
    Ring,
    UseFeature,
)
from softswitch.routing.menu_walk import walk
from softswitch.routing.outcome import Outcome
from softswitch.routing.preferences import NONE_SET, Preferences
from softswitch.routing.router import Router

MOST: Final = 50
"""Steps after which a call goes in a circle."""


@dataclass(frozen=True, slots=True)
class Imagined:
    """See State: everybody is there and free, but for those named."""

    busy: frozenset[str] = frozenset()
    unregistered: frozenset[str] = frozenset()
    forced: str = ""
    """A mode set by hand."""
    full: frozenset[str] = frozenset()
    """Trunks all of whose lines are taken."""

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
    """What the caller presses in menus; a comma is a silence."""
    answers: frozenset[str] | None = None
    """Who picks up; None for everybody who is rung and free."""
    state: Imagined = field(default_factory=Imagined)


@dataclass(frozen=True, slots=True)
class Happening:
    """One step: a short text that tests name, and the reasons for it."""

    text: str
    reasons: tuple[Reason, ...] = ()


def journey(router: Router, question: Question) -> tuple[Happening, ...]:
    """All steps of the call, in order. Never raises."""
    return tuple(_Journey(router, question).steps())


def missing(happenings: Iterable[Happening], expected: Iterable[str]) -> str | None:
    """The first expected step that does not come, in that order among others; None when all come."""
    texts = iter([one.text for one in happenings])
    return next((text for text in expected if not any(text == one for one in texts)), None)


class _Journey:
    def __init__(self, router: Router, question: Question) -> None:
        self._router = router
        self._question = question
        self._keys = question.keys
        number = question.called if question.trunk else ""
        self._facts = CallFacts(
            question.caller,
            question.called,
            trunk=question.trunk,
            arrives=bool(question.trunk),
            at=question.at,
            number=number,
        )
        self._happened: list[Happening] = []

    def steps(self) -> list[Happening]:
        state = self._question.state
        mode = self._router.mode_of(self._facts, state)
        if mode.key:
            self._note(f"mode {mode.key}", (mode.reason,) if mode.reason else ())
        decision: Decision | None = self._router.decide(self._facts, state)
        for _ in range(MOST):
            if decision is None:
                return self._happened
            decision = self._follow(decision)
        self._note("circle")
        return self._happened

    def _note(self, text: str, reasons: tuple[Reason, ...] = ()) -> None:
        told = {reason for one in self._happened for reason in one.reasons}
        self._happened.append(Happening(text, tuple(one for one in reasons if one not in told)))

    def _follow(self, decision: Decision) -> Decision | None:
        if isinstance(decision, Refuse):
            self._note(f"refuse {decision.outcome.value}", decision.reasons)
            return None
        if isinstance(decision, UseFeature):
            self._note(f"{decision.feature.value} {decision.argument}".rstrip(), decision.reasons)
            return None
        self._forwardings(decision.diverted)
        self._facts = self._facts._replace(arrives=False, diverted=decision.diverted)
        return self._ring(decision) if isinstance(decision, Ring) else self._place(decision)

    def _forwardings(self, diverted: tuple[Diversion, ...]) -> None:
        for one in diverted[len(self._facts.diverted) :]:
            self._note(f"{one.number} forwards ({one.why})")

    def _ring(self, ring: Ring) -> Decision | None:
        question = self._question
        department = self._router.dialplan.department(ring.number)
        trunk = f" through {ring.targets[0].trunk}" if ring.targets[0].trunk else ""
        self._note(f"ring {department.key if department else ring.number}{trunk}", ring.reasons)
        order = sorted(ring.targets, key=lambda one: one.delay)
        rung = [one.number for one in order if one.number not in question.state.busy]
        answers = question.answers
        taker = next((number for number in rung if answers is None or number in answers), None)
        if taker is not None:
            self._note(f"{taker} answers")
            return None
        there = self._facts._replace(called=ring.number)
        onward = self._router.unanswered(there, ring, Outcome.NO_ANSWER, question.state)
        if onward is None:
            self._note("nobody answers")
        return onward

    def _place(self, decision: GoTo) -> Decision | None:
        self._note(f"{decision.kind.value} {_short(decision)}", decision.reasons)
        dialplan = self._router.dialplan
        if decision.kind is PlaceKind.MENU:
            return self._menu(decision.key)
        if decision.kind is PlaceKind.ANNOUNCEMENT:
            mode = self._router.mode_of(self._facts, self._question.state).key
            found = in_mode(dialplan.announcements[decision.key].then, mode)
            return self._send_on(HANG_UP if found is None else found[0])
        return None

    def _menu(self, key: str) -> Decision | None:
        found = walk(self._router.dialplan, key, self._keys)
        for reason in found.reasons[1:]:
            self._note(reason.text, (reason,))
        self._keys = found.keys
        if found.place is None:
            return None
        if found.place == NAMES:
            self._note("spells a name")
            return None
        return self._send_on(found.place)

    def _send_on(self, place: str) -> Decision | None:
        if place == HANG_UP:
            self._note(HANG_UP)
            return None
        self._facts = self._facts._replace(called=place, arrives=False, sent=True)
        return self._router.decide(self._facts, self._question.state)


def _short(decision: GoTo) -> str:
    """The key without the kind that some keys begin with."""
    return decision.key.removeprefix(f"{decision.kind.value} ")
