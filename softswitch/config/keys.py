"""Single keys of a telephone."""

import re
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from softswitch.config.durations import OFF
from softswitch.config.integers import as_written
from softswitch.config.refusal import refusal

KEY_OF_A_PHONE = r"^[0-9*#]$"


def parse_key_or_off(value: object) -> str | None:
    """One of 0 to 9, * and #; None for `off`."""
    text = as_written(value)
    if value is None or text == OFF:
        return None
    if not isinstance(text, str) or not re.fullmatch(KEY_OF_A_PHONE[1:-1], text):
        raise refusal("this is not a key of a phone", 'write one of 0 to 9, "*" and "#", or off')
    return text


KeyOrOff = Annotated[
    str | None,
    PlainValidator(parse_key_or_off),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": KEY_OF_A_PHONE},
                {"type": "integer", "minimum": 0, "maximum": 9},
                {"const": OFF},
            ],
            "x-words": "`0` to `9`, `*`, `#`, or off",
        }
    ),
]
