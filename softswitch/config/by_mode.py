"""What may differ by mode: one value for all modes, or one for each by the mode's name, and `otherwise`."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from softswitch.config.problems import KeyPath
from softswitch.config.refusal import refusal
from softswitch.config.texts import AS_INTEGER, KEY_PATTERN, PLACE_PATTERN, parse_key, parse_place

OTHERWISE: Final = "otherwise"
ByMode = str | Mapping[str, str]


def in_mode(said: ByMode | None, mode: str) -> tuple[str, tuple[str, ...]] | None:
    """What holds in the mode, and the key that says so below the setting's own; None where nothing does."""
    if said is None or isinstance(said, str):
        return None if said is None else (said, ())
    key = mode if mode in said else OTHERWISE
    return (said[key], (key,)) if key in said else None


def said_at(said: ByMode | None, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """Each of its values, with where it stands in the file."""
    if isinstance(said, str):
        yield path, said
    elif said is not None:
        for mode, value in said.items():
            yield (*path, mode), value


def parse_place_by_mode(value: object) -> ByMode:
    """A place, or one for each mode."""
    if not isinstance(value, Mapping):
        return parse_place(value)
    return _by_mode({parse_key(mode): parse_place(place) for mode, place in value.items()})


def parse_key_by_mode(value: object) -> ByMode:
    """The key of a section, or one for each mode."""
    if not isinstance(value, Mapping):
        return parse_key(value)
    return _by_mode({parse_key(mode): parse_key(key) for mode, key in value.items()})


def _by_mode(said: dict[str, str]) -> Mapping[str, str]:
    if not said:
        raise refusal("nothing is said for any mode", "write it as {night: …, otherwise: …}")
    return MappingProxyType(said)


def _plain(said: ByMode | None) -> Any:
    return dict(said) if isinstance(said, Mapping) else said


def _schema(value: dict[str, Any], *short: dict[str, Any], words: str) -> WithJsonSchema:
    choices: list[dict[str, Any]] = [value, *short]
    modes = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": KEY_PATTERN},
        "additionalProperties": {"anyOf": choices} if short else value,
    }
    return WithJsonSchema({"anyOf": [*choices, modes], "x-words": words})


PlaceByMode = Annotated[
    ByMode,
    PlainValidator(parse_place_by_mode),
    PlainSerializer(_plain),
    _schema(
        {"type": "string", "pattern": PLACE_PATTERN},
        AS_INTEGER,
        words="number or key of a place, or one for each mode and `otherwise`",
    ),
]
KeyByMode = Annotated[
    ByMode,
    PlainValidator(parse_key_by_mode),
    PlainSerializer(_plain),
    _schema({"type": "string", "pattern": KEY_PATTERN}, words="name, or one for each mode and `otherwise`"),
]
