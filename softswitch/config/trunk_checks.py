"""Whether trunks and offices can be reached, and told from each other."""

from collections.abc import Iterator
from ipaddress import ip_address
from itertools import combinations
from typing import Final

from softswitch.config.addresses import Network
from softswitch.config.dialplan import Dialplan
from softswitch.config.problems import Finding, KeyPath, Severity
from softswitch.config.server_address import ServerAddress
from softswitch.config.trunk import Line

_LEAST: Final = {4: 8, 6: 16}
"""Bits of a network that may belong to one carrier."""


def check_trunk_addresses(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds two trunks at one address: who calls from there would be both."""
    for (first, one), (key, other) in combinations(dialplan.lines_out.items(), 2):
        for path, there in servers_of(dialplan, key, other):
            if any(_one_door(here, there) for here in one.all_servers):
                yield Finding(
                    path,
                    f"the trunk {first} has this address already: nobody could tell their calls apart",
                    "name another server, or another port at both",
                    value=str(there),
                )
        yield from _shared_networks(dialplan, first, one, key, other)
    for key, line in dialplan.lines_out.items():
        yield from _too_wide(dialplan, key, line)


def check_trunk_transports(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds trunks that no listener could reach."""
    offered = {listener.transport for listener in dialplan.listen}
    for key, line in dialplan.lines_out.items():
        for path, server in servers_of(dialplan, key, line):
            if server.transport not in offered:
                yield Finding(
                    path,
                    f"no listener speaks {server.transport}",
                    f"add one to listen, or end the server with /{' or /'.join(sorted(offered))}",
                    value=str(server),
                )


def check_trunk_servers(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds accounts that would stay at a server that is gone."""
    for key, line in dialplan.lines_out.items():
        if len(line.servers) > 1 and line.user is not None and line.qualify is None:
            yield Finding(
                (*_path(dialplan, key), "qualify"),
                "without it nobody learns which of the servers answers, and the account stays at the first",
                "delete it, or name one server",
                value="off",
            )


def servers_of(dialplan: Dialplan, key: str, line: Line) -> Iterator[tuple[KeyPath, ServerAddress]]:
    """Each server, with where it stands in the file."""
    path = _path(dialplan, key)
    if not line.servers:
        yield (*path, "server"), line.server
    for index, server in enumerate(line.servers):
        yield (*path, "servers", index), server


def _path(dialplan: Dialplan, key: str) -> KeyPath:
    return "offices" if key in dialplan.offices else "trunks", key


def _one_door(here: ServerAddress, there: ServerAddress) -> bool:
    apart = here.port_is_named and there.port_is_named and here.port != there.port
    return here.host.casefold() == there.host.casefold() and not apart


def _shared_networks(dialplan: Dialplan, first: str, one: Line, key: str, other: Line) -> Iterator[Finding]:
    """A server that is named goes first; two networks, or a network and a neighbour's server, are unclear."""
    for index, network in enumerate(other.addresses):
        shared = any(network.overlaps(theirs) for theirs in one.addresses if _alike(network, theirs))
        if shared:
            yield Finding(
                (*_path(dialplan, key), "addresses", index),
                f"the trunk {first} has some of these addresses already: nobody could tell their calls apart",
                "write smaller networks",
                value=str(network),
            )
    for (whose, line), (_, neighbour) in (((key, other), (first, one)), ((first, one), (key, other))):
        for index, network in enumerate(line.addresses):
            if any(_within(server, network) for server in neighbour.all_servers):
                yield Finding(
                    (*_path(dialplan, whose), "addresses", index),
                    "the server of another trunk is among these: its calls stay that trunk's",
                    "write smaller networks, if that is not meant",
                    value=str(network),
                    severity=Severity.WARNING,
                )


def _too_wide(dialplan: Dialplan, key: str, line: Line) -> Iterator[Finding]:
    for index, network in enumerate(line.addresses):
        path = (*_path(dialplan, key), "addresses", index)
        if network.prefixlen < _LEAST[network.version]:
            yield Finding(
                path,
                "half the world is in this network, and would be believed to be this carrier",
                "write the networks that the carrier names",
                value=str(network),
            )
        elif network.num_addresses > 1 and any(
            network.overlaps(local) for local in dialplan.local_networks if _alike(network, local)
        ):
            yield Finding(
                path,
                "this network is local: phones in it would be taken for the carrier when they call",
                "write single addresses, such as 192.168.1.5/32",
                value=str(network),
                severity=Severity.WARNING,
            )


def _alike(one: Network, other: Network) -> bool:
    return one.version == other.version


def _within(server: ServerAddress, network: Network) -> bool:
    try:
        address = ip_address(server.host.strip("[]"))
    except ValueError:
        return False  # a name: what it is nobody knows here
    return address in network
