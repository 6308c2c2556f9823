"""The way to an outside line by pin: the extension, its pin, then a dial tone."""

import secrets
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.saying import Prompt
from softswitch.calls.speaking import Speaking
from softswitch.calls.step import Step
from softswitch.config.disa import DISA, Disa
from softswitch.records.events import StepEntered
from softswitch.routing import CallFacts, Diversion, GoTo, Outcome

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side
    from softswitch.calls.step import Unanswered

WAIT: Final = 10.0
BETWEEN_KEYS: Final = 4.0
"""Seconds for the first key, and after a key."""
LONGEST: Final = 24
CALLS: Final = 5
"""Numbers that may be dialled one after the other, when one is not reached."""
END, ANEW = "#", "*"


def enter(
    call: "Call", decision: GoTo, facts: CallFacts, side: "Side | None", unanswered: "Unanswered | None"
) -> Step | Ending:
    """The caller is asked who he is, unless too many pins were wrong."""
    del decision, unanswered
    settings = call.router.dialplan.disa
    if settings is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    locked = call.exchange.disa_guard.locked(call.caller.number, "", call.now())
    if locked is not None:
        call.log.warning("no outside line: locked after wrong pins", locked=locked, caller=call.caller.number)
        return Ending.by_us(Outcome.NOT_ALLOWED)
    return AskingPin(call, settings, facts, side)


class _Dialled(Speaking):
    """Keys up to # or a pause."""

    state = "disa"

    def __init__(self, call: "Call", settings: Disa, facts: CallFacts, side: "Side | None" = None) -> None:
        super().__init__(call, settings.name, side)
        self.settings = settings
        self.facts = facts
        self.typed = ""
        self._last_words: Ending | None = None

    def complete(self, typed: str) -> None:
        """So much was dialled."""

    def said(self) -> None:
        if self._last_words is not None:
            self.finish(self._last_words)
        else:
            self.after(WAIT, self._complete)

    def pressed(self, key: str) -> None:
        if self._last_words is not None:
            return
        self.hush()
        self.after(BETWEEN_KEYS, self._complete)
        if key == END:
            self._complete()
        elif key == ANEW:
            self.typed = ""
        else:
            self.typed += key
            if len(self.typed) >= LONGEST:
                self._complete()

    def end_with(self, prompt: str, ending: Ending) -> None:
        """Say that, and hang up."""
        self.not_after_all(self._complete)
        self._last_words = ending
        self.say(Prompt(prompt), Prompt("goodbye"))

    def note(self, step: str) -> None:
        """For the records."""
        self.call.publish(StepEntered(self.call.now(), self.call.id, DISA, step))

    def _complete(self) -> None:
        self.not_after_all(self._complete)
        typed, self.typed = self.typed, ""
        self.complete(typed)


class AskingPin(_Dialled):
    """The extension, then its pin. Which of the two was wrong is not told."""

    def __init__(self, call: "Call", settings: Disa, facts: CallFacts, side: "Side | None" = None) -> None:
        super().__init__(call, settings, facts, side)
        self._extension = ""
        self._left = settings.attempts

    def begin(self) -> None:
        self._ask()

    def _ask(self, *before: Prompt) -> None:
        self._extension = ""
        self.say(*before, Prompt("enter-extension"))

    def complete(self, typed: str) -> None:
        if not typed:
            self._fail("nothing-pressed")
        elif not self._extension:
            self._extension = typed
            self.say(Prompt("enter-pin"))
        else:
            self._judge(typed)

    def _judge(self, pin: str) -> None:
        call, number = self.call, self._extension
        guard, caller, now = call.exchange.disa_guard, call.caller.number, call.now()
        extension = call.router.extension(number)
        wanted = extension.disa_pin if extension is not None else None
        # Whoever is no extension takes as long as a wrong pin.
        right = secrets.compare_digest(pin, wanted.get_secret_value() if wanted is not None else "no pin")
        if right and guard.locked(caller, number, now) is None:
            guard.right(caller, number)
            call.log.info("outside line granted", caller=caller, extension=number)
            self.note(f"granted to {number}")
            self.next = Dialling(call, self.settings, self.facts, number, CALLS)
            return
        locked = guard.wrong(caller, number if extension is not None else "", now, self.settings)
        call.log.warning("wrong pin for an outside line", caller=caller, extension=number)
        self.note("wrong pin")
        for name in locked:
            call.log.warning(
                "outside line locked after wrong pins", locked=name, seconds=self.settings.lock_for
            )
        if locked:
            self.end_with("wrong-pin", Ending.by_us(Outcome.WRONG_PIN))
        else:
            self._fail("wrong-pin")

    def _fail(self, prompt: str) -> None:
        self._left -= 1
        if self._left > 0:
            self._ask(Prompt(prompt))
        else:
            self.end_with(prompt, Ending.by_us(Outcome.WRONG_PIN))


class Dialling(_Dialled):
    """A dial tone; what is dialled is decided with the extension's rights."""

    keeps_keys = True

    def __init__(
        self, call: "Call", settings: Disa, facts: CallFacts, extension: str, left: int, first: str = ""
    ) -> None:
        super().__init__(call, settings, facts)
        self._extension = extension
        self._left = left
        self._first = first

    def begin(self) -> None:
        if self._first:
            self.say(Prompt(self._first))
        else:
            self._tone()

    def said(self) -> None:
        if self._last_words is None:
            self._tone()
        else:
            super().said()

    def _tone(self) -> None:
        self.play_tone()
        self.after(WAIT, self._complete)

    def complete(self, typed: str) -> None:
        call = self.call
        if not typed:
            self.end_with("nothing-pressed", Ending.by_us(Outcome.NOTHING_DIALLED))
            return
        if not call.router.is_for_disa(typed):
            self._again("no-such-number")
            return
        self.note(f"{self._extension} calls {typed}")
        call.limit(self.settings.longest_call)
        caller = call.caller
        way = (Diversion(self._extension, DISA),)
        facts = CallFacts(caller.number, typed, call.hops, caller.trunk, way)
        onward = call.decide(facts, None, self._returned)
        if isinstance(onward, Ending):
            self._again("not-allowed" if onward.outcome is Outcome.NOT_ALLOWED else "nobody-answers")
        else:
            self.next = onward

    def _returned(self, outcome: Outcome) -> Step | Ending:
        prompt = "line-busy" if outcome is Outcome.BUSY else "nobody-answers"
        left = self._left - 1
        if left <= 0:
            return Ending.by_us(outcome)
        return Dialling(self.call, self.settings, self.facts, self._extension, left, prompt)

    def _again(self, prompt: str) -> None:
        self._left -= 1
        if self._left > 0:
            self.say(Prompt(prompt))
        else:
            self.end_with(prompt, Ending.by_us(Outcome.NO_SUCH_NUMBER))
