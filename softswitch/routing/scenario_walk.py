"""An imagined call in a scenario, from step to step as calls/scenario.py walks a real one. Pure."""

from typing import TYPE_CHECKING, Final

from softswitch.config.menu import Menu
from softswitch.config.scenario import LONGEST_VALUE, Scenario, ScenarioStep
from softswitch.routing.cases import case_of
from softswitch.routing.decision import Decision, Reason, Ring
from softswitch.routing.keys_pressed import PAUSE
from softswitch.routing.menu_keys import Act, MenuKeys
from softswitch.routing.outcome import Outcome

if TYPE_CHECKING:
    from softswitch.routing.journey import InVain, Journey

_MOST: Final = 200
"""Steps, after which it goes in a circle."""
_LONGEST: Final = 32
REPEATS: Final = 3
END, ANEW = "#", "*"
_UNKNOWN: Final = "?"
"""No step has this name: nothing more is known of the caller."""


class ScenarioWalk:
    """One call's walk, with what it keeps in mind."""

    def __init__(self, journey: "Journey", scenario: Scenario) -> None:
        self._journey = journey
        self._scenario = scenario
        self._own: dict[str, str] = {}
        self._taken = 0

    def begin(self) -> Decision | None:
        """From the first step on."""
        return self._go(next(iter(self._scenario.steps)))

    def _go(self, name: str | None) -> Decision | None:
        """The steps until the call is led somewhere; None when it is over, or nothing more is known."""
        while name is not None and name != _UNKNOWN:
            self._taken += 1
            if self._taken > _MOST:
                self._journey.note("circle")
                return None
            step = self._scenario.steps[name]
            self._note(f"step {name}", f"the step {name} of {self._scenario.name}", name)
            if step.ring is not None:
                return self._ring(name, step, step.ring)
            if step.hang_up is not None:
                self._journey.note("hang up" if step.hang_up == "normal" else f"hang up {step.hang_up}")
                return None
            if (place := _place_of(step)) is not None:
                return self._journey.send_on(place, self._in_vain(name))
            name = self._followed(name, step)
        if name is None:
            self._journey.note("hang up")
        return None

    def _followed(self, name: str, step: ScenarioStep) -> str | None:
        """The step after one that keeps the call here; None for the end."""
        if step.set is not None:
            self._own.update(step.set)
        elif step.branch is not None:
            return self._branch(name, step, step.branch)
        elif step.ask is not None:
            return self._ask(name, step)
        elif step.menu is not None:
            return self._menu(name, step)
        elif step.web is not None and not self._web(name, step):
            return self._instead(name)
        return self._after(name)

    # ---- steps ----

    def _branch(self, name: str, step: ScenarioStep, variable: str) -> str | None:
        value = self._values.get(variable, "")
        cases = step.cases or {}
        found = case_of(value, cases, self._scenario.lists)
        case = next(
            (one for one in cases if found and case_of(value, {one: found}, self._scenario.lists)), ""
        )
        where, words = (
            (("cases", case), f"is {case}") if found else (("otherwise",), "is nothing named there")
        )
        self._note(f"{variable} {words}", f"{variable} is {value or 'empty'}", name, *where)
        return found or step.otherwise

    def _ask(self, name: str, step: ScenarioStep) -> str | None:
        for _ in range(step.repeats or REPEATS):
            typed = self._journey.keys.number(END, ANEW, step.digits or _LONGEST)
            if typed is None:
                return _UNKNOWN
            if typed and step.digits in (None, len(typed)):
                self._own[step.into or ""] = typed
                self._note(f"{step.into} is {typed}", f"{typed} was dialled", name)
                return self._after(name)
        self._note("no good answer", "it is asked no more", name, "repeats")
        return self._instead(name)

    def _menu(self, name: str, step: ScenarioStep) -> str | None:
        keys, typed, left = (
            MenuKeys(Menu(key=name, keys=dict(step.keys or {})), ()),
            "",
            step.repeats or REPEATS,
        )
        while key := self._journey.keys.next() or (PAUSE if typed else ""):
            pressed = keys.complete(typed) if key == PAUSE else keys.press(typed, key)
            typed = pressed.typed
            if pressed.choice is not None and pressed.choice.act is not Act.REPEAT:
                chosen = pressed.choice
                self._note(chosen.words, f"{chosen.keys} was pressed", name, "keys", chosen.keys)
                return chosen.value
            if pressed.wrong:
                typed, left = "", left - 1
                if not left:
                    self._note("no good answer", "it is asked no more", name, "repeats")
                    return self._instead(name)
        return _UNKNOWN

    def _web(self, name: str, step: ScenarioStep) -> bool:
        """Whether it answers."""
        answer = self._journey.question.web
        if answer is None:
            self._note("no answer from the web", "nothing says what the web server answers", name, "web")
            return False
        for variable, value in answer.items():
            self._own[variable] = value[:LONGEST_VALUE]
        told = ", ".join(f"{variable} is {value}" for variable, value in answer.items())
        self._note("the web answers", told or "nothing that is kept", name, "web")
        return True

    def _ring(self, name: str, step: ScenarioStep, places: tuple[str, ...]) -> Decision | None:
        journey = self._journey
        if len(places) == 1:
            return journey.send_on(places[0], self._in_vain(name))
        facts = journey.facts._replace(arrives=False, sent=True)
        decisions = [
            journey.router.decide(facts._replace(called=place), journey.question.state) for place in places
        ]
        rings = [one for one in decisions if isinstance(one, Ring)]
        reasons = tuple(reason for one in decisions for reason in one.reasons)
        journey.note(f"ring {', '.join(places)}", reasons)
        # Of several the forwarding of none is followed: they stand for each other.
        targets = dict.fromkeys(target.number for ring in rings for target in ring.targets)
        if journey.takes(targets):
            return None
        journey.note("nobody answers")
        return self._in_vain(name)(Outcome.NO_ANSWER if rings else Outcome.UNREGISTERED)

    # ---- what follows ----

    def _in_vain(self, name: str) -> "InVain":
        return lambda _outcome: self._go(self._instead(name))

    def _after(self, name: str) -> str | None:
        return self._scenario.steps[name].next or self._scenario.following(name)

    def _instead(self, name: str) -> str | None:
        step = self._scenario.steps[name]
        return step.otherwise or (None if step.menu is not None else self._scenario.following(name))

    # ---- what is kept in mind ----

    @property
    def _values(self) -> dict[str, str]:
        journey, router = self._journey, self._journey.router
        direct = router.outside.direct(journey.facts.number)
        language = direct.language if direct is not None else None
        return {
            "language": language or router.language_of(journey.question.caller),
            **self._own,
            "caller": journey.question.caller,
            "caller_name": "",
            "called": journey.question.called,
            "mode": journey.mode,
        }

    def _note(self, text: str, reason: str, name: str, *path: str) -> None:
        line = self._journey.line_of("scenarios", self._scenario.key, "steps", name, *path)
        line = line or self._journey.line_of("scenarios", self._scenario.key, "steps", name)
        self._journey.note(text, (Reason(reason, line),))


def _place_of(step: ScenarioStep) -> str | None:
    if step.voicemail is not None:
        return f"voicemail {step.voicemail}"
    return step.queue or step.transfer
