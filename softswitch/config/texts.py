"""Short texts."""

import re
from typing import Annotated

from pydantic import PlainValidator, StringConstraints, WithJsonSchema

from softswitch.config.refusal import refusal

# Up to 15 digits as in E.164; * and # may follow, never lead, since codes such as *72 begin with them.
NUMBER_PATTERN = r"^[0-9][0-9*#]{0,14}$"
LONGEST_NAME = 64


def parse_number(value: object) -> str:
    """An extension's number, as text: leading zeros count."""
    if not isinstance(value, str) or not re.fullmatch(NUMBER_PATTERN[1:-1], value):
        raise refusal("this is not an extension's number", "write 1 to 15 digits, such as 101")
    return value


def parse_name(value: object) -> str:
    """A name as phones show it: one line of printable characters."""
    if not isinstance(value, str):
        raise refusal("this is not a name", "put it into quotes")
    if not value.strip() or len(value) > LONGEST_NAME or not value.isprintable():
        raise refusal("this is not a name", f"write 1 to {LONGEST_NAME} printable characters")
    return value


Number = Annotated[
    str, PlainValidator(parse_number), WithJsonSchema({"type": "string", "pattern": NUMBER_PATTERN})
]
Name = Annotated[
    str,
    PlainValidator(parse_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}),
]
Realm = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=253, pattern=r'^[^"\\\x00-\x1f\x7f]+$')
]
