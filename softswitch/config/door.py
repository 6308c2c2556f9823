"""A door phone: whoever talks with it opens the door by a key."""

import re
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from softswitch.config.integers import as_written
from softswitch.config.refusal import refusal
from softswitch.config.section import Section

_KEY = r"^[0-9*#]$"
_CODE = r"^[0-9A-D*#]{1,16}$"


def parse_key(value: object) -> str:
    """One key of a phone."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(_KEY[1:-1], text):
        raise refusal("this is not a key", 'write one of 0-9, * and # in quotes, such as "5"')
    return text


def parse_code(value: object) -> str:
    """What the door station wants to hear."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(_CODE[1:-1], text):
        raise refusal(
            "this is not what opens a door", 'write up to 16 of 0-9, * and # in quotes, such as "4711#"'
        )
    return text


class Door(Section):
    """The extension is a door phone. It opens when it hears its code; people press one key for that."""

    code: Annotated[
        str,
        PlainValidator(parse_code),
        WithJsonSchema({"anyOf": [{"type": "string", "pattern": _CODE}, {"type": "integer", "minimum": 0}]}),
    ] = Field(description="The keys by which the door station opens the door.", examples=["4711#"])
    key: Annotated[
        str,
        PlainValidator(parse_key),
        WithJsonSchema({"anyOf": [{"type": "string", "pattern": _KEY}, {"type": "integer", "minimum": 0}]}),
    ] = Field(default="5", description="What whoever talks with it presses to open.", examples=["9"])
    send: Literal["rfc4733", "info"] = Field(
        default="rfc4733",
        description="How it is told its code: in RTP, or by SIP INFO. Where it offers no RTP events, always "
        "by INFO.",
    )
    auto_answer: bool = Field(
        default=True,
        description="Whether it is asked to answer by itself who calls it, to be heard at the door.",
    )
