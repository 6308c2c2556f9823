"""A scenario: the call walks through the steps that the file names."""

import re
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.onward import send_on
from softswitch.calls.ringing import Ringing
from softswitch.calls.saying import Own, Prompt, Said
from softswitch.calls.speaking import let_sender_go
from softswitch.calls.step import Step
from softswitch.calls.waiting import is_answered
from softswitch.config.locale_types import LANGUAGE_PATTERN
from softswitch.config.scenario import LONGEST_VALUE, Scenario, ScenarioStep
from softswitch.config.speech import VARIABLE, Speech
from softswitch.records.events import Routed, StepEntered
from softswitch.routing import CallFacts, GoTo, Outcome, Ring
from softswitch.routing.cases import case_of

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side
    from softswitch.calls.step import Unanswered

MOST: Final = 1000
"""Steps of one call. `check` finds circles without a question; a caller who goes round for ever does not."""
_CAUSES: Final = {
    "normal": Outcome.COMPLETED,
    "busy": Outcome.BUSY,
    "declined": Outcome.DECLINED,
    "unavailable": Outcome.UNREGISTERED,
    "not_found": Outcome.NO_SUCH_NUMBER,
}


def enter(
    call: "Call", decision: GoTo, facts: CallFacts, side: "Side | None", unanswered: "Unanswered | None"
) -> Step | Ending:
    """The first step of the scenario of that key."""
    scenario = call.router.dialplan.scenarios.get(decision.key)
    if scenario is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    let_sender_go(call, side)
    return Run(call, scenario, facts, unanswered).go(next(iter(scenario.steps)))


class Run:
    """One call's walk, with what it keeps in mind."""

    def __init__(
        self, call: "Call", scenario: Scenario, facts: CallFacts, unanswered: "Unanswered | None" = None
    ) -> None:
        self.call = call
        self.scenario = scenario
        self._facts = facts
        self._unanswered = unanswered
        self._own: dict[str, str] = {}
        self._taken = 0

    # ---- what is kept in mind ----

    @property
    def values(self) -> dict[str, str]:
        """All variables: what the file, the caller and the web have set, and what is known of the call."""
        call = self.call
        facts = self._facts._replace(at=call.now(), number=call.called if call.caller.trunk else "")
        return {
            **self._own,
            "caller": call.caller.number,
            "caller_name": call.caller.name,
            "called": call.called,
            "mode": call.router.mode_of(facts, call.exchange.state_for(call)).key,
            "language": call.language_of(call.caller),
        }

    def keep(self, name: str, value: str) -> None:
        """Set a variable. `language` is that of the call."""
        if name == "language":
            if re.fullmatch(LANGUAGE_PATTERN[1:-1], value):
                self.call.language = value
        else:
            self._own[name] = value[:LONGEST_VALUE]

    def filled(self, speech: Speech) -> tuple[Said, ...]:
        """What is said, with the variables in it: numbers digit by digit."""
        call = self.call
        language, items = speech.choose(call.language_of(call.caller), call.router.dialplan.language)
        values = self.values
        said: list[Said] = []
        for item in items:
            parts = re.split(VARIABLE, item) if isinstance(item, str) else [item]
            for index, part in enumerate(parts):
                text = values.get(str(part), "") if index % 2 else part
                if isinstance(text, str) and re.fullmatch(r"[+*#0-9]+", text) and index % 2:
                    said.append(Prompt.of("digits", number=text))
                elif not isinstance(text, str) or re.search(r"\w", text):
                    said.append(Own(language, (text.strip() if isinstance(text, str) else text,)))
        return tuple(said)

    # ---- the walk ----

    def go(self, name: str | None) -> Step | Ending:
        """The step of that name, or the end after the last."""
        call = self.call
        while name is not None:
            self._taken += 1
            if self._taken > MOST:
                call.log.warning("the scenario has no end", scenario=self.scenario.key, step=name)
                return Ending.by_us(Outcome.FAILED)
            call.publish(StepEntered(call.now(), call.id, self.scenario.key, name))
            step = self.scenario.steps[name]
            if step.set is not None:
                for variable, value in step.set.items():
                    self.keep(variable, value)
                name = self.after(name)
            elif step.branch is not None:
                value = self.values.get(step.branch, "")
                name = case_of(value, step.cases or {}, self.scenario.lists) or step.otherwise
            else:
                return self._step(name, step)
        return self._end(Outcome.COMPLETED)

    def after(self, name: str) -> str | None:
        """What follows a step that has worked."""
        return self.scenario.steps[name].next or self.scenario.following(name)

    def instead(self, name: str) -> str | None:
        """What follows one that has not."""
        step = self.scenario.steps[name]
        return step.otherwise or (None if step.menu is not None else self.scenario.following(name))

    def _step(self, name: str, step: ScenarioStep) -> Step | Ending:
        from softswitch.calls import scenario_steps as steps  # they lead back here

        if step.play is not None:
            return steps.Playing(self, name, step)
        if step.ask is not None:
            return steps.Asking(self, name, step)
        if step.menu is not None:
            return steps.Choosing(self, name, step)
        if step.web is not None:
            return steps.AskingWeb(self, name, step)
        if step.ring is not None:
            return self._ring(name, step, step.ring)
        if step.hang_up is not None:
            return self._end(_CAUSES[step.hang_up])
        place = (
            f"voicemail {step.voicemail}" if step.voicemail is not None else step.queue or step.transfer or ""
        )
        onward = send_on(self.call, place, self._facts, self._in_vain(name))
        return self._in_vain(name)(onward.outcome) if isinstance(onward, Ending) else onward

    def _in_vain(self, name: str) -> "Unanswered":
        """What to do when nobody takes the call at a step."""

        def go_on(outcome: Outcome) -> Step | Ending:
            following = self.instead(name)
            return self.go(following) if following is not None else self._end(outcome)

        return go_on

    def _ring(self, name: str, step: ScenarioStep, places: tuple[str, ...]) -> Step | Ending:
        """Everybody at once, for so long."""
        call = self.call
        if len(places) == 1 and step.seconds is None:
            onward = send_on(call, places[0], self._facts, self._in_vain(name))
            return self._in_vain(name)(onward.outcome) if isinstance(onward, Ending) else onward
        caller = call.caller
        facts = self._facts._replace(caller=caller.number, trunk=caller.trunk, arrives=False, sent=True)
        state = call.exchange.state_for(call)
        decisions = [call.router.decide(facts._replace(called=place), state) for place in places]
        rings = [one for one in decisions if isinstance(one, Ring)]
        reasons = tuple((reason.text, reason.line) for one in decisions for reason in one.reasons)
        if not rings:
            call.publish(Routed(call.now(), call.id, "nobody can be rung", reasons))
            return self._in_vain(name)(Outcome.UNREGISTERED)
        ring = rings[0]
        if len(places) > 1:
            # Of several the forwarding of none is followed: they stand for each other.
            targets = tuple(dict.fromkeys(target for one in rings for target in one.targets))
            seconds = max(one.seconds for one in rings)
            number = self.scenario.number or self.scenario.key
            ring = ring._replace(number=number, name=self.scenario.name, targets=targets, seconds=seconds)
        ring = ring if step.seconds is None else ring._replace(seconds=step.seconds)
        call.publish(Routed(call.now(), call.id, f"ring {', '.join(places)}", reasons))
        call.called_name = ring.name
        there = facts._replace(called=ring.number, diverted=ring.diverted, sent=False)
        return Ringing(call, ring, there, None, self._in_vain(name))

    def _end(self, outcome: Outcome) -> Step | Ending:
        if self._unanswered is not None and outcome is not Outcome.COMPLETED:
            return self._unanswered(outcome)
        if outcome is Outcome.COMPLETED and not is_answered(self.call.caller):
            outcome = Outcome.DECLINED
        return Ending.by_us(outcome)
