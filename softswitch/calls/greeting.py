"""Callers from outside are greeted: by the time of the day, in their number's language, with its name."""

from typing import TYPE_CHECKING

from softswitch.calls.saying import Prompt
from softswitch.calls.speaking import Speaking
from softswitch.routing import CallFacts

if TYPE_CHECKING:
    from softswitch.calls.call import Call


def greeting_of(call: "Call", facts: CallFacts) -> tuple[Prompt, ...]:
    """What a caller is greeted with now: good morning, and the name of the number or of the company."""
    greeting = call.router.greeting_of(facts)
    parts = [Prompt.of(f"good-{greeting.part}")]
    if greeting.name:
        parts.append(Prompt.of("you-have-reached", name=greeting.name))
    return tuple(parts)


class Greeting(Speaking):
    """He is answered and greeted; then his call goes where the dialplan sends it. Any key goes on at once."""

    state = "greeting"

    def __init__(self, call: "Call", facts: CallFacts) -> None:
        super().__init__(call, call.router.greeting_of(facts).name or call.called)
        self._facts = facts

    def begin(self) -> None:
        self.say(*greeting_of(self.call, self._facts))

    def said(self) -> None:
        self._go_on()

    def pressed(self, key: str) -> None:
        self._go_on()

    def _go_on(self) -> None:
        self.hush()
        self.next = self.call.decide(self._facts)
