"""Days: of the week (`mon-fri`), of the calendar (`2026-12-24`), of every year (`12-24 to 01-02`)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from softswitch.config.refusal import refusal

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES: Final = {
    name: index
    for index, long in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    )
    for name in (long, long[:3])
}
_DAY: Final = r"(?:([0-9]{4})-)?([0-9]{1,2})-([0-9]{1,2})"
_DATES: Final = re.compile(rf"{_DAY}(?:\s+(?:to|-)\s+{_DAY})?")
_LEAP: Final = 2024


@dataclass(frozen=True, slots=True)
class Weekdays:
    """From one weekday to another, both included, over the week's end too. Monday is 0."""

    first: int
    last: int

    def __contains__(self, day: date) -> bool:
        weekday = day.weekday()
        if self.first <= self.last:
            return self.first <= weekday <= self.last
        return weekday >= self.first or weekday <= self.last

    def __str__(self) -> str:
        first, last = WEEKDAYS[self.first], WEEKDAYS[self.last]
        return first if first == last else f"{first}-{last}"

    @staticmethod
    def parse(text: str) -> "Weekdays":
        """From `fri`, `friday` or `mon-fri`. Raises what pydantic reports to the operator."""
        first, _, last = (part.strip() for part in text.lower().partition("-"))
        found, end = _NAMES.get(first), _NAMES.get(last or first)
        if found is None or end is None:
            raise refusal("this is not a weekday", "write mon, tue, wed, thu, fri, sat, sun, or mon-fri")
        return Weekdays(found, end)


@dataclass(frozen=True, slots=True)
class Dates:
    """From one date to another, both included. Without a year they come every year, over its end too."""

    first: tuple[int, ...]
    """(year, month, day), or (month, day)."""
    last: tuple[int, ...]

    @property
    def yearly(self) -> bool:
        """Whether they come every year."""
        return len(self.first) == 2

    def __contains__(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= (day.year, day.month, day.day) <= self.last
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last

    def __str__(self) -> str:
        first, last = ("-".join(f"{part:02}" for part in one) for one in (self.first, self.last))
        return first if first == last else f"{first} to {last}"

    @staticmethod
    def parse(text: str) -> "Dates":
        """From `2026-12-24`, `12-24` or `12-24 to 01-02`. Raises what pydantic reports to the operator."""
        found = _DATES.fullmatch(text)
        if not found:
            raise refusal(
                "this is not a date", "write 2026-12-24, or 12-24 for every year, or 12-24 to 01-02"
            )
        first = _day(found[1], found[2], found[3])
        last = _day(found[4], found[5], found[6]) if found[5] else first
        if len(first) != len(last):
            raise refusal("one of the dates has a year, the other has none", "write it at both or neither")
        if len(first) == 3 and last < first:
            raise refusal("the dates are reversed", "write the earlier one first")
        return Dates(first, last)


def _day(year: str | None, month: str, day: str) -> tuple[int, ...]:
    try:
        date(int(year or _LEAP), int(month), int(day))
    except ValueError:
        raise refusal("there is no such day", "write year-month-day, or month-day, such as 12-24") from None
    return (int(year), int(month), int(day)) if year else (int(month), int(day))
