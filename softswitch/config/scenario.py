"""A scenario: named steps that a call walks through."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from softswitch.config.durations import Duration
from softswitch.config.integers import as_written
from softswitch.config.menu import PhoneKeys
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.speech import Speech, Words
from softswitch.config.texts import InnerNumber, Key, Name, Place, parse_place

VARIABLE_PATTERN: Final = r"^[a-z][a-z0-9_]{0,31}$"
KNOWN: Final = ("caller", "caller_name", "called", "mode", "language")
"""Variables that every call has; the file sets others."""
Cause = Literal["normal", "busy", "declined", "unavailable", "not_found"]
LONGEST_VALUE: Final = 500


def parse_variable(value: object) -> str:
    """The name of something that a scenario keeps in mind."""
    if not isinstance(value, str) or not re.fullmatch(VARIABLE_PATTERN[1:-1], value):
        raise refusal("this is not a variable", "write small letters, digits and _, such as customer")
    return value


def parse_value(value: object) -> str:
    """What a variable is set to, or compared with."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else as_written(value)
    if not isinstance(text, str) or len(text) > LONGEST_VALUE or not text.isprintable():
        raise refusal("this is not a value", f"write a text of {LONGEST_VALUE} printable characters at most")
    return text


def parse_url(value: object) -> str:
    """The address of a web hook. Variables may stand after its host, not in it."""
    text = value if isinstance(value, str) and value.isprintable() and len(value) <= 2000 else ""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or " " in text:
        raise refusal(
            "this is not a web address", 'write it like "https://crm.example/customer?id={customer}"'
        )
    if "{" in parts.netloc:
        raise refusal("a variable stands in the host", "put variables behind it, into the path or the query")
    return text


def parse_code(value: object) -> str:
    """What follows the feature's code."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,4}", text):
        raise refusal("this is not a scenario's code", "write 1 to 4 digits")
    return text


ScenarioCode = Annotated[
    str,
    PlainValidator(parse_code),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": "^[0-9]{1,4}$"}, {"type": "integer", "minimum": 0}],
            "x-words": "1 to 4 digits",
        }
    ),
]
Variable = Annotated[
    str, PlainValidator(parse_variable), WithJsonSchema({"type": "string", "pattern": VARIABLE_PATTERN})
]
Value = Annotated[
    str,
    PlainValidator(parse_value),
    WithJsonSchema({"type": ["string", "integer", "boolean"], "x-words": "text"}),
]
Url = Annotated[str, PlainValidator(parse_url), WithJsonSchema({"type": "string", "pattern": "^https?://"})]


class OneOrMorePlaces:
    """Marks a tuple of places: one, or a list of them."""

    @staticmethod
    def parse(value: object) -> tuple[str, ...]:
        """Each as `parse_place` takes it."""
        items = value if isinstance(value, tuple | list) else (value,)
        if not items:
            raise refusal("nobody is listed here", "write an extension or department, or a list of them")
        return tuple(parse_place(item) for item in items)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        item = {"type": ["string", "integer"]}
        return {
            "anyOf": [
                *({"type": kind} for kind in item["type"]),
                {"type": "array", "items": item, "minItems": 1},
            ],
            "x-words": "place, or a list of extensions and departments",
        }


class ScenarioStep(Section):
    """One step. It says with one key what it does; where no `next` stands, the step below it follows."""

    play: Annotated[Speech, Words()] | None = Field(
        default=None, description="Says this. {variable} in a text is said in place.", examples=["Welcome."]
    )
    ask: Annotated[Speech, Words()] | None = Field(
        default=None,
        description="Says this and takes digits `into` a variable; # ends them.",
        examples=["Please enter your customer number, and press hash."],
    )
    menu: Annotated[Speech, Words()] | None = Field(
        default=None, description="Says this and takes one of `keys`.", examples=["For sales, press one."]
    )
    ring: Annotated[tuple[Place, ...], OneOrMorePlaces()] | None = Field(
        default=None,
        description="Rings an extension, a department, an outside number, or several at once, for `seconds`.",
        examples=["sales", ["101", "102"]],
    )
    queue: Place | None = Field(
        default=None, description="Puts the caller into this queue.", examples=["support"]
    )
    voicemail: Place | None = Field(
        default=None, description="Whose voicemail takes a message.", examples=["101"]
    )
    set: Mapping[Variable, Value] | None = Field(
        default=None, description="Sets variables; `language` is that of the call.", examples=[{"vip": "yes"}]
    )
    branch: Variable | None = Field(
        default=None,
        description="Goes on by the value of a variable: "
        + ", ".join(f"`{name}`" for name in KNOWN)
        + " or own.",
        examples=["mode", "caller"],
    )
    web: Url | None = Field(
        default=None,
        description="Asks a web server: GET, or POST of the variables in `send` as JSON. Values of the JSON "
        "object that it answers become variables.",
        examples=["https://crm.example/customer?id={customer}"],
    )
    transfer: Place | None = Field(
        default=None, description="Leads the call to this place for good.", examples=["main"]
    )
    hang_up: Cause | None = Field(default=None, description="Ends the call, with this cause.")
    next: Key | None = Field(default=None, description="The step that follows. Default: the one below.")
    otherwise: Key | None = Field(
        default=None,
        description="The step that follows when it does not work: nothing dialled, nobody answers, no case "
        "fits, no answer from the web. Default: the one below; after a `menu` the call ends.",
    )
    into: Variable | None = Field(
        default=None, description="The variable that digits, or a text of the web, go into."
    )
    digits: int | None = Field(
        default=None, ge=1, le=32, description="How many digits there are; then no # is needed.", examples=[6]
    )
    keys: Mapping[PhoneKeys, Key] | None = Field(
        default=None,
        description="The step behind each key, or `repeat`.",
        examples=[{"1": "sales", "#": "repeat"}],
    )
    cases: Mapping[Value, Key] | None = Field(
        default=None,
        description="The step for each value: a text, one with * for anything, or the name of a list.",
        examples=[{"+49*": "german", "friends": "direct"}],
    )
    wait: Annotated[float, Duration(1, 60)] | None = Field(
        default=None, description="How long a key is waited for. Default: 5s.", examples=["5s"]
    )
    repeats: int | None = Field(
        default=None, ge=1, le=10, description="How often it is asked before it is given up. Default: 3."
    )
    seconds: Annotated[float, Duration(1, 3600)] | None = Field(
        default=None, description="How long it rings. Default: as always there.", examples=["20s"]
    )
    send: tuple[Variable, ...] | None = Field(
        default=None, description="The variables that are sent.", examples=[["caller", "customer"]]
    )
    timeout: Annotated[float, Duration(1, 30)] | None = Field(
        default=None, description="How long the web server may take. Default: 3s.", examples=["3s"]
    )

    @property
    def verbs(self) -> tuple[str, ...]:
        """What it says that it does: exactly one, which `check` sees to."""
        return tuple(verb for verb in VERBS if getattr(self, verb) is not None)


VERBS: Final[dict[str, tuple[str, ...]]] = {
    "play": ("next",),
    "ask": ("into", "digits", "wait", "repeats", "next", "otherwise"),
    "menu": ("keys", "wait", "repeats", "otherwise"),
    "ring": ("seconds", "otherwise"),
    "queue": ("otherwise",),
    "voicemail": ("otherwise",),
    "set": ("next",),
    "branch": ("cases", "otherwise"),
    "web": ("send", "into", "timeout", "next", "otherwise"),
    "transfer": ("otherwise",),
    "hang_up": (),
}
"""What a step does, and what else may stand in it then."""
NEEDED: Final = {"ask": "into", "menu": "keys", "branch": "cases"}
"""And what must."""


def _key_as_name(data: dict[str, Any]) -> Any:
    return data.get("key", "")


class Scenario(Section):
    """Named steps, the first one first. Records count the callers at each."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    number: InnerNumber | None = Field(
        default=None,
        description="What is dialled to run it. Default: reached by its key only.",
        examples=["350"],
    )
    code: ScenarioCode | None = Field(
        default=None,
        description="Digits that follow `features.run_scenario` in a call: the other side is sent into it.",
        examples=["1"],
    )
    name: Name = Field(
        default_factory=_key_as_name,
        description="Shown on the phones of those in it. Default: its key.",
        examples=["Order status"],
    )
    lists: Mapping[Key, tuple[Value, ...]] = Field(
        default_factory=dict,
        validate_default=True,
        description="Lists that cases name.",
        examples=[{"friends": ["+491711234567"]}],
    )
    steps: Mapping[Key, ScenarioStep] = Field(min_length=1, description="The steps by name.")

    def following(self, name: str) -> str | None:
        """The step below one; None for the last."""
        names = list(self.steps)
        index = names.index(name) + 1
        return names[index] if index < len(names) else None
