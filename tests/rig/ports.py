"""Addresses and ports that nobody else has.

All of 127.0.0.0/8 is this machine, so every party gets an address of its own and stays at port 5060. What
binds to every address at once (baresip's RTP) gets a range of ports instead. Test processes that run side
by side are kept apart by a lock file each.
"""

import fcntl
import itertools
import os
import secrets
import tempfile
from functools import cache
from ipaddress import ip_address
from pathlib import Path

_LANES = 16
_FIRST_NETWORK = 32
_FIRST_PORT, _LAST_PORT = 20000, 32768
_RANGE = 24

_addresses = itertools.count(secrets.randbelow(65536))
"""From anywhere: what the run before has left in TIME_WAIT must not be in the way of this one."""
_ranges = itertools.count()


@cache
def lane() -> int:
    """The number that this process has to itself among all test processes, 0 to 15.

    The lock file stays open, and locked, until the process ends.
    """
    folder = Path(tempfile.gettempdir()) / f"softswitch-rig-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    for number in range(_LANES):
        handle = os.open(folder / f"lane-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
        else:
            return number
    raise RuntimeError(f"more than {_LANES} test processes at once: let some end first")


def new_address() -> str:
    """A loopback address that this process never gave out before (65,000 of them), all ports free."""
    number = next(_addresses) % 65536
    if number % 256 in (0, 255):
        return new_address()
    return f"127.{_FIRST_NETWORK + lane()}.{number // 256}.{number % 256}"


def new_rtp_range() -> tuple[int, int]:
    """24 ports, first and last, free on every address; they come round again after 33 phones."""
    share = (_LAST_PORT - _FIRST_PORT) // _LANES
    first = _FIRST_PORT + lane() * share + (next(_ranges) % (share // _RANGE)) * _RANGE
    return first, first + _RANGE - 1


def switch_rtp_range() -> str:
    """The switch's `rtp: {ports: …}` in this process, as the dialplan wants it: 600 below the phones'."""
    first = 10000 + lane() * 600
    return f"{first}-{first + 599}"


def is_bound(address: str, port: int, protocol: str) -> bool:
    """Whether some process of this machine has a UDP socket or a TCP listener there (Linux)."""
    packed = ip_address(address).packed
    # The kernel prints addresses as words of 32 bits in its own byte order.
    words = "".join(packed[i : i + 4][::-1].hex().upper() for i in range(0, len(packed), 4))
    wanted = {f"{words}:{port:04X}", f"{'0' * len(words)}:{port:04X}"}
    state = "0A" if protocol == "tcp" else "07"
    name = protocol + ("6" if len(packed) == 16 else "")
    table = (line.split() for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:])
    return any(row[1] in wanted and row[3] == state for row in table)
