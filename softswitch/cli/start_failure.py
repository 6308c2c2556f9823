"""Why the switch did not start, in an operator's words."""

import errno
from pathlib import Path

from softswitch.cli.checkup.sockets import UNKNOWN, bound_sockets, in_the_way, owners
from softswitch.cli.failure import Failure
from softswitch.config import Dialplan, DialplanError, load
from softswitch.sip.errors import EngineFailure

# pj/errno.h: PJ_ERRNO_START_SYS; the system's own errno is added to it.
_SYSTEM = 120000


def explain(failure: EngineFailure, file: Path) -> Failure:
    """The failure of the engine as one that names the remedy."""
    number = failure.status - _SYSTEM
    if number == errno.EADDRINUSE:
        return _in_use(failure, file)
    remedies = {
        errno.EADDRNOTAVAIL: "this machine has no such address: correct `listen` in the dialplan",
        errno.EACCES: "ports below 1024 need the capability CAP_NET_BIND_SERVICE: choose a higher one",
        errno.EAFNOSUPPORT: "this machine has no IPv6: take the IPv6 listener out of the dialplan",
    }
    remedy = remedies.get(number, f"softswitch doctor {file} looks for the reason")
    return Failure(f"the switch did not start: {failure}", remedy)


def _in_use(failure: EngineFailure, file: Path) -> Failure:
    """Names the program that holds the port, where /proc shows it."""
    taken = _taken(file)
    if not taken:
        return Failure(
            f"the switch did not start: {failure}", f"softswitch doctor {file} looks for who uses it"
        )
    remedy = "stop that program (or a switch that runs already), or choose other ports in `listen`"
    return Failure("the switch did not start: its port is in use", remedy, details=tuple(taken))


def _taken(file: Path) -> list[str]:
    try:
        dialplan: Dialplan = load(file)
    except DialplanError:
        return []
    sockets = bound_sockets()
    found = {listener: in_the_way(listener, sockets) for listener in dialplan.listen}
    programs = owners(one for others in found.values() for one in others)
    return [
        f"{listener} is taken by {programs.get(others[0].inode, UNKNOWN)}"
        for listener, others in found.items()
        if others
    ]
