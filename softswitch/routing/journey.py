"""What would become of a call, step by step: for `softswitch route`, and for the tests in the dialplan.

Pure: the same engine decides as for a real call; who is free, and who answers, is imagined.
"""

from collections.abc import Callable, Iterable
from typing import Final

from softswitch.config.announcement import HANG_UP
from softswitch.config.by_mode import ByMode, in_mode
from softswitch.config.menu import NAMES
from softswitch.config.places import PlaceKind
from softswitch.routing.decision import (
    CallFacts,
    Decision,
    Diversion,
    GoTo,
    Reason,
    Refuse,
    Ring,
    UseFeature,
)
from softswitch.routing.disa_walk import DisaWalk
from softswitch.routing.imagined import Happening, Question
from softswitch.routing.keys_pressed import KeysPressed
from softswitch.routing.menu_walk import walk
from softswitch.routing.outcome import Outcome
from softswitch.routing.queue_walk import pass_queue
from softswitch.routing.router import Router
from softswitch.routing.scenario_walk import ScenarioWalk

MOST: Final = 50
"""Steps after which a call goes in a circle."""


def journey(router: Router, question: Question) -> tuple[Happening, ...]:
    """All steps of the call, in order. Never raises."""
    return tuple(Journey(router, question).steps())


def missing(happenings: Iterable[Happening], expected: Iterable[str]) -> str | None:
    """The first expected step that does not come, in that order among others; None when all come."""
    texts = iter([one.text for one in happenings])
    return next((text for text in expected if not any(text == one for one in texts)), None)


InVain = Callable[[Outcome], Decision | None]
"""What follows when nobody takes the call where it was led."""


class Journey:
    """One call on its way. The walks through queues, scenarios and DISA are told by it and lead it on."""

    def __init__(self, router: Router, question: Question) -> None:
        self.router = router
        self.question = question
        self.keys = KeysPressed(question.keys)
        number = question.called if question.trunk else ""
        self.facts = CallFacts(
            question.caller,
            question.called,
            trunk=question.trunk,
            arrives=bool(question.trunk),
            at=question.at,
            number=number,
        )
        self._in_vain: InVain | None = None
        self._happened: list[Happening] = []

    def steps(self) -> list[Happening]:
        """All of them."""
        state = self.question.state
        mode = self.router.mode_of(self.facts, state)
        if mode.key:
            self.note(f"mode {mode.key}", (mode.reason,) if mode.reason else ())
        decision: Decision | None = self.router.decide(self.facts, state)
        for _ in range(MOST):
            if decision is None:
                return self._happened
            decision = self._follow(decision)
        self.note("circle")
        return self._happened

    # ---- for the walks ----

    @property
    def mode(self) -> str:
        """The mode that holds for the call."""
        return self.router.mode_of(self.facts, self.question.state).key

    def note(self, text: str, reasons: tuple[Reason, ...] = ()) -> None:
        """One more step; no reason is told twice."""
        told = {reason for one in self._happened for reason in one.reasons}
        self._happened.append(Happening(text, tuple(one for one in reasons if one not in told)))

    def line_of(self, *path: str | int) -> int | None:
        """The dialplan's line."""
        return self.router.dialplan.line_of(path)

    def send_on(self, said: ByMode | None, in_vain: InVain | None = None) -> Decision | None:
        """The decision at the place that the file names, in the mode that holds.

        `in_vain`: what follows when nobody takes the call there. Default: what was to follow before.
        """
        found = None if said is None else in_mode(said, self.mode)
        place = HANG_UP if found is None else found[0]
        if place == HANG_UP:
            self.note(HANG_UP)
            return None
        if in_vain is not None:
            self.then_in_vain(in_vain)
        self.facts = self.facts._replace(called=place, arrives=False, sent=True)
        return self.router.decide(self.facts, self.question.state)

    def nobody(self, outcome: Outcome) -> Decision | None:
        """Nobody has taken it: what follows, if anything does."""
        in_vain, self._in_vain = self._in_vain, None
        return None if in_vain is None else in_vain(outcome)

    def then_in_vain(self, in_vain: InVain) -> None:
        """What follows when nobody takes the call where it is led next."""
        self._in_vain = in_vain

    def _ring(self, ring: Ring) -> Decision | None:
        department = self.router.dialplan.department(ring.number)
        trunk = f" through {ring.targets[0].trunk}" if ring.targets[0].trunk else ""
        self.note(f"ring {department.key if department else ring.number}{trunk}", ring.reasons)
        order = sorted(ring.targets, key=lambda one: one.delay)
        if self.takes(one.number for one in order):
            return None
        there = self.facts._replace(called=ring.number)
        onward = self.router.unanswered(there, ring, Outcome.NO_ANSWER, self.question.state)
        if onward is None:
            self.note("nobody answers")
            return self.nobody(Outcome.NO_ANSWER)
        return onward

    def takes(self, numbers: Iterable[str]) -> bool:
        """Whether one of those who are rung, in that order, picks up."""
        question = self.question
        free = (number for number in numbers if number not in question.state.busy)
        taker = next((one for one in free if question.answers is None or one in question.answers), None)
        if taker is not None:
            self.note(f"{taker} answers")
        return taker is not None

    # ---- inside ----

    def _follow(self, decision: Decision) -> Decision | None:
        if isinstance(decision, Refuse):
            self.note(f"refuse {decision.outcome.value}", decision.reasons)
            return self.nobody(decision.outcome)
        if isinstance(decision, UseFeature):
            self.note(f"{decision.feature.value} {decision.argument}".rstrip(), decision.reasons)
            return None
        self._forwardings(decision.diverted)
        self.facts = self.facts._replace(arrives=False, diverted=decision.diverted)
        return self._ring(decision) if isinstance(decision, Ring) else self._place(decision)

    def _forwardings(self, diverted: tuple[Diversion, ...]) -> None:
        for one in diverted[len(self.facts.diverted) :]:
            self.note(f"{one.number} forwards ({one.why})")

    def _place(self, decision: GoTo) -> Decision | None:
        self.note(_words(decision), decision.reasons)
        dialplan = self.router.dialplan
        match decision.kind:
            case PlaceKind.MENU:
                return self._menu(decision.key)
            case PlaceKind.ANNOUNCEMENT:
                return self.send_on(dialplan.announcements[decision.key].then)
            case PlaceKind.QUEUE:
                return pass_queue(self, dialplan.queues[decision.key])
            case PlaceKind.SCENARIO:
                return ScenarioWalk(self, dialplan.scenarios[decision.key]).begin()
            case PlaceKind.DISA if dialplan.disa is not None:
                return DisaWalk(self, dialplan.disa).begin()
        return None

    def _menu(self, key: str) -> Decision | None:
        found = walk(self.router.dialplan, key, self.keys.left)
        for reason in found.reasons[1:]:
            self.note(reason.text, (reason,))
        self.keys.left = found.keys
        if found.place is None:
            return None
        if found.place == NAMES:
            self.note("spells a name")
            return None
        return self.send_on(found.place, None if found.given_up else lambda _: self._back(found.menu))

    def _back(self, key: str) -> Decision | None:
        """Nobody has taken the caller: he may choose again."""
        if not self.keys.left:
            return None
        menu = self.router.dialplan.menus[key]
        self.note(f"back in {key}", (Reason(f"the menu {menu.name} once more", self.line_of("menus", key)),))
        return self._menu(key)


def _words(decision: GoTo) -> str:
    """The kind and the key, which may begin with the kind itself."""
    kind = decision.kind.value
    return kind if decision.key == kind else f"{kind} {decision.key.removeprefix(f'{kind} ')}"
