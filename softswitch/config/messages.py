"""pydantic's errors in the operator's words."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from softswitch.config.known_keys import keys_of, model_at, remedy_for, remedy_for_entry
from softswitch.config.names import did_you_mean, nearest
from softswitch.config.problems import Finding, KeyPath
from softswitch.config.refusal import REFUSED
from softswitch.config.section import secrets_of
from softswitch.config.tables import KEY_FIELDS, TABLES

# pydantic's type → what is wrong, what to do. {…} are filled from pydantic's own context.
_WORDS: dict[str, tuple[str, str]] = {
    "int_type": ("a whole number is wanted here", "write digits, without quotes"),
    "bool_type": ("true or false is wanted here", "write true or false, without quotes"),
    "string_type": ("a text is wanted here", "put it into quotes"),
    "tuple_type": ("a list is wanted here", "write [one, another], or one item a line after a dash"),
    "model_type": ("settings are wanted here", "write key: value lines, indented, below it"),
    "dict_type": ("a mapping is wanted here", "write number: settings lines, indented, below it"),
    "greater_than_equal": ("this number is too small", "write {ge} or more"),
    "less_than_equal": ("this number is too large", "write {le} or less"),
    "too_long": ("there are too many here", "list at most {max_length}"),
    "too_short": ("nothing is listed here", "write at least {min_length}"),
    "string_too_short": ("this text is too short", "write at least {min_length} characters"),
    "string_too_long": ("this text is too long", "write at most {max_length} characters"),
    "string_pattern_mismatch": (
        "this text has characters that cannot stand here",
        "write letters and digits",
    ),
    "union_tag_invalid": ("this cannot stand here", "see the reference"),
}
_WHOLE_FILE = ("a dialplan is a mapping", "write key: value lines, such as domain: office.example")


def findings_of(error: ValidationError) -> Iterator[Finding]:
    """What each of pydantic's errors means for the operator."""
    details = error.errors(include_url=False)
    places = [detail["loc"] for detail in details]
    meant = {place for detail in details if detail["type"] == "extra_forbidden" for place in _meant(detail)}
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] in meant:
            continue
        if not _is_consequence(detail, places):
            yield _finding(detail)


def _meant(unknown: ErrorDetails) -> Iterator[KeyPath]:
    """What an unknown key may be a slip of: that this is missing, too, is no second mistake."""
    *parent, key = unknown["loc"]
    for name in nearest(str(key), keys_of(tuple(parent))):
        yield (*parent, name)


def _is_consequence(detail: ErrorDetails, places: list[tuple[int | str, ...]]) -> bool:
    """Whether another error, reported too, is all that is behind this one."""
    place = detail["loc"]
    if detail["type"] == "default_factory_not_called":
        return True
    if detail["type"] == "too_short":
        return any(len(other) > len(place) and other[: len(place)] == place for other in places)
    if place[2:] != ("[key]",) and (*place[:2], "[key]") in places and _is_lost(detail):
        return True
    # The key of an entry has been judged already.
    return str(place[0]) in TABLES and place[2:] == (KEY_FIELDS[str(place[0])],) if place else False


def _is_lost(detail: ErrorDetails) -> bool:
    """Whether what stands under a key that is none of an entry would be right elsewhere."""
    table, key = detail["loc"][:2]
    return detail["type"] in ("missing", "model_type") or bool(remedy_for_entry(str(key), str(table), ""))


def _finding(detail: ErrorDetails) -> Finding:
    # Tags of unions stand in <>, and [key] says that the key is wrong, not its value.
    path: KeyPath = tuple(part for part in detail["loc"] if not re.fullmatch(r"<.*>|\[key\]", str(part)))
    at_key = detail["loc"][-1:] == ("[key]",)
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        key = str(path[-1])
        return Finding(path, f"unknown key {key!r}", remedy_for(key, path[:-1]), value=key, at_key=True)
    if kind == "missing":
        return Finding(path, f"{str(path[-1])!r} is missing", f"add {path[-1]}: and its value", at_key=True)
    message, remedy = _words(kind, context, detail, path)
    if at_key and len(path) == 2 and path[0] in TABLES:
        remedy = remedy_for_entry(str(path[1]), str(path[0]), remedy)
    return Finding(path, message, remedy, value=_shown(path, detail["input"], at_key), at_key=at_key)


def _words(kind: str, context: dict[str, Any], detail: ErrorDetails, path: KeyPath) -> tuple[str, str]:
    if kind == REFUSED:
        return context["message"], context["remedy"]
    if kind == "literal_error":
        return "this is not one of the values allowed", _choice(detail["input"], str(context["expected"]))
    if kind == "model_type" and not path:
        return _WHOLE_FILE
    message, remedy = _WORDS.get(kind, (detail["msg"], "see docs/dialplan.md"))
    if kind == "model_type" and _has_defaults(path):
        remedy = "write {{}} for the defaults, or " + remedy
    if kind == "dict_type" and isinstance(detail["input"], tuple):
        remedy += ", without dashes"
    if kind == "string_type" and isinstance(detail["input"], dict | tuple):
        remedy = "write one value"
    return message, remedy.format(**context)


def _has_defaults(path: KeyPath) -> bool:
    model = model_at(path)
    return model is not None and not any(field.is_required() for field in model.model_fields.values())


def _choice(value: object, expected: str) -> str:
    names = re.findall(r"'([^']*)'", expected)
    if isinstance(value, bool):
        return f"put it into quotes, or write {expected}"
    return did_you_mean(str(value), names, f"write {expected.replace(chr(39), '')}")


def _shown(path: KeyPath, value: object, at_key: bool) -> str | None:
    """The value as the operator wrote it; never one that may be a password."""
    if at_key:
        return str(path[-1])
    if value is None or isinstance(value, dict | tuple | list):
        return None
    if _may_be_secret(path):
        return None
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _may_be_secret(path: KeyPath) -> bool:
    """Whether a secret stands at this path, or would if the file were right there.

    In an entry that has secrets only what stands under a known key of no secret is shown.
    """
    table = TABLES.get(str(path[0])) if path else None
    if table is not None and len(path) < 2:
        return bool(secrets_of(table))
    for index in range(1 if table is None else 2, len(path) + 1):
        model = model_at(path[:index])
        if model is None or not secrets_of(model):
            continue
        if not (frozenset(model.model_fields) - secrets_of(model)).intersection(path[index : index + 1]):
            return True
    return False
