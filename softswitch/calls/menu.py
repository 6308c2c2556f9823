"""A menu: the caller hears what there is, and presses a key."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.by_name import ByName
from softswitch.calls.ending import Ending
from softswitch.calls.onward import send_on
from softswitch.calls.saying import Prompt, Said
from softswitch.calls.speaking import Speaking
from softswitch.calls.step import Step
from softswitch.config.announcement import HANG_UP
from softswitch.config.menu import Menu
from softswitch.records.events import SILENCE, StepEntered
from softswitch.routing import CallFacts, GoTo, Outcome
from softswitch.routing.menu_keys import Act, Choice, Pressed

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side
    from softswitch.calls.step import Unanswered

_BUSY: Final = (Outcome.BUSY, Outcome.DO_NOT_DISTURB, Outcome.DECLINED)


def enter(
    call: "Call", decision: GoTo, facts: CallFacts, side: "Side | None", unanswered: "Unanswered | None"
) -> Step | Ending:
    """The caller comes into the menu of that key. `unanswered`: what to do when it is given up in vain."""
    menu = call.router.dialplan.menus.get(decision.key)
    if menu is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    if menu.key in call.trail:
        del call.trail[call.trail.index(menu.key) :]
    call.trail.append(menu.key)
    return InMenu(call, menu, facts, side, unanswered)


class InMenu(Speaking):
    """One visit. `first` is said before the menu: why the caller is back."""

    keeps_keys = True

    state = "menu"

    def __init__(
        self,
        call: "Call",
        menu: Menu,
        facts: CallFacts,
        side: "Side | None" = None,
        unanswered: "Unanswered | None" = None,
        first: tuple[Said, ...] = (),
    ) -> None:
        super().__init__(call, menu.name, side)
        self.menu = menu
        self._facts = facts
        self._unanswered = unanswered
        self._first = first
        self._keys = call.router.menu_keys(menu.key)
        self._typed = ""
        self._left = menu.repeats
        self._then: str | None = None
        """Where the caller goes when what is being said is over; None while keys are taken."""

    def begin(self) -> None:
        menu = self.menu
        if self._first or menu.greeting is None:
            self._ask(*self._first)
        elif menu.prompt is None:
            self.say(menu.greeting)
        else:
            self.say(menu.greeting, menu.prompt)

    def begins_for(self, call: "Call", unanswered: "Unanswered") -> Step:
        call.trail = [self.menu.key]
        return InMenu(call, self.menu, self._facts, None, unanswered)

    def said(self) -> None:
        if self._then is not None:
            self._go(self._then)
        elif not self._typed:
            self.after(self.menu.wait, self._silent)

    def pressed(self, key: str) -> None:
        if self._then is not None or (self.speaks and not self.menu.interrupt):
            return
        self.hush()
        self.not_after_all(self._silent)
        self._take(self._keys.press(self._typed, key))

    # ---- inside ----

    def _take(self, pressed: Pressed) -> None:
        self._typed = pressed.typed
        if pressed.choice is not None:
            self.not_after_all(self._complete)
            self._choose(pressed.choice)
        elif pressed.wrong:
            self.not_after_all(self._complete)
            self._fail("wrong key", self.menu.wrong or Prompt("wrong-key"), self.menu.after_wrong)
        else:
            self.after(self.menu.between_keys, self._complete)

    def _complete(self) -> None:
        """No further key has come."""
        self._take(self._keys.complete(self._typed))

    def _silent(self) -> None:
        if self.leg.held:
            self.after(self.menu.wait, self._silent)  # he does not hear us
            return
        self._fail(SILENCE, self.menu.silence or Prompt("nothing-pressed"), self.menu.after_silence)

    def _choose(self, choice: Choice) -> None:
        call = self.call
        self._note(choice.words)
        match choice.act:
            case Act.PLACE | Act.EXTENSION:
                self._connect_to(choice.value)
            case Act.LANGUAGE:
                call.language = choice.value
                self._again()
            case Act.REPEAT:
                self._again()
            case Act.BACK:
                if len(call.trail) < 2:
                    self._again()
                    return
                call.trail.pop()
                self._connect_to(call.trail[-1])
            case Act.NAMES:
                self.next = ByName(call, self.menu.name, self._connect_to_found, self._back)
            case Act.HANG_UP:
                self._leave(HANG_UP)

    def _connect_to_found(self, number: str) -> Step | Ending:
        """From the search by name: the extension, or back here."""
        self._connect_to(number)
        return self.next or self._back(Prompt("nobody-answers"))

    def _connect_to(self, place: str) -> None:
        onward = send_on(self.call, place, self._facts, self._returned)
        self.next = self._returned(onward.outcome) if isinstance(onward, Ending) else onward

    def _returned(self, outcome: Outcome) -> Step:
        """Nobody took the caller: he is told, and chooses again."""
        return self._back(Prompt("line-busy" if outcome in _BUSY else "nobody-answers"))

    def _back(self, *first: Said) -> "InMenu":
        return InMenu(self.call, self.menu, self._facts, None, self._unanswered, first)

    def _again(self) -> None:
        self._left = self.menu.repeats
        self._ask()

    def _fail(self, why: str, told: Said, way_out: str) -> None:
        self._note(why)
        self._left -= 1
        if self._left > 0:
            self._ask(told)
        else:
            self._leave(way_out, told)

    def _ask(self, *before: Said) -> None:
        again = self.menu.prompt or self.menu.greeting
        self.say(*before, *([again] if again is not None else []))

    def _leave(self, place: str, *told: Said) -> None:
        self._then = place
        goodbye = [Prompt("goodbye")] if place == HANG_UP else []
        if told or goodbye:
            self.say(*told, *goodbye)
        else:
            self._go(place)

    def _go(self, place: str) -> None:
        self.go_on(send_on(self.call, place, self._facts, self._unanswered))

    def _note(self, step: str) -> None:
        call = self.call
        call.publish(StepEntered(call.now(), call.id, self.menu.key, step))
