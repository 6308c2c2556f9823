"""The mode of the company by code: `*28` and its place in the file, or `*28` alone for the clock again."""

from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.saying import Prompt
from softswitch.calls.speaking import Speaking
from softswitch.calls.step import Step
from softswitch.records.events import SettingChanged
from softswitch.routing import CallFacts, Forced, Outcome

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side


def change(call: "Call", place: str, side: "Side | None") -> Step | Ending:
    """Set it, and say what holds now. Who has set a mode sets the same once more to take it back."""
    caller, router, book = call.caller, call.router, call.exchange.modes
    extension = router.extension(caller.number)
    if (
        side is not None
        or extension is None
        or not call.is_of_the_house(caller)
        or not extension.may_set_modes
    ):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    modes = list(router.dialplan.modes.values())
    if place and not (place.isascii() and place.isdigit() and 1 <= int(place) <= len(modes)):
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    chosen = modes[int(place) - 1].key if place else ""
    before = book.of("")
    if before is not None and before.holds(call.now()) and before.mode == chosen:
        chosen = ""
    book.force("", Forced(chosen, caller.number) if chosen else None)
    call.publish(SettingChanged(call.now(), call.id, caller.number, "mode", chosen))
    facts = CallFacts(caller.number, call.called, at=call.now())
    now = router.mode_of(facts, call.exchange.state_for(call)).key
    mode = router.dialplan.modes.get(now)
    return ModeSet(call, (mode.name or mode.key) if mode else "", by_clock=not chosen)


class ModeSet(Speaking):
    """He hears what holds, and is let go."""

    state = "confirming"

    def __init__(self, call: "Call", name: str, *, by_clock: bool) -> None:
        super().__init__(call, f"Mode: {name}" if name else "Mode by the clock")
        self._name = name
        self._by_clock = by_clock

    def begin(self) -> None:
        parts = [Prompt.of("mode-by-clock")] if self._by_clock else []
        if self._name:
            parts.append(Prompt.of("mode-is", name=self._name))
        self.say(*parts)

    def said(self) -> None:
        self.finish(Ending.by_us(Outcome.COMPLETED))
