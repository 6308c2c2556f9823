"""The steps of a scenario that take their time: they speak, ask, or wait for the web."""

import asyncio
from typing import TYPE_CHECKING, Final

from softswitch.calls import web_hook
from softswitch.calls.ending import Ending
from softswitch.calls.inbox import Played
from softswitch.calls.saying import Prompt, Said
from softswitch.calls.speaking import Speaking
from softswitch.calls.step import Step
from softswitch.calls.waiting import is_answered
from softswitch.config.menu import Menu
from softswitch.config.scenario import ScenarioStep
from softswitch.routing import Outcome
from softswitch.routing.menu_keys import Act, MenuKeys
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended, LegEvent, MediaChanged

if TYPE_CHECKING:
    from softswitch.calls.scenario import Run

WAIT: Final = 5.0
TIMEOUT: Final = 3.0
"""Seconds."""
REPEATS: Final = 3
END, ANEW = "#", "*"
_LONGEST: Final = 32
"""Digits of an answer whose length the file does not say."""


class _ScenarioStep(Speaking):
    state = "scenario"

    def __init__(self, run: "Run", name: str, step: ScenarioStep) -> None:
        super().__init__(run.call, run.scenario.name)
        self.run_ = run
        self.name = name
        self.step = step

    def go_to(self, name: str | None) -> None:
        """Leave for the step of that name."""
        self.hush()
        self.go_on(self.run_.go(name))


class Playing(_ScenarioStep):
    """Says something."""

    def begin(self) -> None:
        if self.step.play is not None:
            self.say(*self.run_.filled(self.step.play))

    def said(self) -> None:
        self.go_to(self.run_.after(self.name))


class _Question(_ScenarioStep):
    """Says something, and again when no good answer comes, so many times."""

    def __init__(self, run: "Run", name: str, step: ScenarioStep) -> None:
        super().__init__(run, name, step)
        self.typed = ""
        self._left = step.repeats or REPEATS

    @property
    def wait(self) -> float:
        """Seconds that a key is waited for."""
        return self.step.wait or WAIT

    def begin(self) -> None:
        self.put()

    def put(self, *before: Said) -> None:
        """The question, after what is said before it."""
        self.typed = ""
        question = self.step.ask or self.step.menu
        self.say(*before, *(self.run_.filled(question) if question is not None else ()))

    def said(self) -> None:
        self.after(self.wait, self.no_key)

    def no_key(self) -> None:
        """So long nothing was pressed."""

    def fail(self, prompt: str) -> None:
        """No good answer."""
        self._left -= 1
        if self._left > 0:
            self.put(Prompt(prompt))
        else:
            self.go_to(self.run_.instead(self.name))


class Asking(_Question):
    """Digits, up to # or to their number; * begins anew."""

    def pressed(self, key: str) -> None:
        self.hush()
        self.after(self.wait, self.no_key)
        if key == END:
            self._complete()
        elif key == ANEW:
            self.typed = ""
        else:
            self.typed += key
            if len(self.typed) >= (self.step.digits or _LONGEST):
                self._complete()

    def no_key(self) -> None:
        if self.leg.held:
            self.after(self.wait, self.no_key)
        else:
            self._complete()

    def _complete(self) -> None:
        self.not_after_all(self.no_key)
        if not self.typed:
            self.fail("nothing-pressed")
        elif self.step.digits is not None and len(self.typed) != self.step.digits:
            self.fail("try-again")
        else:
            self.run_.keep(self.step.into or "", self.typed)
            self.go_to(self.run_.after(self.name))


class Choosing(_Question):
    """One of the keys that the step names."""

    keeps_keys = True

    def __init__(self, run: "Run", name: str, step: ScenarioStep) -> None:
        super().__init__(run, name, step)
        self._keys = MenuKeys(Menu(key=name, keys=dict(step.keys or {})), ())

    def pressed(self, key: str) -> None:
        self.hush()
        self.not_after_all(self.no_key)
        pressed = self._keys.press(self.typed, key)
        self.typed = pressed.typed
        if pressed.choice is not None:
            self._choose(pressed.choice.act, pressed.choice.value)
        elif pressed.wrong:
            self.fail("wrong-key")
        else:
            self.after(self.wait, self.no_key)

    def no_key(self) -> None:
        if self.leg.held:
            self.after(self.wait, self.no_key)
            return
        choice = self._keys.complete(self.typed).choice if self.typed else None
        if choice is not None:
            self._choose(choice.act, choice.value)
        else:
            self.fail("wrong-key" if self.typed else "nothing-pressed")

    def _choose(self, act: Act, value: str) -> None:
        if act is Act.REPEAT:
            self.put()
        else:
            self.go_to(value)


class AskingWeb(Step):
    """A web server is asked. Who has been answered hears music meanwhile."""

    state = "scenario"

    def __init__(self, run: "Run", name: str, step: ScenarioStep) -> None:
        super().__init__(run.call)
        self._run = run
        self._name = name
        self._step = step
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._connect()
        self._task = asyncio.get_running_loop().create_task(self._ask())

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is not self.call.caller:
            return
        if isinstance(event, Ended):
            outcome = Outcome.CANCELLED if self.call.answered_at is None else Outcome.COMPLETED
            self.next = Ending(outcome, outcome.status, leg.number)
        elif isinstance(event, MediaChanged):
            self._connect(anew=leg)

    def leave(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _ask(self) -> None:
        try:
            await self._ask_and_go_on()
        except Exception:
            self.call.log.exception("a web hook failed")
            self.go(Ending.by_us(Outcome.FAILED))

    async def _ask_and_go_on(self) -> None:
        run, step, log = self._run, self._step, self.call.log
        values = run.values
        body = None if step.send is None else {name: values.get(name, "") for name in step.send}
        following = run.instead(self._name)
        try:
            url = web_hook.with_values(step.web or "", values)
            found = await web_hook.ask(url, body, step.timeout or TIMEOUT)
        except web_hook.WebError as error:
            log.warning(
                "the web did not answer", scenario=run.scenario.key, step=self._name, problem=str(error)
            )
        else:
            if isinstance(found, str):
                run.keep(step.into or "answer", found)
            else:
                for name, value in found.items():
                    run.keep(name, value)
            following = run.after(self._name)
        self._task = None
        if self.next is None:
            self.go(run.go(following))

    def _connect(self, anew: Leg | None = None) -> None:
        caller = self.call.caller
        if not is_answered(caller):
            return
        pairs: list[Pair] = [(caller, NOWHERE)]
        if self.call.music is not None and not caller.held:
            pairs.append((self.call.music, caller))
        self.call.hearing.let(pairs, anew)
