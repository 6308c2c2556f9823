"""Which sockets of this machine are taken, and by which program (proc(5): /proc/net, /proc/PID/fd)."""

import os
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from softswitch.config import Listener

PROC = Path("/proc")
_LISTEN = "0A"  # include/net/tcp_states.h: TCP_LISTEN


@dataclass(frozen=True, slots=True)
class BoundSocket:
    """A UDP socket with a port, or a TCP one that listens."""

    protocol: Literal["udp", "tcp"]
    address: IPv4Address | IPv6Address
    port: int
    inode: str


@dataclass(frozen=True, slots=True)
class Program:
    """A running program; pid 0 when it cannot be seen: it is of another user, or in a container."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})" if self.pid else "a program that this user cannot see"


UNKNOWN = Program(0, "")


def bound_sockets(proc: Path = PROC) -> list[BoundSocket]:
    """All of this network namespace; empty on systems without /proc/net."""
    found: list[BoundSocket] = []
    for protocol in ("udp", "tcp"):
        for suffix in ("", "6"):
            found += _table(proc / "net" / f"{protocol}{suffix}", protocol)
    return found


def in_the_way(listener: "Listener", sockets: Iterable[BoundSocket]) -> list[BoundSocket]:
    """The sockets because of which a listener cannot be opened."""
    return [one for one in sockets if _collides(listener, one)]


def owners(sockets: Iterable[BoundSocket], proc: Path = PROC) -> dict[str, Program]:
    """By inode, the program that holds each socket. Those of other users are missing unless one is root."""
    wanted = {f"socket:[{one.inode}]": one.inode for one in sockets}
    found: dict[str, Program] = {}
    for folder in proc.iterdir() if wanted else ():
        if not folder.name.isdigit():
            continue
        for link in _links(folder / "fd"):
            if link in wanted:
                found.setdefault(wanted[link], Program(int(folder.name), _name(folder)))
    return found


def _table(file: Path, protocol: Literal["udp", "tcp"]) -> Iterator[BoundSocket]:
    try:
        lines = file.read_text("ascii", "replace").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        fields = line.split()
        if len(fields) > 9 and (protocol == "udp" or fields[3] == _LISTEN):
            host, _, port = fields[1].rpartition(":")
            yield BoundSocket(protocol, _address(host), int(port, 16), fields[9])


def _address(text: str) -> IPv4Address | IPv6Address:
    """The kernel prints 32-bit words in the machine's own byte order."""
    words = [int(text[start : start + 8], 16) for start in range(0, len(text), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    return IPv4Address(packed) if len(packed) == 4 else IPv6Address(packed)


def _collides(listener: "Listener", other: BoundSocket) -> bool:
    if (listener.protocol, listener.port) != (other.protocol, other.port):
        return False
    ours, theirs = listener.address, other.address
    if ours.version == theirs.version:
        return ours == theirs or ours.is_unspecified or theirs.is_unspecified
    # A socket on [::] takes IPv4 too, unless bindv6only is set; one cannot see which from here.
    return theirs.version == 6 and theirs.is_unspecified and not _can_bind(listener)


def _can_bind(listener: "Listener") -> bool:
    family = socket.AF_INET6 if listener.is_ipv6 else socket.AF_INET
    kind = socket.SOCK_DGRAM if listener.protocol == "udp" else socket.SOCK_STREAM
    try:
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((str(listener.address), listener.port))
    except OSError:
        return False
    return True


def _links(folder: Path) -> Iterator[str]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            yield os.readlink(entry.path)  # noqa: PTH115 - thousands of them: no Path for each
        except OSError:
            continue


def _name(folder: Path) -> str:
    """The program's name; for a Python program what it runs, since `python3` says little."""
    try:
        words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        name = (folder / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return "a program"
    if name.startswith("python"):
        scripts = [Path(word).name for word in words[1:] if word and not word.startswith("-")]
        return scripts[0] if scripts else name
    return name
