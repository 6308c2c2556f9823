"""The caller spells somebody's name with the keys of his phone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.saying import Prompt
from softswitch.calls.speaking import Speaking
from softswitch.calls.step import Step
from softswitch.routing.keypad import called_like

if TYPE_CHECKING:
    from softswitch.calls.call import Call

WAIT: Final = 8.0
BETWEEN_KEYS: Final = 3.0
"""Seconds for the first letter, and after a letter."""
LEAST: Final = 2
"""Letters before anybody is looked for without being asked to."""
END, YES, GIVE_UP, NEXT = "#", "1", "*", "2"

Found = Callable[[str], "Step | Ending"]
NotFound = Callable[..., Step]


class ByName(Speaking):
    """Letters, then each one who is called like that, until the caller says yes to one."""

    state = "menu"

    def __init__(self, call: "Call", shown: str, found: Found, not_found: NotFound) -> None:
        """`found` leads to an extension; `not_found` goes back, with what is said there."""
        super().__init__(call, shown)
        self._found = found
        self._not_found = not_found
        self._typed = ""
        self._matches: tuple[str, ...] = ()
        extensions = call.router.dialplan.extensions
        self._names = {number: one.name for number, one in extensions.items() if one.name != number}

    def begin(self) -> None:
        self.say(Prompt("spell-name"))

    def said(self) -> None:
        self.after(WAIT, self._give_up)

    def pressed(self, key: str) -> None:
        self.hush()
        self.not_after_all(self._give_up)
        if self._matches:
            self._answered(key)
        elif key == GIVE_UP:
            self._give_up()
        elif key == END:
            self._look()
        else:
            self._typed += key
            # One who alone is called so far need not be spelled to the end.
            if len(self._typed) > LEAST and len(called_like(self._typed, self._names)) == 1:
                self._look()
            else:
                self.after(BETWEEN_KEYS, self._look)

    def _look(self) -> None:
        self.not_after_all(self._look)
        self._matches = called_like(self._typed, self._names)
        self._offer()

    def _offer(self) -> None:
        """The next one, as he wants to be called."""
        if not self._matches:
            self.next = self._not_found(Prompt("no-such-name"))
            return
        number = self._matches[0]
        extension = self.call.router.extension(number)
        spoken = extension.greeting_name if extension is not None else None
        self.say(Prompt.of("name-found", name=spoken or self._names[number]))

    def _answered(self, key: str) -> None:
        if key == YES:
            self.next = self._found(self._matches[0])
        elif key == GIVE_UP:
            self._give_up()
        elif key == NEXT:
            self._matches = self._matches[1:]
            self._offer()
        else:
            self._offer()

    def _give_up(self) -> None:
        self.next = self._not_found()
