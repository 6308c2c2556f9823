"""A number of the telephone network that is ours, and where its calls go in each mode."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from softswitch.config.frozen import FREEZE, THAW
from softswitch.config.locale_types import Language
from softswitch.config.mode import MODES_BY_KEY, ModeOrWord
from softswitch.config.section import Section
from softswitch.config.texts import AS_INTEGER, PLACE_PATTERN, Key, Name, OutsideKey, Place

Modes = Annotated[Mapping[Key, ModeOrWord], MODES_BY_KEY, FREEZE, THAW]


class DirectNumber(Section):
    """Where the calls to an outside number go: a place, or one for each mode by the mode's name."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Place]

    number: OutsideKey = Field(description="The number; in the file it is the key.")
    otherwise: Place | None = Field(
        default=None, description="Where its calls go in every other mode.", examples=["reception"]
    )
    name: Name | None = Field(
        default=None,
        description="What it is called, as the greeting says it. Default: the company's name.",
        examples=["Hotline"],
    )
    language: Language | None = Field(
        default=None, description="Its callers are spoken to in this language.", examples=["de"]
    )
    music: Key | None = Field(
        default=None,
        description="Music for its callers, whoever lets them wait. Default: that of who does.",
        examples=["jazz"],
    )
    greeting: Literal["on", "off"] = Field(
        default="off",
        description="Whether its callers are answered and greeted before their call goes on: good morning, "
        "good day, good evening, and the name.",
    )
    fax: Place | None = Field(
        default=None,
        description="A fax machine of `faxes`: who calls as a fax machine while a menu, an announcement, a "
        "scenario or voicemail speaks goes there.",
        examples=["office"],
    )
    modes: Modes | None = Field(
        default=None,
        description="Modes of its own, instead of the house's.",
        examples=[{"night": "otherwise"}],
    )

    @property
    def by_mode(self) -> Mapping[str, str]:
        """The places that it names for modes."""
        return self.__pydantic_extra__

    @property
    def places(self) -> Mapping[str, str]:
        """All places that it names, each by its key in the file: a mode, or `otherwise`."""
        last = {} if self.otherwise is None else {"otherwise": self.otherwise}
        return {**self.by_mode, **last}

    def place_in(self, mode: str) -> tuple[str, str] | None:
        """The place for a mode and the key that names it; None when it says nothing about that mode."""
        place = self.by_mode.get(mode)
        if place is not None:
            return place, mode
        return None if self.otherwise is None else (self.otherwise, "otherwise")


def _with_numbers(value: object) -> object:
    """Gives each entry its number, and the short form its field."""
    if not isinstance(value, Mapping):
        return value
    return {
        key: {**entry, "number": key} if isinstance(entry, dict) else {"number": key, "otherwise": entry}
        for key, entry in value.items()
    }


class _ShortForm:
    """In the schema an entry may be a place alone."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"type": "string", "pattern": PLACE_PATTERN}, AS_INTEGER]}


Numbers = Annotated[
    Mapping[OutsideKey, Annotated[DirectNumber, _ShortForm()]], BeforeValidator(_with_numbers), FREEZE, THAW
]
