"""What callers are told in the operator's own words: a text that the switch speaks, or a recording."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.locale_types import LANGUAGE_PATTERN, parse_language
from softswitch.config.music import SoundFiles
from softswitch.config.refusal import refusal

Items = tuple[Path | str, ...]
"""Recordings and texts, one after the other."""
HOUSE: Final = ""
"""The language of words that the file gives without one: the dialplan's."""
VARIABLE: Final = r"\{([a-z][a-z0-9_]{0,31})\}"
"""A variable of a scenario, in a text."""
_SPOKEN: Final = re.compile(r"\w")
_SOUND: Final = SoundFiles(texts=True)


@dataclass(frozen=True, slots=True)
class Speech:
    """Words by language; `HOUSE` where the file gives them without one."""

    by_language: Mapping[str, Items]

    def choose(self, language: str, house: str) -> tuple[str, Items]:
        """The words for who is spoken to in `language`, and the language that they are in.

        Its base, the `house` language and then the first one stand in for one that is missing.
        """
        if HOUSE in self.by_language:
            return house, self.by_language[HOUSE]
        folded = {tag.casefold(): tag for tag in self.by_language}
        for wanted in (language, _base(language), house, _base(house)):
            tag = folded.get(wanted.casefold())
            if tag is not None:
                return tag, self.by_language[tag]
        tag = next(iter(self.by_language))
        return tag, self.by_language[tag]

    def items(self, house: str) -> Iterator[tuple[str, Items]]:
        """All words with their languages."""
        for language, items in self.by_language.items():
            yield language or house, items

    def fixed(self, house: str) -> Iterator[tuple[str, Items]]:
        """The same without the variables in it: what is known before any call."""
        for language, items in self.items(house):
            yield language, tuple(part for item in items for part in fixed_parts(item))

    def __str__(self) -> str:
        parts = (
            (f"{language}: " if language else "") + ", ".join(str(item) for item in items)
            for language, items in self.by_language.items()
        )
        return "; ".join(parts)


def fixed_parts(item: Path | str) -> tuple[Path | str, ...]:
    """What is before, between and after the variables of a text; a recording as it is."""
    if isinstance(item, Path):
        return (item,)
    return tuple(part.strip() for part in re.split(VARIABLE, item)[::2] if _SPOKEN.search(part))


@dataclass(frozen=True, slots=True)
class Words:
    """Marks a model's Speech: a text, a sound file, a list of both, or such by language."""

    def parse(self, value: object, info: ValidationInfo) -> Speech:
        """Paths are absolute when a file is being read. Raises what pydantic reports to the operator."""
        if isinstance(value, Speech):
            return value
        if not isinstance(value, Mapping):
            return Speech(MappingProxyType({HOUSE: self._items(value, info)}))
        if not value:
            raise refusal("nothing is said here", 'write a text in quotes, or by language: {en: "Welcome."}')
        found = {parse_language(language): self._items(items, info) for language, items in value.items()}
        return Speech(MappingProxyType(found))

    @staticmethod
    def _items(value: object, info: ValidationInfo) -> Items:
        items = _SOUND.parse(value, info)
        if not items:
            raise refusal("nothing is said here", "write a text in quotes, or the name of a sound file")
        return items

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            self.parse, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        item = {"type": "string", "minLength": 1}
        said = {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}
        languages = {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {LANGUAGE_PATTERN: said},
            "additionalProperties": False,
        }
        return {
            "anyOf": [*said["anyOf"], languages],
            "x-words": "text or sound file, a list of them, or such by language",
        }


def _base(language: str) -> str:
    return language.partition("-")[0]
