"""Amounts of money, as decimals: never as floats, whose cents do not add up."""

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from softswitch.config.refusal import refusal

_AMOUNT: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
PATTERN: Final = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"
_HELP: Final = "write an amount such as 0.045, with six decimals at most"


def parse_amount(value: object) -> Decimal:
    """An amount of nothing or more. A float has the digits that stand in the file. Raises a refusal."""
    if isinstance(value, Decimal):
        text = f"{value:f}"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        text = f"{Decimal(repr(value) if isinstance(value, float) else str(int(value))):f}"
    else:
        text = value if isinstance(value, str) else ""
    if not _AMOUNT.fullmatch(text):
        raise refusal("this is not an amount of money", _HELP)
    return Decimal(text)


def parse_currency(value: object) -> str:
    """The code of a currency (ISO 4217)."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise refusal("this is not a currency", "write its three letters, such as EUR, USD or IDR")
    return value


def _written(amount: Any) -> str:
    return f"{amount:f}"


Amount = Annotated[
    Decimal,
    PlainValidator(parse_amount),
    PlainSerializer(_written),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": PATTERN}, {"type": "number", "minimum": 0}],
            "x-words": "amount, such as `0.045`",
        }
    ),
]
Currency = Annotated[
    str, PlainValidator(parse_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})
]
