"""Moments as people write them: `18:00`, `2026-12-24`, `2026-12-24T10:00`. By a timezone's wall clock."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

REMEDY = "write it like 18:00, 2026-12-24 or 2026-12-24T10:00"
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def parse_moment(text: str, zone: ZoneInfo, now: float) -> float:
    """Seconds since 1970. A time without a date is the next one after `now`. Raises ValueError."""
    clock = _CLOCK.fullmatch(text.strip())
    try:
        if clock is None:
            found = datetime.fromisoformat(text.strip())
            return (found if found.tzinfo else found.replace(tzinfo=zone)).timestamp()
        local = datetime.fromtimestamp(now, zone)
        found = local.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0, fold=0)
        if found.timestamp() <= now:
            found += timedelta(days=1)
        return found.timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no moment") from None
