"""Which mode holds when. Pure: a moment in, a mode out.

The wall clock of the mode's timezone counts, so that a mode begins at 9:00 before and after a change of the
clocks. An hour that the clocks leave out never comes; one that they repeat comes twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from softswitch.config.hours import DAY, Hours
from softswitch.config.mode import Mode

_ONE_DAY: Final = timedelta(days=1)
_MINUTE: Final = 60
LOOK_AHEAD: Final = 400
"""Days after which a mode is taken to hold for ever."""


@dataclass(frozen=True, slots=True)
class Held:
    """What mode holds; none where no mode fits."""

    mode: Mode | None
    why: str
    """Its times, or the holiday's name."""

    @property
    def key(self) -> str:
        """The mode's key; empty for none."""
        return self.mode.key if self.mode else ""


NO_MODE: Final = Held(None, "no mode fits")


class Schedule:
    """The modes of a dialplan, or of one of its numbers. The first that fits holds, else `otherwise`."""

    def __init__(self, modes: Mapping[str, Mode], timezone: ZoneInfo) -> None:
        self.modes = dict(modes)
        self._by_time = [(mode, mode.timezone or timezone) for mode in modes.values() if mode.has_times]
        last = next((mode for mode in modes.values() if mode.when == "otherwise"), None)
        self._last = NO_MODE if last is None else Held(last, "no other mode fits")
        self._timezones = {timezone, *(zone for _, zone in self._by_time)}
        # Calls come many a minute, and times are whole minutes: so is every offset of a timezone.
        self._latest: tuple[int, Held] = (-1, NO_MODE)

    def at(self, moment: float) -> Held:
        """The mode at a moment, in seconds since 1970. Never raises."""
        minute = int(moment // _MINUTE)
        latest = self._latest
        if latest[0] != minute:
            latest = self._latest = (minute, self._at(moment))
        return latest[1]

    def fitting(self, moment: float) -> Iterator[Held]:
        """All modes that fit, those that stand back too, in the file's order."""
        for mode, zone in self._by_time:
            why = fits(mode, _local(moment, zone))
            if why:
                yield Held(mode, why)

    def next_change(self, moment: float) -> float | None:
        """When another mode will hold; None when none will in the next `LOOK_AHEAD` days."""
        now = self.at(moment)
        start = _local(moment, UTC).date() - _ONE_DAY
        for days in range(LOOK_AHEAD):
            for edge in self._edges(start + days * _ONE_DAY):
                if edge > moment and self.at(edge) != now and self.at(edge).key != now.key:
                    return edge
        return None

    def _at(self, moment: float) -> Held:
        return next(self.fitting(moment), self._last)

    def _edges(self, day: date) -> list[float]:
        """Each moment of a day at which a mode might begin or end, in order."""
        minutes = {0}
        for mode, _ in self._by_time:
            for hours in mode.hours:
                minutes |= {hours.start % DAY, hours.end % DAY}
        edges: set[float] = set()
        for zone in self._timezones:
            midnight = datetime.combine(day, time(), zone)
            for minute in minutes:
                local = datetime.combine(day, time(minute // 60, minute % 60), zone)
                # A time that the clocks repeat comes twice; one that they leave out is after it, or before.
                edges |= {local.timestamp(), local.replace(fold=1).timestamp()}
            edges |= set(_clock_changes(midnight))
        return sorted(edges)


def fits(mode: Mode, local: datetime) -> str:
    """Why a mode with times fits a moment, told by its own wall clock; empty when it does not."""
    minute = local.hour * 60 + local.minute
    today = local.date()
    if not mode.hours:
        return _on(mode, today)
    for hours in mode.hours:
        if _in(hours, minute):
            why = _on(mode, today)
            if why:
                return why
        elif hours.over_midnight and minute < hours.end:
            why = _on(mode, today - _ONE_DAY)
            if why:
                return why
    return ""


def _in(hours: Hours, minute: int) -> bool:
    """Whether hours that have begun today hold."""
    return minute >= hours.start if hours.over_midnight else hours.start <= minute < hours.end


def _on(mode: Mode, day: date) -> str:
    """Why a mode has its hours on that day; empty when it has not."""
    if mode.weekdays and not any(day in one for one in mode.weekdays):
        return ""
    if mode.dates and not any(day in one for one in mode.dates):
        return ""
    if not mode.holidays:
        return mode.words
    return next((name for region in mode.holidays if (name := region.holiday(day))), "")


def _local(moment: float, zone: ZoneInfo | object) -> datetime:
    return datetime.fromtimestamp(moment, zone)  # type: ignore[arg-type]


def _clock_changes(midnight: datetime) -> Iterator[float]:
    """The moment of a day at which its clocks change, if they do, to the minute."""
    low, high = midnight.timestamp(), (midnight + _ONE_DAY).timestamp()
    zone = midnight.tzinfo
    before = midnight.utcoffset()
    if _local(high, zone).utcoffset() == before:
        return
    while high - low > _MINUTE:
        middle = (low + high) // (2 * _MINUTE) * _MINUTE
        if middle <= low:
            break
        if _local(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    yield high
