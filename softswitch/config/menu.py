"""A menu: callers press a key and are led on (an auto-attendant)."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field, PlainValidator, WithJsonSchema

from softswitch.config.announcement import HANG_UP
from softswitch.config.durations import Duration
from softswitch.config.integers import as_written
from softswitch.config.locale_types import Language
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.speech import Speech, Words
from softswitch.config.texts import InnerNumber, Key, Name, Place

REPEAT: Final = "repeat"
"""The menu is said once more."""
BACK: Final = "back"
"""To the menu that the caller has come from."""
NAMES: Final = "names"
"""The caller spells somebody's name with the keys."""
WORDS: Final = (REPEAT, BACK, NAMES, HANG_UP)
"""What a key may do beside leading to a place."""
KEYS_PATTERN = r"^[0-9*#]{1,8}$"


def parse_keys(value: object) -> str:
    """One key of a phone, or a few pressed one after the other."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(KEYS_PATTERN[1:-1], text):
        raise refusal("this is not a key of a phone", 'write one of 0 to 9, "*" and "#", or a few such as 21')
    return text


PhoneKeys = Annotated[
    str, PlainValidator(parse_keys), WithJsonSchema({"type": "string", "pattern": KEYS_PATTERN})
]


def _key_as_name(data: dict[str, Any]) -> Any:
    return data.get("key", "")


class Menu(Section):
    """Callers hear what there is, and press a key. It interrupts what is being said."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    number: InnerNumber | None = Field(
        default=None,
        description="What is dialled to reach it. Default: reached by its key only.",
        examples=["300"],
    )
    name: Name = Field(
        default_factory=_key_as_name,
        description="Shown on the phones of those who are in it. Default: its key.",
        examples=["Main menu"],
    )
    greeting: Annotated[Speech, Words()] | None = Field(
        default=None,
        description="Said when the caller comes; without a `prompt` said again each time.",
        examples=["Welcome to the bakery.", "greeting.wav"],
    )
    prompt: Annotated[Speech, Words()] | None = Field(
        default=None,
        description="What the keys do; said again each time.",
        examples=["For sales, press one."],
    )
    keys: Mapping[PhoneKeys, Place] = Field(
        default_factory=dict,
        validate_default=True,
        description="Where each key leads: a place, or `repeat`, `back` (to the menu before), `names` (spell "
        "somebody's name) or `hang up`.",
        examples=[{"1": "sales", "0": "101", "#": "repeat", "*": "back"}],
    )
    languages: Mapping[PhoneKeys, Language] = Field(
        default_factory=dict,
        validate_default=True,
        description="Keys by which the caller chooses the language that he is spoken to in from then on.",
        examples=[{"8": "en", "9": "ru"}],
    )
    extensions: bool = Field(
        default=False, description="Whether the number of an extension may be dialled at any time."
    )
    interrupt: bool = Field(
        default=True, description="Whether a key is taken while something is said, which ends then."
    )
    wait: Annotated[float, Duration(1, 60)] = Field(
        default=5.0, description="How long a key is waited for.", examples=["5s"]
    )
    between_keys: Annotated[float, Duration(1, 20)] = Field(
        default=3.0, description="How long the next key is waited for, where another may follow."
    )
    repeats: int = Field(default=3, ge=1, le=10, description="How often it is said before it is given up.")
    wrong: Annotated[Speech, Words()] | None = Field(
        default=None, description="Said after a key that leads nowhere. Default: a prompt of the switch."
    )
    silence: Annotated[Speech, Words()] | None = Field(
        default=None, description="Said when no key was pressed. Default: a prompt of the switch."
    )
    after_wrong: Place = Field(
        default=HANG_UP, description="Where who has pressed wrong keys goes in the end.", examples=["101"]
    )
    after_silence: Place = Field(
        default=HANG_UP, description="Where who has pressed nothing goes in the end.", examples=["101"]
    )
