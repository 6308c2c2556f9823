"""Which keys may stand where, and where a key that stands in the wrong place belongs."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from softswitch.config.dialplan import Dialplan
from softswitch.config.names import nearest
from softswitch.config.passwords import SecretReference
from softswitch.config.problems import KeyPath
from softswitch.config.section import Section, secrets_of, sections_of, tables_of
from softswitch.config.tables import KEY_FIELDS, TABLES, key_field

_DEEPEST: Final = 4
_MOST_PLACES: Final = 3
_MOST_KNOWN: Final = 12
"""A longer list says less."""


def keys_of(path: KeyPath) -> tuple[str, ...]:
    """The keys that may stand under this path; none where the operator chooses the names."""
    model = model_at(path)
    if model is None:
        return ()
    return tuple(name for name in model.model_fields if name != key_field(model))


def model_at(path: KeyPath) -> type[Section] | None:
    """The section that a path leads to; None where it leads to a value, or to a table of sections."""
    model: type[Section] | None = Dialplan
    chosen = False
    for index, part in enumerate(path):
        if chosen:
            chosen = False  # a name of the operator's, inside an entry
            continue
        if model is Dialplan and part in TABLES:
            if index == len(path) - 1:
                return None
            model = TABLES[str(part)]
        elif index == 1 and path[0] in TABLES:
            continue  # the entry's key
        elif model is not None and part in secrets_of(model):
            model = SecretReference
        else:
            chosen = model is not None and model is not Dialplan and str(part) in tables_of(model)
            model = sections_of(model).get(str(part)) if model else None
    return None if chosen else model


def remedy_for(key: str, parent: KeyPath) -> str:
    """What to do about a key that cannot stand under `parent`: the name that was meant, or its place."""
    names = keys_of(parent)
    if close := nearest(key, names):
        return f"did you mean {' or '.join(repr(name) for name in close)}?"
    if parent and key in Dialplan.model_fields:
        return f"{key}: is a section of its own: begin its line without spaces"
    # Where a section of the same name is, such as a pin in voicemail, it was meant most probably.
    if places := sorted(places_of(key), key=lambda way: way.rpartition(".")[2] not in map(str, parent)):
        return f"it belongs into {' or '.join(places[:_MOST_PLACES])}"
    if not parent and key.isdecimal():
        return "indent it below extensions: if it is an extension's number"
    known = ", ".join(names[:_MOST_KNOWN])
    return f"known here: {known}{', … (see docs/dialplan.md)' if len(names) > _MOST_KNOWN else ''}"


def remedy_for_entry(key: str, table: str, otherwise: str) -> str:
    """What to do about what cannot be the number or name of a table's entry."""
    name = re.split(r"\s*[{\[]", key)[0]
    if name != key:
        return f"a colon is missing: write {name}: before its settings"
    if key in TABLES[table].model_fields:
        return f"{key}: is a setting: indent it below the entry that it belongs to"
    if key in Dialplan.model_fields:
        return f"{key}: is a section of its own: begin its line without spaces"
    return otherwise


@cache
def places_of(key: str) -> tuple[str, ...]:
    """The sections in which a key may stand, such as extensions.NUMBER.voicemail; the highest ones first."""
    found = dict.fromkeys(_places(key, Dialplan, (), frozenset()))
    return tuple(sorted(found, key=lambda way: way.count(".")))


def _places(key: str, model: type[Section], way: tuple[str, ...], seen: frozenset[type]) -> Iterator[str]:
    if way and key in model.model_fields and key != key_field(model):
        yield ".".join(way)
    if len(way) >= _DEEPEST or model in seen:
        return
    for name, section in {**(TABLES if model is Dialplan else {}), **sections_of(model)}.items():
        is_table = name in TABLES if model is Dialplan else name in tables_of(model)
        wildcard = (KEY_FIELDS.get(name, "name").upper(),) if is_table else ()
        yield from _places(key, section, (*way, name, *wildcard), seen | {model})
