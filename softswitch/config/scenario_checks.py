"""Whether scenarios can be walked: every step does one thing, is reached, and asks before it goes round."""

import re
from collections.abc import Iterator

from softswitch.config.dialplan import Dialplan
from softswitch.config.menu import REPEAT, WORDS
from softswitch.config.names import did_you_mean
from softswitch.config.places import Places
from softswitch.config.problems import Finding, KeyPath, Severity
from softswitch.config.references import leads_somewhere
from softswitch.config.scenario import KNOWN, NEEDED, VERBS, Scenario, ScenarioStep
from softswitch.config.speech import VARIABLE, Speech


def check_scenarios(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds steps that do nothing or two things, name no step or place, and circles without a question."""
    places = Places(dialplan)
    codes: dict[str, str] = {}
    for key, scenario in dialplan.scenarios.items():
        path: KeyPath = ("scenarios", key)
        if scenario.code is not None:
            other = codes.setdefault(scenario.code, key)
            if other != key:
                yield Finding(
                    (*path, "code"),
                    f"this is the code of the scenario {other} already",
                    "choose another one",
                    value=scenario.code,
                )
        for name, step in scenario.steps.items():
            at = (*path, "steps", name)
            if name in WORDS:
                yield Finding(
                    at, f"{name!r} is a word of menus", "call it otherwise", value=name, at_key=True
                )
            yield from _shape(step, at)
            yield from _step_names(scenario, step, at)
            for place in places_named(step):
                yield from leads_somewhere(dialplan, places, (*at, step.verbs[0]), place)
        yield from _variables(scenario, path)
        if all(len(step.verbs) == 1 for step in scenario.steps.values()):
            yield from _walk(scenario, path)


def places_named(step: ScenarioStep) -> tuple[str, ...]:
    """The places of the dialplan that a step leads to, as they are named there."""
    if step.voicemail is not None:
        return (f"voicemail {step.voicemail}",)
    return (*(step.ring or ()), *(one for one in (step.queue, step.transfer) if one is not None))


def ways_on(scenario: Scenario, name: str) -> tuple[str | None, ...]:
    """The steps that may follow; None among them where the call may end."""
    step, below = scenario.steps[name], scenario.following(name)
    otherwise = step.otherwise or below
    match step.verbs[0]:
        case "play" | "set":
            return (step.next or below,)
        case "ask" | "web":
            return (step.next or below, otherwise)
        case "menu":
            return (*(one for one in (step.keys or {}).values() if one != REPEAT), step.otherwise)
        case "branch":
            return (*(step.cases or {}).values(), otherwise)
        case "hang_up":
            return (None,)
        case _:
            return (otherwise,)


def _shape(step: ScenarioStep, at: KeyPath) -> Iterator[Finding]:
    verbs = step.verbs
    if len(verbs) != 1:
        what = (
            f"this step does {len(verbs)} things: {' and '.join(verbs)}"
            if verbs
            else "this step does nothing"
        )
        yield Finding(at, what, f"write one of {', '.join(VERBS)}", at_key=True)
        return
    (verb,) = verbs
    allowed = {verb, *VERBS[verb]}
    for name in sorted(step.model_fields_set - allowed):
        yield Finding(
            (*at, name),
            f"{name} means nothing beside {verb}",
            f"known there: {', '.join(VERBS[verb]) or 'nothing else'}",
            at_key=True,
        )
    needed = NEEDED.get(verb)
    if needed is not None and getattr(step, needed) is None:
        yield Finding(at, f"{verb} needs {needed}", f"add {needed}", at_key=True)
    if verb == "branch" and step.otherwise is None:
        yield Finding(at, "no step is named for when no case fits", "add otherwise: STEP", at_key=True)


def _step_names(scenario: Scenario, step: ScenarioStep, at: KeyPath) -> Iterator[Finding]:
    named: list[tuple[KeyPath, str]] = [
        ((*at, field), one) for field in ("next", "otherwise") if (one := getattr(step, field)) is not None
    ]
    for field in ("keys", "cases"):
        named += [((*at, field, key), one) for key, one in (getattr(step, field) or {}).items()]
    for path, name in named:
        if name not in scenario.steps and not (name == REPEAT and "keys" in path):
            yield Finding(
                path,
                f"there is no step {name!r} in this scenario",
                did_you_mean(name, scenario.steps, f"known are {', '.join(scenario.steps)}"),
                value=name,
            )


def _variables(scenario: Scenario, path: KeyPath) -> Iterator[Finding]:
    """Variables that nothing sets: a slip of the finger. What the web answers, the file cannot know."""
    if any(step.web is not None for step in scenario.steps.values()):
        return
    known = {*KNOWN}
    for step in scenario.steps.values():
        known.update(step.set or (), [step.into] if step.into else [])
    for name, step in scenario.steps.items():
        for field, variable in _used(step):
            if variable not in known:
                yield Finding(
                    (*path, "steps", name, field),
                    f"nothing sets the variable {variable}",
                    did_you_mean(variable, known, "set it, or ask for it, in a step before"),
                    value=variable,
                )


def _used(step: ScenarioStep) -> Iterator[tuple[str, str]]:
    if step.branch is not None:
        yield "branch", step.branch
    for field in ("play", "ask", "menu"):
        speech = getattr(step, field)
        for text in _texts(speech):
            for variable in re.findall(VARIABLE, text):
                yield field, variable


def _texts(speech: Speech | None) -> Iterator[str]:
    for items in speech.by_language.values() if speech is not None else ():
        yield from (item for item in items if isinstance(item, str))


def _walk(scenario: Scenario, path: KeyPath) -> Iterator[Finding]:
    ways = {
        name: [one for one in ways_on(scenario, name) if one in scenario.steps] for name in scenario.steps
    }
    reached, left = set[str](), [next(iter(scenario.steps))]
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += [one for one in ways[name] if one is not None]
    for name in scenario.steps:
        if name not in reached:
            yield Finding(
                (*path, "steps", name),
                "no step leads here",
                "name it as the next of another step, or delete it",
                value=name,
                severity=Severity.WARNING,
                at_key=True,
            )
    # What asks the caller something may come again as often as he wants.
    silent = {
        name: [one for one in ways[name] if one is not None and not _asks(scenario.steps[one])]
        for name, step in scenario.steps.items()
        if not _asks(step)
    }
    circle = _circle(silent)
    if circle is not None:
        yield Finding(
            (*path, "steps", circle[0]),
            f"the steps go round without a question: {' - '.join(circle)}",
            "lead on from one of them, or ask the caller something between",
            value=circle[0],
            at_key=True,
        )


def _asks(step: ScenarioStep) -> bool:
    return step.ask is not None or step.menu is not None


def _circle(ways: dict[str, list[str]]) -> list[str] | None:
    """Some circle, its first step once more at the end; depth first, without recursion."""
    done: set[str] = set()
    for start in ways:
        trail: list[str] = []
        stack = [(start, iter(ways[start]))] if start not in done else []
        trail += [start] if stack else []
        while stack:
            one = next(stack[-1][1], None)
            if one is None:
                stack.pop()
                done.add(trail.pop())
            elif one in trail:
                return [*trail[trail.index(one) :], one]
            elif one not in done:
                trail.append(one)
                stack.append((one, iter(ways[one])))
    return None
