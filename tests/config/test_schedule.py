"""Which mode holds when: weekdays, hours over midnight, dates, holidays, clock changes, leap days."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.config import load_text
from softswitch.config.schedule import Schedule

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = """\
  holiday: {holidays: DE-BE}
  party: {dates: "12-24 to 01-02, 2026-07-01"}
  leap: {dates: 02-29}
  lunch: {weekdays: mon-fri, hours: 12:00-13:00}
  day: {weekdays: mon-fri, hours: "9:00-18:00"}
  late: {weekdays: fri, hours: "22:00-6:00"}
  evacuation: by hand
  night: otherwise
"""


def schedule(modes: str, timezone: str = "Europe/Berlin") -> Schedule:
    people = "extensions: {101: {password: abcdefgh1}}"
    text = f"domain: a.example\ntimezone: {timezone}\n{people}\nmodes:\n{modes}"
    plan = load_text(text, Path("/nowhere/office.yaml"), {})
    return Schedule(plan.modes, plan.timezone)


def moment(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("when", "mode"),
    [
        ("2026-03-09 08:59:59", "night"),
        ("2026-03-09 09:00", "day"),
        ("2026-03-09 11:59:59", "day"),
        ("2026-03-09 12:00", "lunch"),
        ("2026-03-09 13:00", "day"),
        ("2026-03-09 17:59:59", "day"),
        ("2026-03-09 18:00", "night"),
        ("2026-03-07 12:30", "night"),  # a Saturday
        ("2026-03-08 10:00", "holiday"),  # a Sunday, and Berlin's own holiday
        ("2026-05-25 12:30", "holiday"),
        ("2026-12-24 10:00", "party"),
        ("2026-12-25 10:00", "holiday"),
        ("2027-01-02 10:00", "party"),
        ("2026-07-01 10:00", "party"),
        ("2027-07-01 10:00", "day"),
        ("2028-02-29 10:00", "leap"),
        ("2027-03-01 10:00", "day"),
        ("2026-03-13 22:00", "late"),
        ("2026-03-14 05:59", "late"),  # still Friday's night
        ("2026-03-14 06:00", "night"),
        ("2026-03-14 23:00", "night"),
        ("2026-03-13 05:00", "night"),  # Thursday has no late hours
    ],
)
def test_the_first_that_fits(when: str, mode: str) -> None:
    assert schedule(OFFICE).at(moment(when)).key == mode


def test_it_says_why() -> None:
    modes = schedule(OFFICE)
    assert modes.at(moment("2026-12-25 10:00")).why == "Christmas Day"
    assert modes.at(moment("2026-03-09 12:30")).why == "mon-fri 12:00-13:00"
    assert modes.at(moment("2026-03-09 20:30")).why == "no other mode fits"
    fitting = [held.key for held in modes.fitting(moment("2026-03-09 12:30"))]
    assert fitting == ["lunch", "day"]


def test_without_an_otherwise_none_may_hold() -> None:
    modes = schedule("  day: {hours: 9-18}\n")
    assert modes.at(moment("2026-03-09 20:00")).key == ""
    assert modes.at(moment("2026-03-09 10:00")).key == "day"


@pytest.mark.parametrize("date", ["2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"])
def test_nine_o_clock_is_nine_before_and_after_a_change_of_the_clocks(date: str) -> None:
    modes = schedule(OFFICE)
    assert modes.at(moment(f"{date} 08:59")).key == "night"
    assert modes.at(moment(f"{date} 09:00")).key == "day"


def test_an_hour_that_is_left_out_and_one_that_comes_twice() -> None:
    modes = schedule("  early: {hours: 2:15-2:45}\n  night: otherwise\n")
    spring = moment("2026-03-29 01:59")
    assert all(modes.at(spring + minute * 60).key == "night" for minute in range(180))
    for fold in (0, 1):
        assert modes.at(moment("2026-10-25 02:30", fold=fold)).key == "early"
        assert modes.at(moment("2026-10-25 02:50", fold=fold)).key == "night"


def test_the_next_change() -> None:
    modes = schedule(OFFICE)
    assert modes.next_change(moment("2026-03-09 10:00")) == moment("2026-03-09 12:00")
    assert modes.next_change(moment("2026-03-13 18:00")) == moment("2026-03-13 22:00")
    assert modes.next_change(moment("2026-12-24 10:00")) == moment("2026-12-25 00:00")
    assert schedule("  always: otherwise\n").next_change(moment("2026-03-09 10:00")) is None


def test_changes_at_a_change_of_the_clocks() -> None:
    """2:30 does not come on that day: what holds until 2:30 ends when the clocks go from 2 to 3."""
    modes = schedule("  early: {hours: 1:00-2:30}\n  night: otherwise\n")
    changed = moment("2026-03-29 03:00")
    assert modes.next_change(moment("2026-03-29 01:10")) == changed
    # In autumn the clocks go from 3 back to 2: it is early once more.
    begins = [
        moment("2026-10-25 02:30"),
        moment("2026-10-25 02:00", fold=1),
        moment("2026-10-25 02:30", fold=1),
    ]
    at = moment("2026-10-25 01:10")
    for expected in begins:
        at = modes.next_change(at) or 0.0
        assert at == expected


def test_a_mode_by_another_clock() -> None:
    modes = schedule("  jakarta: {hours: 9-17, timezone: Asia/Jakarta}\n  night: otherwise\n")
    assert modes.at(moment("2026-03-09 09:30", ZoneInfo("Asia/Jakarta"))).key == "jakarta"
    assert modes.at(moment("2026-03-09 09:30")).key == "jakarta", "15:30 there"
    assert modes.at(moment("2026-03-09 12:30")).key == "night"


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]


@given(
    at=st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - wall clocks
    zone=st.sampled_from(ZONES),
)
def test_nothing_changes_before_the_next_change(at: datetime, zone: str) -> None:
    modes = SCHEDULES[zone]
    start = at.replace(tzinfo=UTC).timestamp()
    change = modes.next_change(start)
    assert change is not None
    assert change > start
    now = modes.at(start).key
    assert modes.at(change).key != now
    assert modes.at(change - 1).key == now
    step = max(60.0, (change - start) / 50)
    moments = [start + step * index for index in range(50) if start + step * index < change]
    assert {modes.at(one).key for one in moments} == {now}


SCHEDULES = {zone: schedule(OFFICE, zone) for zone in ZONES}


def test_a_year_hour_by_hour_agrees_with_plain_reading() -> None:
    """Against a rule written anew, for a schedule of weekdays and hours."""
    modes = schedule("  day: {weekdays: mon-fri, hours: 9-18}\n  late: {hours: 22-6}\n  rest: otherwise\n")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(366 * 24):
        local = at.astimezone(BERLIN)
        if local.weekday() < 5 and 9 <= local.hour < 18:
            expected = "day"
        else:
            expected = "late" if local.hour >= 22 or local.hour < 6 else "rest"
        assert modes.at(at.timestamp()).key == expected, local
        at += timedelta(hours=1)
