"""Which numbers outside somebody may call: by what the number is, by list, with a pin."""

import re
from typing import Annotated, Literal, get_args

from pydantic import Field, PlainValidator, SecretStr, WithJsonSchema

from softswitch.config.integers import as_written
from softswitch.config.names import did_you_mean
from softswitch.config.once import Once
from softswitch.config.passwords import Secret
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.texts import Key

NumberClass = Literal[
    "local", "national", "mobile", "international", "toll_free", "shared_cost", "premium", "special"
]
"""What a number outside is. Emergency numbers are none of these: they always get through."""
NUMBER_CLASSES: tuple[NumberClass, ...] = get_args(NumberClass)
PATTERN = r"^\+?[0-9]{1,20}\*?$"
Reachable = bool | tuple[NumberClass, ...]


def parse_class(value: object) -> NumberClass:
    """One class of numbers."""
    for known in NUMBER_CLASSES:
        if value == known:
            return known
    otherwise = f"write one of {', '.join(NUMBER_CLASSES)}"
    raise refusal(f"{value!r} is no class of numbers", did_you_mean(str(value), NUMBER_CLASSES, otherwise))


def parse_reachable(value: object) -> Reachable:
    """`on`, `off`, or a list of classes."""
    if isinstance(value, bool):
        return value
    if value in ("on", "off"):
        return value == "on"
    if not isinstance(value, list | tuple) or not value:
        raise refusal("this does not say what may be called", "write on, off, or a list: [local, national]")
    return Once().check(tuple(parse_class(one) for one in value))


def parse_pattern(value: object) -> str:
    """A number, or the beginning of numbers and a star."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(PATTERN[1:-1], text):
        raise refusal(
            "this is no number and no beginning of one", 'write "+4930123450", or "+4930*" for all like it'
        )
    return text


_CLASSES = {"type": "array", "items": {"enum": list(NUMBER_CLASSES)}, "minItems": 1, "uniqueItems": True}
NumberPattern = Annotated[
    str,
    PlainValidator(parse_pattern),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": PATTERN}, {"type": "integer", "minimum": 0}]}),
]
NumberClasses = Annotated[tuple[NumberClass, ...], Once()]


class Calling(Section):
    """Which numbers outside may be called. Emergency numbers always can."""

    outside: Annotated[
        Reachable | None,
        PlainValidator(parse_reachable),
        WithJsonSchema(
            {
                "anyOf": [{"type": "boolean"}, {"enum": ["on", "off"]}, _CLASSES],
                "x-words": f"on, off, or a list of {', '.join(f'`{one}`' for one in NUMBER_CLASSES)}",
            }
        ),
    ] = Field(
        default=None,
        validate_default=False,
        description="Which numbers outside it may call. Default: all of them.",
        examples=["off", ["local", "national", "mobile"]],
    )
    allow: Annotated[tuple[NumberPattern, ...], Once()] = Field(
        default=(),
        description="Numbers that it may call beside these; * at the end stands for whatever follows.",
        examples=[["+4930*"]],
    )
    deny: Annotated[tuple[NumberPattern, ...], Once()] = Field(
        default=(), description="Numbers that it may not call in any case.", examples=[["+49900*"]]
    )
    pin: Annotated[SecretStr, Secret(digits=True)] | None = Field(
        default=None,
        description="Digits asked of the caller before he is connected: a text, {env: NAME} or {file: PATH}.",
        examples=["4711"],
    )
    pin_for: NumberClasses = Field(
        default=(),
        description="For which numbers the pin is asked. Default: for all but toll-free ones.",
        examples=[["international", "premium"]],
    )


class ClassOfService(Calling):
    """A class of service: rights under a name, for extensions and departments to point at."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
