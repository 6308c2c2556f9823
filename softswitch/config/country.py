"""The country and the area whose numbers are dialled short."""

import re
from functools import cache
from typing import Annotated

import phonenumbers
from pydantic import PlainValidator, WithJsonSchema

from softswitch.config.integers import as_written
from softswitch.config.refusal import refusal

COUNTRY_PATTERN = r"^[A-Z]{2}$"
AREA_PATTERN = r"^[0-9]{1,6}$"
SHORT_PATTERN = r"^[0-9]{2,6}$"


def parse_country(value: object) -> str:
    """An ISO 3166 code of two capital letters that has telephone numbers."""
    if not isinstance(value, str) or value not in phonenumbers.SUPPORTED_REGIONS:
        raise refusal("this is not a country", "write its two letters (ISO 3166), such as DE, ID or US")
    return value


def parse_area_code(value: object) -> str:
    """An area code as it stands behind the country's: without the 0 or 8 that is dialled before it."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(AREA_PATTERN[1:-1], text):
        raise refusal("this is not an area code", 'write up to 6 digits in quotes, such as "30"')
    return text


def parse_short_number(value: object) -> str:
    """An emergency number."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(SHORT_PATTERN[1:-1], text):
        raise refusal("this is not an emergency number", 'write 2 to 6 digits in quotes, such as "112"')
    return text


@cache
def emergency_numbers(country: str) -> frozenset[str]:
    """Those of a country, as the telephone network's own tables have them."""
    metadata = phonenumbers.PhoneMetadata.short_metadata_for_region(country)
    emergency = metadata.emergency if metadata is not None else None
    if emergency is None or not emergency.national_number_pattern:
        return frozenset()
    pattern = re.compile(emergency.national_number_pattern)
    lengths = [length for length in emergency.possible_length if 2 <= length <= 5]
    return frozenset(
        text
        for length in lengths
        for number in range(10**length)
        if pattern.fullmatch(text := str(number).zfill(length))
    )


Country = Annotated[
    str, PlainValidator(parse_country), WithJsonSchema({"type": "string", "pattern": COUNTRY_PATTERN})
]
AreaCode = Annotated[
    str,
    PlainValidator(parse_area_code),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": AREA_PATTERN}, {"type": "integer", "minimum": 0}]}
    ),
]
ShortNumber = Annotated[
    str,
    PlainValidator(parse_short_number),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": SHORT_PATTERN}, {"type": "integer", "minimum": 0}]}
    ),
]
