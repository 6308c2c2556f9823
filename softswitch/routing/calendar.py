"""Which mode comes when, and where each number's calls go then. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from softswitch.config import Dialplan
from softswitch.config.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in one mode, in seconds since 1970."""

    start: float
    end: float
    mode: str
    why: str


def spans(schedule: Schedule, start: float, end: float) -> Iterator[Span]:
    """The modes from `start` to `end`, one after the other."""
    while start < end:
        held = schedule.at(start)
        change = schedule.next_change(start)
        stop = end if change is None else min(end, change)
        yield Span(start, stop, held.key, held.why)
        start = stop


def schedules(dialplan: Dialplan) -> Iterator[tuple[str, Schedule]]:
    """The house's schedule as "", then those of numbers with modes of their own."""
    yield "", Schedule(dialplan.modes, dialplan.timezone)
    for number, one in dialplan.numbers.items():
        if one.modes is not None:
            yield number, Schedule(one.modes, dialplan.timezone)


def leads(dialplan: Dialplan, number: str, mode: str) -> str:
    """Where a number's calls go in a mode; empty for nowhere."""
    one = dialplan.numbers.get(number)
    found = one.place_in(mode) if one else None
    return found[0] if found else ""


def schedule_of(dialplan: Dialplan, number: str) -> Schedule:
    """The times that hold for a number."""
    one = dialplan.numbers.get(number)
    modes = dialplan.modes if one is None or one.modes is None else one.modes
    return Schedule(modes, dialplan.timezone)
