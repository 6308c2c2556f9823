"""Ranges of numbers in the house: `701-720`."""

import re
from dataclasses import dataclass
from typing import ClassVar

from softswitch.config.from_text import FromText
from softswitch.config.refusal import refusal

PATTERN = r"^[0-9]{1,15}-[0-9]{1,15}$"
MOST = 1000


@dataclass(frozen=True, slots=True)
class NumberRange(FromText):
    """Numbers from `first` to `last`, both included, all of the same length: zeros count."""

    SCHEMA: ClassVar = {"type": "string", "pattern": PATTERN}

    first: str
    last: str

    @property
    def numbers(self) -> tuple[str, ...]:
        """Each of them, in order."""
        width = len(self.first)
        return tuple(str(number).zfill(width) for number in range(int(self.first), int(self.last) + 1))

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    @staticmethod
    def parse(value: object) -> "NumberRange":
        """A range from its text. Refuses one that runs backwards, changes its length, or is very long."""
        if isinstance(value, NumberRange):
            return value
        if not isinstance(value, str) or not re.fullmatch(PATTERN[1:-1], value):
            raise refusal("this is not a range of numbers", "write it like 701-720")
        first, last = value.split("-")
        if len(first) != len(last):
            raise refusal("the two ends have different lengths", "write it like 701-720")
        if int(first) > int(last):
            raise refusal("the range is reversed", f"did you mean {f'{last}-{first}'!r}?")
        if int(last) - int(first) >= MOST:
            raise refusal("there are too many numbers in this range", f"write at most {MOST}")
        return NumberRange(first, last)
