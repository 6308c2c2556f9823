"""Short texts."""

import re
from typing import Annotated

from pydantic import PlainValidator, StringConstraints, WithJsonSchema

from softswitch.config.integers import as_written
from softswitch.config.refusal import refusal

# Up to 15 digits as in E.164; * and # may follow, never lead, since codes such as *72 begin with them.
NUMBER_PATTERN = r"^[0-9][0-9*#]{0,14}$"
LONGEST_NAME = 64
PLACE_PATTERN = r"^[^\s].{0,63}$"
# No digit, + or sign of a code leads: it must not look like a number.
KEY_PATTERN = r"^[^\s0-9*#+].{0,63}$"
OUTSIDE_PATTERN = r"^\+?[0-9]{2,20}$"


def parse_number(value: object) -> str:
    """An extension's number, as text: leading zeros count."""
    if not isinstance(value, str) or not re.fullmatch(NUMBER_PATTERN[1:-1], value):
        raise refusal("this is not an extension's number", "write 1 to 15 digits, such as 101")
    return value


def parse_inner_number(value: object) -> str:
    """The number of something in the house, where it is a value: quotes or none, zeros kept."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(NUMBER_PATTERN[1:-1], text):
        raise refusal("this is not a number in the house", "write 1 to 15 digits, such as 200")
    return text


def parse_place(value: object) -> str:
    """Where a call may lead: a number as one would dial it, or a department's key."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(PLACE_PATTERN[1:-1], text) or not text.isprintable():
        raise refusal(
            "this is no place for a call", "write an extension, a department or a number as one would dial it"
        )
    return text


def parse_key(value: object) -> str:
    """The name by which the file speaks of something, such as a department or a trunk."""
    if not isinstance(value, str) or not re.fullmatch(KEY_PATTERN[1:-1], value) or not value.isprintable():
        raise refusal(
            "this is not a name for a section",
            "begin with a letter and write 64 printable characters at most",
        )
    return value


def parse_outside_number(value: object) -> str:
    """A number of the telephone network: + and digits as in E.164, or digits as the carrier sends them."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(OUTSIDE_PATTERN[1:-1], text):
        raise refusal("this is not an outside number", 'write + and digits in quotes, such as "+4930123450"')
    return text


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
AS_INTEGER = {"type": "integer", "minimum": 0}
InnerNumber = Annotated[
    str,
    PlainValidator(parse_inner_number),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": NUMBER_PATTERN}, AS_INTEGER]}),
]
Place = Annotated[
    str,
    PlainValidator(parse_place),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": PLACE_PATTERN}, AS_INTEGER]}),
]
OutsideNumber = Annotated[
    str,
    PlainValidator(parse_outside_number),
    # An unquoted +49… is an integer, and keeps its plus here all the same.
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": OUTSIDE_PATTERN}, AS_INTEGER]}),
]
OutsideKey = Annotated[
    str,
    PlainValidator(parse_outside_number),
    WithJsonSchema({"type": "string", "pattern": OUTSIDE_PATTERN}),
]
Key = Annotated[str, PlainValidator(parse_key), WithJsonSchema({"type": "string", "pattern": KEY_PATTERN})]
Name = Annotated[
    str,
    PlainValidator(parse_name),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}),
]
Realm = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=253, pattern=r'^[^"\\\x00-\x1f\x7f]+$')
]
