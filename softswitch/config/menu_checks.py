"""Whether menus and announcements lead callers somewhere."""

from collections.abc import Iterator

from softswitch.config.announcement import HANG_UP
from softswitch.config.by_mode import in_mode, said_at
from softswitch.config.dialplan import Dialplan
from softswitch.config.menu import WORDS, Menu
from softswitch.config.places import Places, places_of
from softswitch.config.problems import Finding, KeyPath
from softswitch.config.references import leads_somewhere


def check_menus(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds keys that lead nowhere or to two things, and menus without a way on."""
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
    modes = dict.fromkeys(
        mode for one in dialplan.announcements.values() for (*_, mode), _ in said_at(one.then, ("",))
    )
    told = set()
    for key in dialplan.announcements:
        for mode in modes:
            circle = _circle(dialplan, key, str(mode))
            if circle and key not in told:
                told.add(key)
                yield Finding(
                    ("announcements", key, "then"),
                    f"callers would go in a circle: {' - '.join([*circle, key])}",
                    "lead to somebody, or hang up",
                    value=circle[1] if len(circle) > 1 else key,
                )


def _circle(dialplan: Dialplan, key: str, mode: str) -> list[str]:
    """The announcements from there back to itself in that mode; none where they end, or circle elsewhere."""
    seen = [key]
    while (following := dialplan.announcements.get(seen[-1])) is not None:
        found = in_mode(following.then, mode)
        if found is None or (found[0] in seen and found[0] != key):
            return []
        if found[0] == key:
            return seen
        seen.append(found[0])
    return []
