"""Whether the modes make sense: none that never comes, none that two mean, no number without a place."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from softswitch.config.by_mode import OTHERWISE
from softswitch.config.days import WEEKDAYS
from softswitch.config.dialplan import Dialplan
from softswitch.config.direct_number import DirectNumber
from softswitch.config.forward import Forward
from softswitch.config.hours import DAY, clock_text
from softswitch.config.mode import Mode
from softswitch.config.names import did_you_mean
from softswitch.config.problems import Finding, KeyPath, Severity
from softswitch.config.schedule import fits
from softswitch.config.section import Section
from softswitch.config.ways import unreachable

_RESERVED: Final = frozenset(DirectNumber.model_fields)
_BY_MODE: Final = frozenset(
    {"class_of_service", "then", "when_nobody", "leave_to", "when_full", "when_empty"}
    | Forward.model_fields.keys()
)
"""Settings that may be said by mode."""
_DAYS: Final = 8 * 366
"""How far ahead one looks for a day on which a mode comes."""
_WEEK: Final = datetime(2024, 1, 1)  # noqa: DTZ001 - a week of wall clocks, a Monday first


def check_modes(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds modes that never come, that overlap by halves, or that have names of other things."""
    yield from _judge(dialplan.modes, ("modes",))
    for number, one in dialplan.numbers.items():
        if one.modes is not None:
            yield from _judge(one.modes, ("numbers", number, "modes"))


def check_numbers_by_mode(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds numbers that name unknown modes, and numbers that say nothing for one that comes."""
    for number, one in dialplan.numbers.items():
        modes = dialplan.modes if one.modes is None else one.modes
        path: KeyPath = ("numbers", number)
        for key in one.by_mode:
            if key not in modes:
                known = (*modes, *(_RESERVED - {"number"}))
                yield Finding(
                    (*path, key),
                    f"there is no mode {key!r}",
                    did_you_mean(key, known, f"name it in modes; known here: {', '.join(known)}"),
                    value=key,
                    at_key=True,
                )
        if one.otherwise is not None:
            continue
        lacking = [key for key in modes if key not in one.by_mode]
        if not any(mode.when == "otherwise" for mode in modes.values()):
            lacking.append("when no mode fits")
        if lacking:
            yield Finding(
                path,
                f"nothing says where its calls go: {', '.join(lacking)}",
                "add otherwise: and a place",
                at_key=True,
            )


def check_said_by_mode(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds places and classes of service that are said for modes that are none."""
    own = [one.modes for one in dialplan.numbers.values() if one.modes is not None]
    known = dict.fromkeys(key for modes in (dialplan.modes, *own) for key in modes)
    for path, said in _said_by_mode(dialplan):
        # Rights go by the house's mode, whatever number a call has come in by.
        here = dialplan.modes if path[-1] == "class_of_service" else known
        for mode in said:
            if mode != OTHERWISE and mode not in here:
                words = (*here, OTHERWISE)
                yield Finding(
                    (*path, mode),
                    f"there is no mode {mode!r}",
                    did_you_mean(mode, words, f"name it in modes; known here: {', '.join(words)}"),
                    value=mode,
                    at_key=True,
                )


def _said_by_mode(dialplan: Dialplan) -> Iterator[tuple[KeyPath, Mapping[str, str]]]:
    for table in ("extensions", "departments", "queues", "announcements"):
        for key, entry in getattr(dialplan, table).items():
            below: list[tuple[KeyPath, Section]] = [((table, key), entry)]
            if table == "extensions":
                below.append(((table, key, "forward"), entry.forward))
            for path, section in below:
                for name in _BY_MODE.intersection(type(section).model_fields):
                    said = getattr(section, name)
                    if isinstance(said, Mapping):
                        yield (*path, name), said


def check_reachable(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds places that nobody can dial and nothing leads to."""
    for place in unreachable(dialplan):
        yield Finding(
            place.path,
            f"no call ever comes to {place.words}",
            "give it a number, or name it where calls should go on to it",
            severity=Severity.WARNING,
            at_key=True,
        )


def _judge(modes: Mapping[str, Mode], path: KeyPath) -> Iterator[Finding]:
    for key in modes:
        if key in _RESERVED:
            yield Finding(
                (*path, key),
                f"a number has {key!r} for something else",
                "choose another name",
                value=key,
                at_key=True,
            )
    last = [key for key, mode in modes.items() if mode.when == "otherwise"]
    for key in last[1:]:
        yield Finding(
            (*path, key),
            f"{last[0]} holds already when no other mode fits",
            "give one of them times, or make it by hand",
            value=key,
            at_key=True,
        )
    yield from _never(modes, path)
    yield from _halves(modes, path)


# ---- modes that never come ----


def _never(modes: Mapping[str, Mode], path: KeyPath) -> Iterator[Finding]:
    timed = [mode for mode in modes.values() if mode.has_times]
    if not timed:
        return
    comes, holds = _seen(timed)
    for mode in timed:
        if mode.key in holds:
            continue
        before = "" if mode.key not in comes else "those above go first whenever it fits"
        yield Finding(
            (*path, mode.key),
            f"this mode never holds: {before or 'none of the next days fits its times'}",
            "move it further up: the first that fits holds" if before else "mend its dates, or take it away",
            severity=Severity.WARNING,
            at_key=True,
        )


def _seen(timed: list[Mode]) -> tuple[set[str], set[str]]:
    """The modes that fit some time in the next years, and those that are the first to fit then."""
    minutes = {0}
    for mode in timed:
        for hours in mode.hours:
            minutes |= {hours.start % DAY, hours.end % DAY}
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    comes: set[str] = set()
    holds: set[str] = set()
    kinds: set[tuple[bool, ...]] = set()
    whole_days = [mode.model_copy(update={"hours": ()}) for mode in timed]
    before: tuple[bool, ...] = ()
    for days in range(_DAYS):
        day = today + timedelta(days=days)
        # Days that are alike for every mode, and whose days before were, need one look only.
        kind = tuple(bool(fits(mode, day)) for mode in whole_days)
        pair = (*kind, *before)
        before = kind
        if pair in kinds:
            continue
        kinds.add(pair)
        for minute in minutes:
            fitting = [mode.key for mode in timed if fits(mode, day + timedelta(minutes=minute))]
            comes.update(fitting)
            holds.update(fitting[:1])
        if len(holds) == len(timed):
            break
    return comes, holds


# ---- modes that overlap by halves ----


def _halves(modes: Mapping[str, Mode], path: KeyPath) -> Iterator[Finding]:
    """Of two weekly modes neither of which lies within the other: the author may not mean what he gets."""
    weekly = [mode for mode in modes.values() if mode.has_times and not mode.dates and not mode.holidays]
    weekly = [mode for mode in weekly if mode.timezone is None]
    spans = {mode.key: _week_of(mode) for mode in weekly}
    for index, one in enumerate(weekly):
        for other in weekly[index + 1 :]:
            both = spans[one.key] & spans[other.key]
            if both and spans[one.key] - both and spans[other.key] - both:
                when = min(both)
                day = WEEKDAYS[when // DAY].capitalize()
                yield Finding(
                    (*path, other.key),
                    f"{one.key} and {other.key} overlap, on {day} at {clock_text(when % DAY)}; "
                    f"{one.key} goes first there",
                    "let one end where the other begins, if that is not meant",
                    value=other.key,
                    severity=Severity.WARNING,
                    at_key=True,
                )


def _week_of(mode: Mode) -> frozenset[int]:
    """The quarters of an hour of a week in which it fits, in minutes since Monday's midnight."""
    step = 15
    return frozenset(
        minute for minute in range(0, 7 * DAY, step) if fits(mode, _WEEK + timedelta(minutes=minute))
    )
