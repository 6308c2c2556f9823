"""From when to when, on a clock that changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from softswitch.reports.period import parse_period
from softswitch.reports.result import ReportError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 29, 12, 0, tzinfo=UTC).timestamp()


def shown(since: str | None, until: str | None) -> tuple[str, ...]:
    period = parse_period(since, until, BERLIN, NOW)
    points = (period.since, period.until)
    return tuple(
        "open" if at is None else datetime.fromtimestamp(at, UTC).strftime("%m-%d %H:%M") for at in points
    )


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, ("open", "open")),
        ("2026-03", "2026-03", ("02-28 23:00", "03-31 22:00")),
        ("2025-12", "2025-12", ("11-30 23:00", "12-31 23:00")),
        ("today", "today", ("03-28 23:00", "03-29 22:00")),  # 23 hours
        ("yesterday", "yesterday", ("03-27 23:00", "03-28 23:00")),
        ("2026-03-29", None, ("03-28 23:00", "open")),
        ("7d", None, ("03-22 12:00", "open")),
        ("2026-03-29T08:30", "2026-03-29T09:30+00:00", ("03-29 06:30", "03-29 09:30")),
    ],
)
def test_points(since: str | None, until: str | None, expected: tuple[str, str]) -> None:
    assert shown(since, until) == expected


@pytest.mark.parametrize("text", ["", "monday", "2026-13", "2026-02-30", "7x", "9999-12-31T99:00", "0000-01"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ReportError, match="no point in time"):
        parse_period(text, None, BERLIN, NOW)


def test_a_period_that_ends_before_it_begins() -> None:
    with pytest.raises(ReportError, match="ends before"):
        parse_period("2026-03-02", "2026-03-01", BERLIN, NOW)
