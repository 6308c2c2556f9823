"""All own words of a dialplan: what has to be spoken beforehand, and whether its recordings are there."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

from softswitch.config.dialplan import Dialplan
from softswitch.config.menu import NAMES
from softswitch.config.music_checks import check_sound_file
from softswitch.config.problems import Finding, KeyPath
from softswitch.config.section import Section, all_sections_of
from softswitch.config.speech import Items, Speech
from softswitch.config.tables import TABLES


def speeches_of(dialplan: Dialplan) -> Iterator[tuple[KeyPath, Speech]]:
    """Every Speech in the tables of the file, with its place."""
    for table, model in TABLES.items():
        if not _may_speak(model):
            continue  # ten thousand extensions, for one
        for key, entry in getattr(dialplan, table).items():
            yield from _inside(entry, (table, key))


@cache
def _may_speak(model: type[Section]) -> bool:
    models = (model, *all_sections_of(model))
    return any(Speech in _kinds(field.annotation) for one in models for field in one.model_fields.values())


def _kinds(annotation: Any) -> set[Any]:
    """All types that an annotation is made of."""
    found = {annotation} if isinstance(annotation, type) else set()
    return found.union(*(_kinds(part) for part in get_args(annotation)))


def _inside(section: Section, path: KeyPath) -> Iterator[tuple[KeyPath, Speech]]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, Speech):
            yield (*path, name), value
        elif isinstance(value, Section):
            yield from _inside(value, (*path, name))
        elif isinstance(value, dict) or hasattr(value, "items"):
            for key, entry in value.items():
                if isinstance(entry, Section):
                    yield from _inside(entry, (*path, name, key))


def words_of(dialplan: Dialplan) -> Iterator[tuple[str, Items]]:
    """All of them as what is to be made: the language, and its texts and recordings."""
    for _, speech in speeches_of(dialplan):
        yield from speech.fixed(dialplan.language)


def languages_of(dialplan: Dialplan) -> frozenset[str]:
    """The languages that somebody may be spoken to in."""
    extensions = (dialplan.language_of(number) for number in dialplan.extensions)
    chosen = (language for menu in dialplan.menus.values() for language in menu.languages.values())
    numbers = (one.language for one in dialplan.numbers.values() if one.language is not None)
    return frozenset((dialplan.language, *extensions, *chosen, *numbers))


def names_of(dialplan: Dialplan) -> tuple[str, ...]:
    """Names that are said: the people's, if a menu lets callers spell them; those of modes and numbers."""
    names: list[str] = []
    if any(NAMES in menu.keys.values() for menu in dialplan.menus.values()):
        names += [
            one.greeting_name or one.name for number, one in dialplan.extensions.items() if one.name != number
        ]
    names += [
        one.greeting_name
        for one in dialplan.extensions.values()
        if one.greeting_name and one.voicemail is not None
    ]
    if any(one.may_set_modes or one.voicemail is not None for one in dialplan.extensions.values()):
        names += [mode.name or mode.key for mode in dialplan.modes.values()]
    greeting = [one.name or dialplan.company for one in dialplan.numbers.values() if one.greeting == "on"]
    return tuple(dict.fromkeys((*names, *(name for name in greeting if name))))


def check_recordings(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds recordings that are missing or no sound."""
    for path, speech in speeches_of(dialplan):
        for language, items in speech.by_language.items():
            for item in items:
                if isinstance(item, Path):
                    yield from check_sound_file(item, (*path, language) if language else path)
