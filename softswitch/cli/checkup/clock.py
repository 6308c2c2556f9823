"""The clock: whether something keeps it right."""

import ctypes
import time
from collections.abc import Iterator
from pathlib import Path

from softswitch.cli.checkup.finding import Finding, error, good, warning

SUBJECT = "clock"
_STA_UNSYNC = 0x0040  # sys/timex.h
# modes; offset, freq, maxerror, esterror; status. The rest of struct timex is left to the kernel.
_TIMEX_BYTES = 512


class _Timex(ctypes.Structure):
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_ubyte * _TIMEX_BYTES),
    )


def look_at_clock() -> Iterator[Finding]:
    """Synchronised, and not before the day this program was installed."""
    yield verdict(is_synchronised(), time.time(), _installed_at())


def verdict(synchronised: bool | None, now: float, installed_at: float) -> Finding:
    """What the facts mean. `synchronised` is None when the kernel does not tell."""
    why = "certificates, registrations, call records and logs go by it"
    if now < installed_at - 86400:
        shown = time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
        return error(
            SUBJECT, f"it says {shown}, before this program was installed", why, "set it: `timedatectl`"
        )
    if synchronised is False:
        return warning(
            SUBJECT,
            "nothing keeps it synchronised",
            why,
            "install and start a time service: systemd-timesyncd, chrony",
        )
    if synchronised is None:
        return good(SUBJECT, "the kernel does not tell whether it is synchronised")
    return good(SUBJECT, "synchronised")


def is_synchronised() -> bool | None:
    """What the kernel's clock discipline says (adjtimex(2), read only)."""
    state = _Timex()
    try:
        result = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(state))
    except (OSError, AttributeError):
        return None
    return None if result < 0 else not state.status & _STA_UNSYNC


def _installed_at() -> float:
    try:
        return Path(__file__).stat().st_mtime
    except OSError:
        return 0.0
