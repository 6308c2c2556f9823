"""Which lines outside somebody may use, and which of them is taken first."""

from typing import Annotated, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from softswitch.config.once import Once
from softswitch.config.refusal import refusal
from softswitch.config.section import Section
from softswitch.config.texts import Key

Choice = Literal["in_order", "evenly", "by_price"]
DEAREST = 1000.0


def parse_price(value: object) -> float:
    """What a minute costs, in whatever money."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= DEAREST:
        raise refusal("this is not a price", "write a number such as 0.02")
    return float(value)


Price = Annotated[
    float | None,
    PlainValidator(parse_price),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": DEAREST, "x-words": "price"}),
]


def _price(what: str) -> float | None:
    price: float | None = Field(
        default=None, validate_default=False, description=f"{what}. Default: not the line for those."
    )
    return price


class Cost(Section):
    """What a minute costs through a trunk, in whatever money, by what the number is."""

    local: Price = _price("Local numbers")
    national: Price = _price("Numbers in the country")
    mobile: Price = _price("Mobiles")
    international: Price = _price("Numbers abroad")
    toll_free: Price = _price("Toll-free numbers")
    shared_cost: Price = _price("Numbers of shared cost")
    premium: Price = _price("Premium-rate numbers and satellites")
    special: Price = _price("Short and other numbers")


class Lines(Section):
    """Which trunks are used for calls out. What is not said here, the department says, or the house."""

    use: Annotated[tuple[Key, ...], Once()] = Field(
        default=(), description="The trunks, in order. Default: all of them.", examples=[["carrier", "gsm"]]
    )
    choose: Choice | None = Field(
        default=None,
        description="Which one is taken of those that lead there: the first in order, evenly the least used, "
        "or by_price the cheapest. The next one is tried when it fails. Default: in_order.",
    )
    wait: bool | None = Field(
        default=None,
        description="Whether who finds all lines taken may wait, and is rung when one is free. "
        "Default: false.",
    )
