"""Times of the day: `9:00`, and spans of them, over midnight too: `22:00-6:00`."""

import re
from dataclasses import dataclass
from typing import ClassVar

from softswitch.config.from_text import FromText
from softswitch.config.refusal import refusal

DAY = 24 * 60
"""Minutes of a day."""
_TIME = r"([0-9]{1,2})(?::([0-9]{2}))?"
CLOCK_PATTERN = r"^[0-9]{1,2}(:[0-9]{2})?$"


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of the day, in minutes since midnight. One that ends before it begins goes over midnight."""

    start: int
    end: int

    @property
    def over_midnight(self) -> bool:
        """Whether it goes on in the next day."""
        return self.end < self.start

    def __str__(self) -> str:
        return f"{clock_text(self.start)}-{clock_text(self.end)}"

    @staticmethod
    def parse(text: str) -> "Hours":
        """A span from its text. Raises what pydantic reports to the operator."""
        found = re.fullmatch(rf"{_TIME}\s*-\s*{_TIME}", text)
        if not found:
            raise refusal("these are not hours", "write them like 9:00-18:00, or 22:00-6:00 over midnight")
        start, end = parse_clock(found[1], found[2]), parse_clock(found[3], found[4])
        if start in (end, DAY):
            raise refusal("these hours have no length", "write 0:00-24:00, or leave hours out")
        return Hours(start, end)


def parse_clock(hours: str, minutes: str | None) -> int:
    """Minutes since midnight; 24:00 is the end of the day. Raises what pydantic reports to the operator."""
    found = int(hours) * 60 + int(minutes or 0)
    if found > DAY or int(minutes or 0) > 59:
        raise refusal("there is no such time", "write 0:00 to 24:00")
    return found


def clock_text(minutes: int) -> str:
    """As one writes it: `9:00`."""
    return f"{minutes // 60}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True, order=True)
class TimeOfDay(FromText):
    """One time of the day, in minutes since midnight."""

    SCHEMA: ClassVar = {"type": "string", "pattern": CLOCK_PATTERN, "x-words": "time, such as `11:00`"}

    minutes: int

    def __str__(self) -> str:
        return clock_text(self.minutes)

    @staticmethod
    def parse(value: object) -> "TimeOfDay":
        """From its text. Raises what pydantic reports to the operator."""
        if isinstance(value, TimeOfDay):
            return value
        found = re.fullmatch(_TIME, value) if isinstance(value, str) else None
        if not found:
            raise refusal("this is not a time of the day", "write it like 9:00 or 17:30")
        return TimeOfDay(parse_clock(found[1], found[2]))
