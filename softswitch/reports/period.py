"""From when to when: what an operator writes, as points in time in his timezone."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from softswitch.reports.result import ReportError

_AGO: Final = re.compile(r"([0-9]{1,5})([mhdw])")
_UNITS: Final = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_MONTH: Final = re.compile(r"[0-9]{4}-[0-9]{2}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HELP: Final = (
    "write a day such as 2026-03-01, a month such as 2026-03, a time such as 2026-03-01T08:30, "
    "today, yesterday, or how long ago: 12h, 7d, 4w"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Seconds since 1970: `since` belongs to it, `until` does not. None is open."""

    since: float | None
    until: float | None


def parse_period(since: str | None, until: str | None, zone: ZoneInfo, now: float) -> Period:
    """What `--from` and `--to` say. A day or month named as the end belongs to the period, whole.

    Raises ReportError.
    """
    period = Period(
        None if since is None else _point(since, zone, now, end=False),
        None if until is None else _point(until, zone, now, end=True),
    )
    if period.since is not None and period.until is not None and period.since >= period.until:
        raise ReportError("the period ends before it begins", "exchange --from and --to")
    return period


def _point(text: str, zone: ZoneInfo, now: float, *, end: bool) -> float:
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return now - int(ago[1]) * _UNITS[ago[2]]
    today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    if text in ("today", "yesterday"):
        # Wall clock arithmetic: a day with a clock change has 23 or 25 hours.
        day = today - timedelta(days=text == "yesterday")
        return (day + timedelta(days=1) if end else day).timestamp()
    try:
        if _MONTH.fullmatch(text):
            month = datetime(int(text[:4]), int(text[5:]), 1, tzinfo=zone)
            return (_next_month(month) if end else month).timestamp()
        if _DATE.fullmatch(text):
            day = datetime.fromisoformat(text).replace(tzinfo=zone)
            return (day + timedelta(days=1) if end else day).timestamp()
        point = datetime.fromisoformat(text)
        return (point if point.tzinfo else point.replace(tzinfo=zone)).timestamp()
    except (ValueError, OverflowError):
        raise ReportError(f"{text!r} is no point in time", _HELP) from None


def _next_month(month: datetime) -> datetime:
    return (month + timedelta(days=32)).replace(day=1)
