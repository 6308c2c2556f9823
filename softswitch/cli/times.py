"""Points in time and durations as operators read them."""

import time


def clock(at: float) -> str:
    """The local time of day; the date with it (month, day) when that was on another day."""
    then, now = time.localtime(at), time.localtime()
    same_day = (then.tm_year, then.tm_yday) == (now.tm_year, now.tm_yday)
    return time.strftime("%H:%M:%S" if same_day else "%m-%d %H:%M", then)


def date_and_time(at: float) -> str:
    """In full, with the timezone."""
    return time.strftime("%Y-%m-%d %H:%M:%S %Z", time.localtime(at))


def span(seconds: float) -> str:
    """`0:07`, `12:34`, `1:02:03`; from a day on `3 d 4 h`."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def offset(seconds: float) -> str:
    """Since the first message: `+0.012`, `+1:02.345`."""
    minutes, rest = divmod(max(0, round(seconds * 1000)), 60_000)
    return f"+{minutes}:{rest / 1000:06.3f}" if minutes else f"+{rest / 1000:.3f}"
