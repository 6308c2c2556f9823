"""Languages and timezones."""

import re
from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from softswitch.config.names import did_you_mean
from softswitch.config.refusal import refusal

# RFC 5646 §2.1, the shape of a tag; whether the subtags are registered is not checked.
LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def parse_language(value: object) -> str:
    """A BCP 47 language tag, as written."""
    if not isinstance(value, str) or not re.fullmatch(LANGUAGE_PATTERN[1:-1], value):
        raise refusal("this is not a language tag", "write a BCP 47 tag such as en, de or pt-BR")
    return value


def parse_timezone(value: object) -> ZoneInfo:
    """The IANA timezone of that name, letters' case included."""
    if isinstance(value, ZoneInfo):
        return value
    text = value if isinstance(value, str) else ""
    if text not in _timezones():
        remedy = did_you_mean(text, _timezones(), "write an IANA name such as Europe/Berlin, or UTC")
        raise refusal("this timezone is unknown", remedy)
    return ZoneInfo(text)


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


Language = Annotated[
    str, PlainValidator(parse_language), WithJsonSchema({"type": "string", "pattern": LANGUAGE_PATTERN})
]
Timezone = Annotated[
    ZoneInfo,
    PlainValidator(parse_timezone),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"}),
]
