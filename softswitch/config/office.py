"""An office: another exchange of the company, whose numbers are dialled like one's own."""

import re
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from softswitch.config.calling import Calling
from softswitch.config.integers import as_written
from softswitch.config.once import Once
from softswitch.config.refusal import refusal
from softswitch.config.trunk import Line, Prefix

RANGE_PATTERN = r"^[0-9]{0,14}x{0,6}$"
OWN_NUMBER = re.compile(r"[0-9]{1,15}")


def parse_range(value: object) -> str:
    """Numbers of one length: `3xx` is 300 to 399."""
    text = as_written(value)
    if not isinstance(text, str) or not text or not re.fullmatch(RANGE_PATTERN[1:-1], text):
        raise refusal("this is no range of numbers", 'write digits, and x for any digit: "3xx" is 300 to 399')
    return text


Range = Annotated[
    str,
    PlainValidator(parse_range),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": RANGE_PATTERN}, {"type": "integer", "minimum": 0}]}
    ),
]


class Office(Line):
    """Another exchange. Each has the other in its file: by its address, or by an account."""

    numbers: Annotated[tuple[Range, ...], Once()] = Field(
        default=(),
        description="Its numbers, dialled as they are; x is any digit.",
        examples=[["3xx", "40x"]],
    )
    prefix: Prefix | None = Field(
        default=None, description="Dialled before any number of it, and taken away.", examples=["83"]
    )
    transit: bool = Field(
        default=False,
        description="Whether its callers reach other offices through this exchange. It never gets a call "
        "back that came from it.",
    )
    rights: Calling = Field(
        default=Calling(),
        description="What its callers may call outside through this exchange's trunks. Default: nothing.",
    )

    @model_validator(mode="after")
    def _reachable(self) -> "Office":
        if not self.numbers and not self.prefix:
            raise refusal(
                "nobody could dial this office", 'add numbers: ["3xx"], or a prefix with one digit or more'
            )
        return self

    def number_for(self, dialled: str) -> str | None:
        """What it is called by when somebody dials that; None when it is not meant."""
        if not OWN_NUMBER.fullmatch(dialled):
            return None
        if any(within(dialled, one) for one in self.numbers):
            return dialled
        if self.prefix and dialled.startswith(self.prefix) and len(dialled) > len(self.prefix):
            return dialled.removeprefix(self.prefix)
        return None


def within(number: str, numbers: str) -> bool:
    """Whether a number is in a range."""
    fixed = numbers.rstrip("x")
    return len(number) == len(numbers) and number.startswith(fixed) and number.isdecimal()


def overlap(one: str, other: str) -> bool:
    """Whether two ranges have a number in common."""
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b or "x" in (a, b) for a, b in pairs)
