"""Names of calls: short, typed easily, unique over restarts."""

import itertools
from collections.abc import Iterator

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 32)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def call_ids(now: float) -> Iterator[str]:
    """The time of the start in 1/10 s, then a counter. `now` in seconds since 1970."""
    boot = _base32(int(now * 10) - 17_000_000_000)
    for number in itertools.count(1):
        yield f"{boot}-{number}"
