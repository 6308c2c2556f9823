"""What the system grants: descriptors, and buffers for bursts of packets."""

import resource
from collections.abc import Iterator
from pathlib import Path

from softswitch.cli.checkup.finding import Finding, error, good, warning
from softswitch.config import Dialplan

SUBJECT = "limits"
RMEM_MAX = Path("/proc/sys/net/core/rmem_max")
SNMP = Path("/proc/net/snmp")
# Two legs a call, a socket for RTP and one for RTCP each.
SOCKETS_A_CALL = 4
# Listeners, files, PJSIP's and Python's own.
_OTHERS = 128
GOOD_RMEM_MAX = 4 * 1024 * 1024


def look_at_limits(dialplan: Dialplan) -> Iterator[Finding]:
    """Descriptors and buffers."""
    yield descriptors(dialplan, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    yield from buffers(_number(RMEM_MAX), _dropped(SNMP))


def descriptors(dialplan: Dialplan, limit: int) -> Finding:
    """Whether the hard limit, which the switch takes at its start, is enough."""
    connected = sum(one.devices for one in dialplan.extensions.values())
    streams = any(listener.protocol == "tcp" for listener in dialplan.listen)
    calls = dialplan.calls.max_calls * SOCKETS_A_CALL + _OTHERS
    wanted = calls + (connected if streams else 0)
    if limit == resource.RLIM_INFINITY or limit >= wanted:
        shown = "unlimited" if limit == resource.RLIM_INFINITY else str(limit)
        return good(SUBJECT, f"open files: {shown}, {wanted} are needed at most")
    make = error if limit < _OTHERS + SOCKETS_A_CALL else warning
    return make(
        SUBJECT,
        f"open files: {limit}, up to {wanted} are needed",
        f"a call takes {SOCKETS_A_CALL} sockets, a TCP or TLS phone one; calls beyond are refused with 503",
        f"raise it: `ulimit -Hn {wanted}` as root, or LimitNOFILE={wanted} in the systemd unit",
    )


def buffers(rmem_max: int | None, dropped: int | None) -> Iterator[Finding]:
    """UDP's receive buffers: what the kernel allows, and whether packets were lost for want of them."""
    if rmem_max is None:
        return
    size = f"net.core.rmem_max is {rmem_max // 1024} kB"
    if not dropped or rmem_max >= GOOD_RMEM_MAX:
        yield good(SUBJECT, f"{size}; UDP packets dropped for want of buffer since boot: {dropped or 0}")
        return
    yield warning(
        SUBJECT,
        f"{size}, and {dropped} UDP packets were dropped for want of buffer since boot",
        "in a burst, such as all phones registering after a power cut, requests are lost and repeated",
        f"sysctl -w net.core.rmem_max={GOOD_RMEM_MAX}",
    )


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):
        return None


def _dropped(file: Path) -> int | None:
    """RcvbufErrors of all UDP sockets (RFC 4113 knows it as part of udpInErrors)."""
    try:
        names, values = (line.split() for line in file.read_text().splitlines() if line.startswith("Udp:"))
        return int(dict(zip(names, values, strict=True))["RcvbufErrors"])
    except (OSError, ValueError, KeyError):
        return None
