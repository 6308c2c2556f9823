"""What the keys of one menu mean, pressed one after the other. Pure: the step in calls keeps the time."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from softswitch.config.announcement import HANG_UP
from softswitch.config.menu import BACK, NAMES, REPEAT, Menu

END: Final = "#"
"""Ends what has been dialled, where it cannot go on with it."""


class Act(enum.Enum):
    """What the caller has chosen. The value is the word that records see."""

    PLACE = "place"
    EXTENSION = "extension"
    LANGUAGE = "language"
    REPEAT = REPEAT
    BACK = BACK
    NAMES = NAMES
    HANG_UP = HANG_UP


@dataclass(frozen=True, slots=True)
class Choice:
    """A key's meaning."""

    act: Act
    keys: str
    """What was pressed."""
    value: str = ""
    """The place, the extension's number or the language."""

    @property
    def words(self) -> str:
        """The step's name, for records."""
        return f"{self.keys}: {self.value or self.act.value}"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What comes of one more key: a choice, a mistake, or the wait for the next key."""

    typed: str = ""
    """What is being dialled; empty when it is decided."""
    choice: Choice | None = None
    wrong: bool = False


class MenuKeys:
    """One menu's keys, and the extensions that can be dialled in it."""

    def __init__(self, menu: Menu, extensions: Iterable[str]) -> None:
        self._choices = {number: Choice(Act.EXTENSION, number, number) for number in extensions}
        self._choices.update(
            (keys, Choice(Act.LANGUAGE, keys, language)) for keys, language in menu.languages.items()
        )
        self._choices.update((keys, _choice(keys, place)) for keys, place in menu.keys.items())
        self._beginnings = {keys[:length] for keys in self._choices for length in range(1, len(keys))}

    def press(self, typed: str, key: str) -> Pressed:
        """One key after those `typed` before."""
        now = typed + key
        if now in self._beginnings:
            return Pressed(now)
        choice = self._choices.get(now)
        if choice is not None:
            return Pressed(choice=choice)
        if key == END and typed:
            return self.complete(typed)
        return Pressed(wrong=True)

    def complete(self, typed: str) -> Pressed:
        """No key follows."""
        choice = self._choices.get(typed)
        return Pressed(wrong=True) if choice is None else Pressed(choice=choice)


def _choice(keys: str, place: str) -> Choice:
    words = {act.value: act for act in (Act.REPEAT, Act.BACK, Act.NAMES, Act.HANG_UP)}
    return Choice(words[place], keys) if place in words else Choice(Act.PLACE, keys, place)
