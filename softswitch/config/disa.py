"""The way to an outside line for people who call from outside (direct inward system access)."""

from typing import Annotated, Final

from pydantic import Field

from softswitch.config.durations import Duration
from softswitch.config.section import Section
from softswitch.config.texts import InnerNumber, Name

DISA: Final = "disa"
"""The key by which numbers and menus lead to it."""
SHORTEST_GOOD_PIN: Final = 6


class Disa(Section):
    """Who calls from outside, and proves by a pin to be an extension, may call with its rights. A pin that is
    guessed costs money: keep the limits low."""

    number: InnerNumber | None = Field(
        default=None,
        description="What is dialled to reach it. Default: reached as `disa` only.",
        examples=["399"],
    )
    name: Name = Field(default="Line", description="Shown on the phones of those who use it.")
    attempts: int = Field(default=3, ge=1, le=10, description="Wrong pins that end the call.")
    lock_after: int = Field(
        default=5,
        ge=1,
        le=100,
        description="Wrong pins from one caller's number, or for one extension, that lock it.",
    )
    lock_all_after: int = Field(
        default=20, ge=1, le=1000, description="Wrong pins, from whomever, that lock it for everybody."
    )
    within: Annotated[float, Duration(60, 86400)] = Field(
        default=3600.0, description="How long a wrong pin counts.", examples=["1h"]
    )
    lock_for: Annotated[float, Duration(60, 604800)] = Field(
        default=3600.0, description="How long a lock holds.", examples=["1h"]
    )
    longest_call: Annotated[float, Duration(1, 86400)] = Field(
        default=3600.0, description="How long a call made through it may last.", examples=["1h"]
    )
