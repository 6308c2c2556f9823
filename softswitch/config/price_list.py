"""Price lists: what a carrier asks for calls."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import (
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from softswitch.config.calling import NumberClass
from softswitch.config.days import Weekdays
from softswitch.config.durations import Duration
from softswitch.config.files import FileName
from softswitch.config.from_text import FromText
from softswitch.config.hours import Hours
from softswitch.config.integers import as_written
from softswitch.config.money import Amount, Currency
from softswitch.config.once import Once
from softswitch.config.one_or_more import OneOrMore
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.texts import Key, Name

TO_PATTERN = r"^\+?[0-9]{1,20}$"
LONGEST_STEP = 3600


@dataclass(frozen=True, slots=True)
class Steps(FromText):
    """How time is counted: `60/60` is by begun minutes, `30/6` half a minute, then by six seconds."""

    SCHEMA: ClassVar = {"type": "string", "pattern": "^[0-9]{1,4}/[0-9]{1,4}$"}

    first: int
    next: int

    def __str__(self) -> str:
        return f"{self.first}/{self.next}"

    @staticmethod
    def parse(value: object) -> "Steps":
        """From its text. Raises what pydantic reports to the operator."""
        if isinstance(value, Steps):
            return value
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", value) if isinstance(value, str) else None
        if not found:
            raise refusal("these are not steps", "write seconds, of the first and the others: 60/60")
        first, other = int(found[1]), int(found[2])
        if not 0 <= first <= LONGEST_STEP or not 1 <= other <= LONGEST_STEP:
            raise refusal("these steps are out of bounds", f"write 0/1 to {LONGEST_STEP}/{LONGEST_STEP}")
        return Steps(first, other)


def parse_to(value: object) -> str:
    """The beginning of numbers."""
    text = as_written(value)
    if not isinstance(text, str) or not re.fullmatch(TO_PATTERN[1:-1], text):
        raise refusal("this is no beginning of a number", 'write + and digits in quotes, such as "+4915"')
    return text


def parse_date(value: object) -> date:
    """A day."""
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise refusal("this is not a day", "write year-month-day, such as 2026-12-24") from None


Day = Annotated[
    date, PlainValidator(parse_date), WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"})
]
To = Annotated[
    str,
    PlainValidator(parse_to),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": TO_PATTERN}, {"type": "integer", "minimum": 0}]}),
]


class Price(Section):
    """What calls to some numbers cost. Of several that fit a call the one with the longest `to` holds, then
    one with a `type`, then one with times; then the first."""

    to: To | None = Field(
        default=None, description="Numbers that begin so. Default: all.", examples=["+49", "+4915"]
    )
    type: NumberClass | None = Field(
        default=None, description="Numbers of that kind. Default: of any.", examples=["mobile"]
    )
    direction: Literal["out", "in"] = Field(
        default="out", description="Calls out, or calls in: then `to` is the own number that was called."
    )
    name: Name | None = Field(default=None, description="For people.", examples=["Germany, mobile"])
    minute: Amount = Field(description="For a minute.", examples=["0.019"])
    connection: Amount = Field(
        default=Decimal(0), description="Once for every call that is answered.", examples=["0.05"]
    )
    step: Steps = Field(
        default=Steps(60, 60),
        description="How time is counted: seconds of the first step and of the others, each paid whole.",
        examples=["60/60", "1/1"],
    )
    free: Annotated[float, Duration(0, 86400)] = Field(
        default=0.0, description="So much of every call is not paid for.", examples=["10s"]
    )
    weekdays: Annotated[tuple[Weekdays, ...], OneOrMore(Weekdays.parse, "weekdays, such as mon-fri")] = Field(
        default=(), description="On these days only.", examples=["mon-fri"]
    )
    hours: Annotated[tuple[Hours, ...], OneOrMore(Hours.parse, "hours, such as 9:00-18:00")] = Field(
        default=(),
        description="At these hours only. A step costs what holds when it begins.",
        examples=["8:00-18:00"],
    )

    @property
    def has_times(self) -> bool:
        """Whether it holds at some times only."""
        return bool(self.weekdays or self.hours)


class PriceList(Section):
    """What a carrier asks, from a file or written here."""

    key: Key = Field(description="How the file speaks of it; in the file it is the key.")
    trunks: Annotated[tuple[Key, ...], Once()] = Field(
        default=(), description="The trunks that it is for. Default: all of them.", examples=[["carrier"]]
    )
    currency: Currency = Field(description="Of all its prices (ISO 4217).", examples=["EUR"])
    valid_from: Day | None = Field(
        default=None,
        description="The first day on which it holds. Of several lists for a trunk, the one that began last.",
        examples=["2026-01-01"],
    )
    valid_until: Day | None = Field(
        default=None, description="The last day on which it holds.", examples=["2026-12-31"]
    )
    file: Annotated[Path, FileName()] | None = Field(
        default=None,
        description="Its prices as CSV, the first line with keys of `prices`: see `softswitch prices`.",
        examples=["prices/carrier.csv"],
    )
    prices: tuple[Price, ...] = Field(default=(), description="Its prices; they go before the file's.")

    @model_validator(mode="after")
    def _has_prices(self) -> "PriceList":
        if self.file is None and not self.prices:
            raise refusal("there are no prices", "add file: with a CSV file, or prices:")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise refusal("it ends before it begins", "exchange valid_from and valid_until")
        return self
