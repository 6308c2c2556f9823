"""Every way by which one place of the dialplan sends calls to another: for pictures, checks and exposure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from softswitch.config.announcement import HANG_UP
from softswitch.config.by_mode import parse_place_by_mode
from softswitch.config.dialplan import Dialplan
from softswitch.config.menu import WORDS
from softswitch.config.places import NamedPlace, PlaceKind, Places, places_of
from softswitch.config.problems import KeyPath, dotted
from softswitch.config.section import Section
from softswitch.config.texts import parse_place


@dataclass(frozen=True, slots=True)
class Way:
    """From a number or a place to where the file says."""

    source: KeyPath
    """The table and the key of the number or the place."""
    label: str
    """When: a mode, a key, `then`, a reason for forwarding."""
    target: str
    """As the file writes it."""
    place: NamedPlace | None
    """None for a number outside."""
    path: KeyPath


_FOR_MORE_THAN_CALLS = (PlaceKind.DEPARTMENT, PlaceKind.VOICEMAIL)
"""A department gives rights too, and a box belongs to somebody."""
_TABLES = ("numbers", "extensions", "departments", "menus", "announcements", "queues", "scenarios")
_PREFIX = {"keys": "key ", "by_mode": "", "forward": ""}


def ways_of(dialplan: Dialplan) -> Iterator[Way]:
    """All of them, in the file's order."""
    places = Places(dialplan)
    for table in _TABLES:
        for key, entry in getattr(dialplan, table, {}).items():
            for path, target in _targets(entry, (table, key)):
                if target == HANG_UP or (table == "menus" and target in WORDS):
                    continue
                yield Way((table, key), _label(path), target, places.named(target), path)


def reachable(dialplan: Dialplan, start: KeyPath) -> tuple[list[Way], list[KeyPath]]:
    """The ways that a call can take from there on, and the places that it comes to, nearest first."""
    by_source: dict[KeyPath, list[Way]] = {}
    for way in ways_of(dialplan):
        by_source.setdefault(way.source, []).append(way)
    taken: list[Way] = []
    seen: dict[KeyPath, None] = {start: None}
    waiting = [start]
    while waiting:
        for way in by_source.get(waiting.pop(0), ()):
            taken.append(way)
            if way.place is not None and way.place.path not in seen:
                seen[way.place.path] = None
                waiting.append(way.place.path)
    return taken, list(seen)


def unreachable(dialplan: Dialplan) -> Iterator[NamedPlace]:
    """Places that are neither dialled nor named by anything."""
    named = {way.place.path for way in ways_of(dialplan) if way.place is not None}
    by_code = {("scenarios", key) for key, one in dialplan.scenarios.items() if one.code is not None}
    for place in places_of(dialplan):
        if place.path in by_code:
            continue  # a colleague sends the other side of his call there
        if place.number is None and place.path not in named and place.kind not in _FOR_MORE_THAN_CALLS:
            yield place


def _targets(section: Section, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    extra: Mapping[str, Any] = section.__pydantic_extra__ or {}
    for name, place in extra.items():
        yield (*path, name), str(place)
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from _targets(value, (*path, name))
        elif name in _place_fields(type(section)):
            yield from _texts(value, (*path, name))
        elif isinstance(value, Mapping):
            for key, entry in value.items():
                if isinstance(entry, Section):
                    yield from _targets(entry, (*path, name, str(key)))


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, (*path, str(key)))


@cache
def _place_fields(model: type[Section]) -> frozenset[str]:
    """The fields of a section that name places."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if any(_is_place(mark) for mark in field.metadata) or _names_places(field.annotation)
    )


def _names_places(kind: Any) -> bool:
    marks = getattr(kind, "__metadata__", ())
    inner = (*getattr(kind, "__args__", ()), *filter(None, (getattr(kind, "__origin__", None),)))
    return any(map(_is_place, marks)) or any(_names_places(one) for one in inner if one is not kind)


def _is_place(mark: Any) -> bool:
    return getattr(mark, "func", None) in (parse_place, parse_place_by_mode)


def _label(path: KeyPath) -> str:
    parts = path[2:]
    if parts[:1] == ("keys",):
        return f"key {parts[1]}"
    if parts[:1] == ("steps",):
        return f"step {parts[1]}"
    if parts[:1] == ("forward",):
        parts = parts[1:]
    return dotted(parts).replace("_", " ")
