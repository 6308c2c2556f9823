"""What a new dialplan changes for callers: where each number leads in each mode, and at what times. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from softswitch.config import Dialplan, compare
from softswitch.config.changes import NOUNS
from softswitch.config.hours import clock_text
from softswitch.config.problems import KeyPath
from softswitch.config.ways import reachable
from softswitch.routing.calendar import leads, schedule_of

_DAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_STEP: Final = 15
"""Minutes. A change shorter than that is found by its neighbours."""
_SLOTS: Final = 24 * 60 // _STEP


def caller_changes(old: Dialplan, new: Dialplan, start: float) -> Iterator[str]:
    """Sentences about each outside number, for the weeks after `start` (seconds since 1970)."""
    differ = compare(old, new).places
    for number in dict.fromkeys((*old.numbers, *new.numbers)):
        if number not in new.numbers:
            yield f"Number {number} is gone: its callers hear that there is no such number."
        elif number not in old.numbers:
            places = new.numbers[number].places
            where = ", ".join(f"{mode}: {place}" for mode, place in places.items())
            yield f"Number {number} is new; it leads to {where}."
        else:
            yield from _by_week(old, new, number, start)
            yield from _behind(old, new, number, differ)


def _behind(old: Dialplan, new: Dialplan, number: str, differ: frozenset[tuple[str, str]]) -> Iterator[str]:
    """What differs behind the first place: the menus, queues and so on that its callers can come to."""
    start: KeyPath = ("numbers", number)
    here = dict.fromkeys(path[:2] for one in (old, new) for path in reachable(one, start)[1])
    changed = {place for place in here if place in differ} - {start}
    met = [f"{NOUNS[str(place[0])].lower()} {place[1]}" for place in here if place in changed]
    if met:
        yield f"Number {number}: its callers can come to what changes: {', '.join(met)}."


def _by_week(old: Dialplan, new: Dialplan, number: str, start: float) -> Iterator[str]:
    """What is different in an ordinary week: weekday by weekday, in stretches of hours."""
    was, will = schedule_of(old, number), schedule_of(new, number)
    zone = new.timezone
    monday = datetime.fromtimestamp(start, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    monday += timedelta(days=-monday.weekday() % 7)
    found: dict[tuple[int, int, str], list[int]] = {}
    for day in range(7):
        slots = []
        for slot in range(_SLOTS):
            minute = slot * _STEP
            moment = (monday + timedelta(days=day, minutes=minute)).timestamp()
            before, after = leads(old, number, was.at(moment).key), leads(new, number, will.at(moment).key)
            slots.append(after if before != after else "")
        for first, last, place in _stretches(slots):
            found.setdefault((first, last, place), []).append(day)
    for (first, last, place), days in found.items():
        yield f"Number {number} goes to {place or 'nowhere'} {_days(days)}{_hours(first, last)}."


def _stretches(slots: list[str]) -> Iterator[tuple[int, int, str]]:
    start = 0
    for index in range(1, len(slots) + 1):
        if index == len(slots) or slots[index] != slots[start]:
            if slots[start]:
                yield start * _STEP, index * _STEP, slots[start]
            start = index


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return "every day"
    if days == [0, 1, 2, 3, 4]:
        return "on Mondays to Fridays"
    return f"on {' and '.join(filter(None, (', '.join(_DAYS[day] for day in days[:-1]), _DAYS[days[-1]])))}"


def _hours(first: int, last: int) -> str:
    if (first, last) == (0, 24 * 60):
        return ""
    if last == 24 * 60:
        return f" after {clock_text(first)}"
    if first == 0:
        return f" until {clock_text(last)}"
    return f" from {clock_text(first)} to {clock_text(last)}"
