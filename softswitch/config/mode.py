"""A mode of the company: day, night, lunch, holiday, or one of its own, with the times at which it holds."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from softswitch.config.days import Dates, Weekdays
from softswitch.config.hours import Hours
from softswitch.config.locale_types import Timezone
from softswitch.config.one_or_more import OneOrMore
from softswitch.config.public_holidays import Region
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.texts import Key, Name

When = Literal["otherwise", "by hand"]
WHENS = ("otherwise", "by hand")


class Mode(Section):
    """When a mode holds: all that it says must be so. Of several that fit, the first in the file holds."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    when: When | None = Field(
        default=None,
        description="otherwise: when no other mode fits. by hand: never by itself, only by code or command. "
        "Short form: `night: otherwise`.",
    )
    weekdays: Annotated[tuple[Weekdays, ...], OneOrMore(Weekdays.parse, "weekdays, such as mon-fri")] = Field(
        default=(), description="On these days of the week.", examples=["mon-fri"]
    )
    hours: Annotated[tuple[Hours, ...], OneOrMore(Hours.parse, "hours, such as 9:00-18:00")] = Field(
        default=(),
        description="At these hours. Those over midnight belong to the day on which they begin.",
        examples=["9:00-12:30, 13:30-18:00"],
    )
    dates: Annotated[tuple[Dates, ...], OneOrMore(Dates.parse, "dates, such as 2026-12-24 or 12-24")] = Field(
        default=(),
        description="On these dates, each with its year or without one, for every year.",
        examples=["12-24 to 01-01"],
    )
    holidays: Annotated[tuple[Region, ...], OneOrMore(Region.parse, "countries, such as DE-BE")] = Field(
        default=(), description="On public holidays of a country, or of a part of it.", examples=["DE-BE"]
    )
    timezone: Timezone | None = Field(
        default=None, description="Whose clock counts. Default: the dialplan's.", examples=["Asia/Jakarta"]
    )
    name: Name | None = Field(
        default=None, description="What people call it. Default: its key.", examples=["Lunch break"]
    )

    @property
    def has_times(self) -> bool:
        """Whether it comes by itself."""
        return bool(self.weekdays or self.hours or self.dates or self.holidays)

    @property
    def words(self) -> str:
        """Its times as one writes them."""
        if self.when:
            return self.when
        parts = [f"holidays of {', '.join(map(str, self.holidays))}"] if self.holidays else []
        times: tuple[tuple[Any, ...], ...] = (self.dates, self.weekdays, self.hours)
        parts += [", ".join(map(str, several)) for several in times if several]
        return " ".join(parts)

    @model_validator(mode="after")
    def _says_when(self) -> "Mode":
        if self.when is None and not self.has_times:
            raise refusal(
                "nothing says when this mode holds",
                "give it weekdays, hours, dates or holidays, or write otherwise, or by hand",
            )
        if self.when is not None and self.has_times:
            raise refusal(f"a mode {self.when} has no times", "take them away, or that word")
        return self


def _with_keys(value: object) -> object:
    """Gives each mode its key, and the short form its field."""
    if not isinstance(value, Mapping):
        return value
    return {key: _entry(key, entry) for key, entry in value.items()}


def _entry(key: object, entry: object) -> object:
    if isinstance(entry, str):
        return {"key": key, "when": entry}
    if not isinstance(entry, dict):
        return entry
    if "key" in entry:
        raise refusal("unknown key 'key'", f"delete it: the key is the one above, {key}")
    return {**entry, "key": key}


class _ShortForm:
    """In the schema a mode may be one word as well."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"enum": list(WHENS)}]}


ModeOrWord = Annotated[Mode, _ShortForm()]
MODES_BY_KEY: Any = BeforeValidator(_with_keys)
"""For a mapping of modes."""
