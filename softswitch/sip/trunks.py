"""Trunks on the wire: at which addresses each one is, and who of them a packet comes from.

Names are resolved beside the calls, at start, after each reload and every few minutes: nothing of a call ever
waits for a resolver. A name that cannot be resolved keeps the addresses that it had.
"""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final

import structlog

from softswitch.config import Line
from softswitch.config.server_address import ServerAddress
from softswitch.sip.credentials import Credentials
from softswitch.sip.destination import Destination
from softswitch.sip.source import Source
from softswitch.sip.uri import Uri

log = structlog.get_logger("softswitch.sip.trunks")

_AGAIN: Final = 300.0
_RETRY: Final = 30.0
"""Seconds until names are resolved anew: when all of them could be, and when one could not."""
_PATIENCE: Final = 10.0
_REMEMBERED: Final = 1_000
"""Sources of which it is remembered whether they are in a trunk's networks."""
# A packet is a trunk's only over its transport or one that is harder to forge.
_STRENGTH: Final = {"udp": 0, "tcp": 1, "tls": 2}

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Host name and port → IP literals. Raises OSError."""


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """By the system's resolver, in a thread. Raises OSError, TimeoutError among them."""
    loop = asyncio.get_running_loop()
    found = await asyncio.wait_for(loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM), _PATIENCE)
    return tuple(dict.fromkeys(_canonical(str(address[0])) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that went wrong with a trunk: when, in seconds since 1970, and what."""

    at: float
    text: str


class Trunks:
    """All trunks of the dialplan. A reload hands the new ones to `take`."""

    def __init__(self, trunks: Mapping[str, Line], resolve: Resolve = resolve) -> None:
        self._resolve = resolve
        self._trunks: Mapping[str, Line] = MappingProxyType({})
        self._addresses: dict[str, tuple[str, ...]] = {}
        """By the host of a server."""
        self._by_ip: dict[str, list[tuple[Line, ServerAddress]]] = {}
        self._in_networks: dict[str, tuple[Line, ...]] = {}
        """By source, as they have come."""
        self._unresolved: frozenset[str] = frozenset()
        self._silent: set[tuple[str, str, int]] = set()
        """Trunk, address and port of servers that have not answered."""
        self._failures: dict[str, Failure] = {}
        self._changed = asyncio.Event()
        self.on_change: Callable[[], None] = lambda: None
        """Told when trunks or their addresses are others than before."""
        self.take(trunks)

    def take(self, trunks: Mapping[str, Line]) -> None:
        """The trunks from now on. Literal addresses hold at once, names as soon as they are resolved."""
        known, self._addresses = self._addresses, {}
        self._trunks = trunks
        for trunk in trunks.values():
            for server in trunk.all_servers:
                literal = _literal(server.host)
                addresses = (literal,) if literal else known.get(server.host, ())
                if addresses:
                    self._addresses[server.host] = addresses
        self._index()
        self._changed.set()
        self.on_change()

    def get(self, key: str) -> Line | None:
        """The trunk of that key, or None when it has left the dialplan."""
        return self._trunks.get(key)

    @property
    def all(self) -> tuple[Line, ...]:
        """Every trunk, in the file's order."""
        return tuple(self._trunks.values())

    def addresses(self, key: str) -> tuple[str, ...]:
        """The IP literals of its servers; none while no name is resolved."""
        trunk = self._trunks.get(key)
        servers = trunk.all_servers if trunk is not None else ()
        return tuple(dict.fromkeys(ip for one in servers for ip in self._addresses.get(one.host, ())))

    def at(self, source: Source) -> str:
        """The trunk that a packet comes from; empty for none.

        By the IP address of a server, and over UDP by its port where the dialplan names one: a connection
        comes from any port. Else by the trunk's other `addresses`, from any port.
        """
        strength = _STRENGTH.get(source.transport, -1)
        for trunk, server in self._by_ip.get(source.ip, ()):
            if strength < _STRENGTH[server.transport]:
                continue
            if source.transport == "udp" and server.port_is_named and source.port != server.port:
                continue
            return trunk.key
        for trunk in self._around(source.ip):
            if strength >= min(_STRENGTH[server.transport] for server in trunk.all_servers):
                return trunk.key
        return ""

    def _around(self, ip: str) -> tuple[Line, ...]:
        """The trunks in whose networks the address is."""
        found = self._in_networks.get(ip)
        if found is None:
            if len(self._in_networks) >= _REMEMBERED:
                self._in_networks.clear()
            address = ip_address(ip)
            found = tuple(one for one in self.all if any(address in network for network in one.addresses))
            self._in_networks[ip] = found
        return found

    def destination(self, key: str, number: str = "") -> Destination | None:
        """Where a call to the number goes, or the server itself; None while its name is not resolved."""
        return next(iter(self.destinations(key, number)), None)

    def destinations(self, key: str, number: str = "") -> tuple[Destination, ...]:
        """The same at each of its servers, and each address of it; those that are silent come last."""
        trunk = self._trunks.get(key)
        if trunk is None:
            return ()
        found = tuple(
            Destination(server_uri(server, number), ip, server.port, server.transport)
            for server in trunk.all_servers
            for ip in self._addresses.get(server.host, ())
        )
        if not self._silent:
            return found
        return tuple(sorted(found, key=lambda one: (key, one.ip, one.port) in self._silent))

    def answers(self, key: str, destination: Destination, there: bool) -> None:
        """A server has answered, or has not: calls and the registration go to one that does."""
        if key not in self._trunks:
            return
        first = self.destination(key)
        (self._silent.discard if there else self._silent.add)((key, destination.ip, destination.port))
        if self.destination(key) != first:
            self.on_change()

    def credentials(self, key: str) -> Credentials | None:
        """What answers the trunk's challenges; None for one that knows us by our address."""
        trunk = self._trunks.get(key)
        if trunk is None or trunk.user is None or trunk.password is None:
            return None
        return Credentials(trunk.user, trunk.password.get_secret_value())

    def failed(self, key: str, text: str) -> None:
        """Remember what its carrier has failed in."""
        self._failures[key] = Failure(time.time(), text)

    def last_failure(self, key: str) -> Failure | None:
        """What its carrier has failed in last; None while all went well."""
        return self._failures.get(key)

    # ---- names ----

    async def run(self) -> None:
        """Resolves names until cancelled."""
        while True:
            self._changed.clear()
            every_one = await self.resolve_names()
            pause = _AGAIN if every_one else _RETRY
            try:
                await asyncio.wait_for(self._changed.wait(), pause)
            except TimeoutError:
                continue

    async def resolve_names(self) -> bool:
        """Resolves every name once; False when one could not be."""
        wanted = {
            server.host: (trunk, server)
            for trunk in self.all
            for server in trunk.all_servers
            if not _literal(server.host)
        }
        results = await asyncio.gather(*(self._lookup(*one) for one in wanted.values()))
        before = dict(self._addresses)
        still = {server.host for trunk in self.all for server in trunk.all_servers}
        failed = set()
        for host, addresses in zip(wanted, results, strict=True):
            if host not in still:
                continue  # a reload was quicker
            if addresses:
                # One of those that still hold stays the one that is called.
                held = [one for one in before.get(host, ())[:1] if one in addresses]
                self._addresses[host] = tuple(dict.fromkeys((*held, *addresses)))
            else:
                failed.add(host)
        self._unresolved = frozenset(failed)
        if self._addresses != before:
            self._index()
            self.on_change()
        return not failed

    async def _lookup(self, trunk: Line, server: ServerAddress) -> tuple[str, ...]:
        host = server.host
        try:
            addresses = await self._resolve(host, server.port)
        except (OSError, UnicodeError) as error:
            # Once, and not every half a minute for as long as it lasts.
            level = log.debug if host in self._unresolved else log.warning
            self.failed(trunk.key, f"{host} cannot be resolved: {error or 'no answer'}")
            level(
                "trunk's server has no address", trunk=trunk.key, server=host, error=str(error) or "timeout"
            )
            return ()
        return addresses

    def _index(self) -> None:
        self._by_ip = {}
        self._in_networks = {}
        for trunk in self.all:
            for server in trunk.all_servers:
                for ip in self._addresses.get(server.host, ()):
                    others = self._by_ip.setdefault(ip, [])
                    others.append((trunk, server))
                    first = others[0]
                    if first[0] is not trunk and _same_door(first[1], server):
                        log.warning(
                            "two trunks have one address", address=ip, first=first[0].key, other=trunk.key
                        )
        hosts = {(key, one.ip, one.port) for key in self._trunks for one in self.destinations(key)}
        self._silent &= hosts


def server_uri(server: ServerAddress, user: str = "") -> str:
    """`sip:+4930123@carrier.example:5062;transport=tcp`: the port and transport where they say anything."""
    port = server.port if server.port_is_named else None
    params = () if server.transport == "udp" else (("transport", server.transport),)
    return str(Uri("sip", user, server.host, port, params))


def _same_door(here: ServerAddress, there: ServerAddress) -> bool:
    return not (here.port_is_named and there.port_is_named and here.port != there.port)


def _literal(host: str) -> str:
    """The address that the host is, without brackets; empty for a name."""
    try:
        return _canonical(host.strip("[]"))
    except ValueError:
        return ""


def _canonical(text: str) -> str:
    return str(ip_address(text.partition("%")[0]))
