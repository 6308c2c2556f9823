"""The ports: free, or taken by whom; allowed to us; enough of them for sound."""

import errno
import os
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from softswitch.cli.checkup.finding import Finding, error, good, warning
from softswitch.cli.checkup.sockets import UNKNOWN, BoundSocket, Program, bound_sockets, in_the_way, owners
from softswitch.config import Dialplan, Listener

LISTENERS, SOUND = "listeners", "sound ports"
PORTS_A_CALL = 4
FIRST_UNPRIVILEGED = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
_CAP_NET_BIND_SERVICE = 10  # linux/capability.h
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Ports:
    """The sockets of this machine, who holds them, and which process is the running switch (0: none)."""

    sockets: tuple[BoundSocket, ...]
    programs: Mapping[str, Program]
    switch: int = 0

    @classmethod
    def now(cls, dialplan: Dialplan, switch: int = 0) -> "Ports":
        """As they are; programs are looked up for what is in the dialplan's way only."""
        sockets = tuple(bound_sockets())
        near = {one.inode: one for listener in dialplan.listen for one in in_the_way(listener, sockets)}
        near |= {
            one.inode: one for one in sockets if one.protocol == "udp" and one.port in dialplan.rtp.ports
        }
        return cls(sockets, owners(near.values()), switch)

    def holder(self, one: BoundSocket) -> Program:
        """Who holds it."""
        return self.programs.get(one.inode, UNKNOWN)

    def foreign(self, sockets: Iterable[BoundSocket]) -> list[BoundSocket]:
        """Those that are not the running switch's own."""
        return [one for one in sockets if not self.switch or self.holder(one).pid != self.switch]


def look_at_listeners(dialplan: Dialplan, ports: Ports) -> Iterator[Finding]:
    """One finding a listener."""
    lowest = _first_unprivileged()
    for listener in dialplan.listen:
        taken = in_the_way(listener, ports.sockets)
        foreign = ports.foreign(taken)
        if foreign:
            yield error(
                LISTENERS,
                f"{listener} is taken by {ports.holder(foreign[0])}",
                "the switch cannot start while another program listens there",
                "stop that program, or choose another port in `listen`",
            )
        elif taken:
            yield good(LISTENERS, f"{listener} is served by the running switch")
        elif listener.port < lowest and not _may_bind_low():
            yield error(
                LISTENERS,
                f"{listener} is a privileged port (below {lowest})",
                "this user may not open it",
                "choose a higher port, or give the switch the capability CAP_NET_BIND_SERVICE",
            )
        elif not _is_ours(listener):
            yield error(
                LISTENERS,
                f"{listener}: this machine has no address {listener.address}",
                "the switch cannot listen there",
                "correct `listen`: `ip address` shows the addresses; 0.0.0.0 means all of them",
            )
        else:
            yield good(LISTENERS, f"{listener} is free")


def look_at_sound_ports(dialplan: Dialplan, ports: Ports) -> Iterator[Finding]:
    """Whether others sit in the range, and whether it is large enough."""
    wanted = dialplan.rtp.ports
    inside = [one for one in ports.sockets if one.protocol == "udp" and one.port in wanted]
    foreign = ports.foreign(inside)
    room, most = wanted.pairs * 2 // PORTS_A_CALL, dialplan.calls.max_calls
    if foreign:
        held = Counter(str(ports.holder(one)) for one in foreign)
        names = [f"{count} by {program}" for program, count in held.most_common(_SHOWN)]
        more = f" and more by {len(held) - _SHOWN} others" if len(held) > _SHOWN else ""
        yield warning(
            SOUND,
            f"of {wanted} other programs hold {len(foreign)}: {', '.join(names)}{more}",
            "calls find fewer ports, and another program's packets may get into a call",
            "move rtp.ports to a range that nobody uses",
        )
    if room < most:
        yield warning(
            SOUND,
            f"{wanted} has room for {room} calls, calls.max_calls is {most}",
            "calls beyond that are refused with 503",
            f"write a range of {most * PORTS_A_CALL} ports or more, or lower calls.max_calls",
        )
    if not foreign and room >= most:
        yield good(SOUND, f"{wanted} is free of others, with room for {room} calls (max_calls {most})")


def _first_unprivileged() -> int:
    try:
        return int(FIRST_UNPRIVILEGED.read_text())
    except (OSError, ValueError):
        return 1024


def _may_bind_low() -> bool:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return os.geteuid() == 0
    effective = next((line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")), "0")
    return bool(int(effective, 16) >> _CAP_NET_BIND_SERVICE & 1)


def _is_ours(listener: Listener) -> bool:
    family = socket.AF_INET6 if listener.is_ipv6 else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(listener.address), 0))
    except OSError as reason:
        return reason.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return True
