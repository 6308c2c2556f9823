"""Where keys lead a caller through menus: for `route --keys`, and whoever asks before a call does."""

from dataclasses import dataclass

from softswitch.config import Dialplan
from softswitch.routing.decision import Reason
from softswitch.routing.keys_pressed import PAUSE
from softswitch.routing.menu_keys import Act, Choice, MenuKeys


@dataclass(frozen=True, slots=True)
class Walk:
    """The way through the menus."""

    reasons: tuple[Reason, ...]
    """Each menu and each key, with the dialplan's line."""
    menu: str
    """The menu that the caller is in at the end."""
    place: str | None = None
    """The place, an extension's number or `hang up`, that he was led to; None while he is in the menu."""
    language: str | None = None
    """The language that he has chosen."""
    keys: str = ""
    """Keys that are left for the place."""
    given_up: bool = False
    """He was sent there because no good key came: who is not taken there does not come back."""


def walk(dialplan: Dialplan, menu: str, keys: str) -> Walk:
    """From the menu of that key on. Raises KeyError for a menu that is not in the file."""
    return _Walker(dialplan, menu).walk(keys)


class _Walker:
    def __init__(self, dialplan: Dialplan, menu: str) -> None:
        self._dialplan = dialplan
        self._trail: list[str] = []
        self._reasons: list[Reason] = []
        self._language: str | None = None
        self._enter(menu)

    def _enter(self, menu: str) -> None:
        self._given_up = False
        if menu in self._trail:
            del self._trail[self._trail.index(menu) :]
        self._trail.append(menu)
        self._left = self._dialplan.menus[menu].repeats
        extensions = self._dialplan.extensions if self._dialplan.menus[menu].extensions else ()
        self._keys = MenuKeys(self._dialplan.menus[menu], extensions)
        self._note(f"menu {menu}")

    def _note(self, text: str, *path: str) -> None:
        line = self._dialplan.line_of(("menus", self._trail[-1], *path))
        self._reasons.append(Reason(text, line))

    def walk(self, keys: str) -> Walk:
        typed = ""
        for index, key in enumerate(keys):
            if key == PAUSE and not typed:
                place = self._fail("silence")
            else:
                pressed = self._keys.complete(typed) if key == PAUSE else self._keys.press(typed, key)
                typed = pressed.typed
                if pressed.choice is not None:
                    place = self._choose(pressed.choice)
                else:
                    place = self._fail("wrong") if pressed.wrong else None
            if place is not None:
                return self._end(place, keys[index + 1 :])
        if typed:
            pressed = self._keys.complete(typed)
            place = self._choose(pressed.choice) if pressed.choice else self._fail("wrong")
            if place is not None:
                return self._end(place)
        return self._end(None)

    def _choose(self, choice: Choice) -> str | None:
        """Where it leads out of the menus; None when it does not."""
        table = "languages" if choice.act is Act.LANGUAGE else "keys"
        path = () if choice.act is Act.EXTENSION else (table, choice.keys)
        self._note(f"{choice.keys}: {choice.value or choice.act.value}", *path)
        match choice.act:
            case Act.LANGUAGE:
                self._language = choice.value
            case Act.BACK if len(self._trail) > 1:
                self._trail.pop()
                self._enter(self._trail.pop())
            case Act.PLACE if choice.value in self._dialplan.menus:
                self._enter(choice.value)
            case Act.PLACE | Act.EXTENSION:
                return choice.value
            case Act.HANG_UP | Act.NAMES:
                return str(choice.act.value)
        return None

    def _fail(self, why: str) -> str | None:
        self._left -= 1
        menu = self._dialplan.menus[self._trail[-1]]
        if self._left > 0:
            self._note("no key was pressed" if why == "silence" else "the key leads nowhere")
            return None
        place: str = getattr(menu, f"after_{why}")
        self._given_up = True
        self._note(f"given up after {menu.repeats} times: {place}", f"after_{why}")
        if place in self._dialplan.menus:
            self._enter(place)
            return None
        return place

    def _end(self, place: str | None, keys: str = "") -> Walk:
        return Walk(tuple(self._reasons), self._trail[-1], place, self._language, keys, self._given_up)
