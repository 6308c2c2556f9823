"""Whether menus and announcements lead callers somewhere."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from softswitch.config.announcement import HANG_UP
from softswitch.config.dialplan import Dialplan
from softswitch.config.menu import WORDS, Menu
from softswitch.config.places import Places, places_of
from softswitch.config.problems import Finding, KeyPath, Severity
from softswitch.config.references import leads_somewhere
from softswitch.config.section import Section


def check_menus(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds keys that lead nowhere or to two things, menus without a way on, and menus nobody comes to."""
    places = Places(dialplan)
    for key, menu in dialplan.menus.items():
        path: KeyPath = ("menus", key)
        for pressed, place in menu.keys.items():
            if place not in WORDS:
                yield from leads_somewhere(dialplan, places, (*path, "keys", pressed), place)
        for name in ("after_wrong", "after_silence"):
            place = getattr(menu, name)
            if place != HANG_UP:
                yield from leads_somewhere(dialplan, places, (*path, name), place)
        yield from _collisions(dialplan, menu, path)
        if not menu.keys and not menu.extensions:
            yield Finding(
                path,
                "no key of this menu leads anywhere",
                "add keys: {1: PLACE}, or extensions: true",
                at_key=True,
            )
    yield from _never_reached(dialplan)


def _collisions(dialplan: Dialplan, menu: Menu, path: KeyPath) -> Iterator[Finding]:
    for pressed in menu.languages:
        if pressed in menu.keys:
            yield Finding(
                (*path, "languages", pressed),
                f"{pressed} leads to {menu.keys[pressed]} already",
                "choose another key",
                value=pressed,
                at_key=True,
            )
    if menu.extensions:
        for field in ("keys", "languages"):
            for pressed in getattr(menu, field):
                if pressed in dialplan.extensions:
                    yield Finding(
                        (*path, field, pressed),
                        f"{pressed} is an extension, which can be dialled here",
                        "choose another key, or leave extensions: true away",
                        value=pressed,
                        at_key=True,
                    )


def _never_reached(dialplan: Dialplan) -> Iterator[Finding]:
    named = texts_in(dialplan)
    for table in ("menus", "announcements", "scenarios"):
        for key, entry in getattr(dialplan, table).items():
            if entry.number is None and key not in named and getattr(entry, "code", None) is None:
                yield Finding(
                    (table, key),
                    "nothing leads here",
                    "give it a number, or name it in numbers or in a menu's keys",
                    value=key,
                    severity=Severity.WARNING,
                    at_key=True,
                )


def texts_in(dialplan: Dialplan) -> frozenset[str]:
    """All texts that stand as values somewhere in the file: whatever is named is among them."""
    return frozenset(_texts(dialplan))


def _texts(value: Any, own_key: str = "") -> Iterator[str]:
    """All texts that stand as values somewhere in the file; an entry's own key is none."""
    if isinstance(value, str):
        if value != own_key:
            yield value
        return
    for part in _parts(value):
        yield from _texts(part, getattr(value, "key", own_key) if isinstance(value, Section) else own_key)


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Section):
        extra = value.__pydantic_extra__ or {}  # a number's places by mode
        return [*(getattr(value, name) for name in type(value).model_fields), *extra.values()]
    if isinstance(value, Mapping):
        return value.values()
    if isinstance(value, tuple):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    return ()


def check_words(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds places that are called like a word of menus."""
    for place in places_of(dialplan):
        if place.key in WORDS:
            yield Finding(
                place.path,
                f"{place.key!r} is a word of menus",
                "call it otherwise",
                value=place.key,
                at_key=True,
            )


def check_circles(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds announcements that lead to each other in a circle: nobody is ever asked anything."""
    for key in dialplan.announcements:
        seen = [key]
        while (following := dialplan.announcements.get(seen[-1])) is not None:
            if following.then == key:
                yield Finding(
                    ("announcements", key, "then"),
                    f"callers would go in a circle: {' - '.join([*seen, key])}",
                    "lead to somebody, or hang up",
                    value=following.then,
                )
                break
            if following.then in seen:
                break
            seen.append(following.then)
