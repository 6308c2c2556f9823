"""Which trunk is at which address: literals at once, names as the resolver says, spoofed ones never."""

import socket
from pathlib import Path

import pytest

from softswitch.config import Trunk, load_text
from softswitch.sip.source import Source
from softswitch.sip.trunks import Trunks, resolve


class Names:
    """A resolver that answers by heart; a name that it does not know is none."""

    def __init__(self, **names: tuple[str, ...]) -> None:
        self.names = {name.replace("_", "."): addresses for name, addresses in names.items()}
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append((host, port))
        if host not in self.names:
            raise OSError("Name or service not known")
        return self.names[host]


def trunks(**servers: str) -> dict[str, Trunk]:
    """Trunks by key and server."""
    return trunks_of("\n  ".join(f'{key}: {{server: "{server}"}}' for key, server in servers.items()))


def trunks_of(lines: str) -> dict[str, Trunk]:
    """Trunks as the file writes them."""
    listen = (
        "listen: [udp://0.0.0.0:5060, tcp://0.0.0.0:5060, tls://0.0.0.0:5061]\ntls: {certificate: auto}\n"
    )
    text = f"{listen}domain: office.example\nextensions: {{101: {{password: geheimnis-1}}}}\n"
    text += f"trunks:\n  {lines}\n"
    return dict(load_text(text, Path("/nowhere.yaml"), {}).trunks)


def source(ip: str, port: int = 5060, transport: str = "udp") -> Source:
    """Where a packet comes from."""
    return Source(ip, port, transport)


async def test_a_literal_holds_at_once() -> None:
    known = Trunks(trunks(line="203.0.113.9", six="[2001:DB8::1]"), Names())
    assert known.at(source("203.0.113.9", 40000)) == "line"
    assert known.at(source("2001:db8::1")) == "six"
    assert known.at(source("203.0.113.8")) == ""
    destination = known.destination("six", "+4930")
    assert destination is not None
    assert (destination.uri, destination.ip) == ("sip:+4930@[2001:db8::1]", "2001:db8::1")


async def test_a_named_port_counts_for_udp_and_not_for_connections() -> None:
    known = Trunks(trunks(one="203.0.113.9:5060", two="203.0.113.9:5080"), Names())
    assert known.at(source("203.0.113.9", 5060)) == "one"
    assert known.at(source("203.0.113.9", 5080)) == "two"
    assert known.at(source("203.0.113.9", 5070)) == ""
    assert known.at(source("203.0.113.9", 40000, "tcp")) == "one"
    destination = known.destination("two", "123")
    assert destination is not None
    assert destination.uri == "sip:123@203.0.113.9:5080"


@pytest.mark.parametrize(
    ("server", "admitted"),
    [
        ("203.0.113.9/udp", ("udp", "tcp", "tls")),
        ("203.0.113.9/tcp", ("tcp", "tls")),
        ("203.0.113.9/tls", ("tls",)),
    ],
)
async def test_nothing_weaker_than_its_transport_is_believed(server: str, admitted: tuple[str, ...]) -> None:
    known = Trunks(trunks(line=server), Names())
    for transport in ("udp", "tcp", "tls", ""):
        assert known.at(source("203.0.113.9", 5060, transport)) == ("line" if transport in admitted else "")


async def test_the_systems_resolver_is_asked_in_a_thread() -> None:
    assert "127.0.0.1" in await resolve("localhost", 5060)
    with pytest.raises(socket.gaierror):
        await resolve("name.invalid", 5060)


async def test_a_name_is_resolved_and_followed() -> None:
    names = Names(sip_carrier_example=("203.0.113.9", "203.0.113.10"))
    known = Trunks(trunks(line="sip.carrier.example:5070"), names)
    assert known.at(source("203.0.113.9", 5070)) == ""
    assert known.destination("line") is None
    told = []
    known.on_change = lambda: told.append(known.addresses("line"))
    assert await known.resolve_names()
    assert names.asked == [("sip.carrier.example", 5070)]
    assert known.at(source("203.0.113.10", 5070)) == "line"
    assert [one.ip for one in known.destinations("line")] == ["203.0.113.9", "203.0.113.10"]
    # The same addresses in another order: the one that is called stays.
    names.names["sip.carrier.example"] = ("203.0.113.10", "203.0.113.9")
    await known.resolve_names()
    assert known.addresses("line")[0] == "203.0.113.9"
    names.names["sip.carrier.example"] = ("203.0.113.11",)
    await known.resolve_names()
    assert known.at(source("203.0.113.9", 5070)) == ""
    assert known.at(source("203.0.113.11", 5070)) == "line"
    assert told == [("203.0.113.9", "203.0.113.10"), ("203.0.113.11",)]


async def test_a_name_that_does_not_resolve_keeps_what_it_had() -> None:
    names = Names(sip_carrier_example=("203.0.113.9",))
    known = Trunks(trunks(line="sip.carrier.example", gone="none.example"), names)
    assert not await known.resolve_names()
    failure = known.last_failure("gone")
    assert failure is not None
    assert "none.example cannot be resolved" in failure.text
    names.names.clear()
    assert not await known.resolve_names()
    assert known.at(source("203.0.113.9")) == "line"


async def test_a_reload_keeps_the_addresses_of_names_that_stay() -> None:
    known = Trunks(trunks(line="sip.carrier.example"), Names(sip_carrier_example=("203.0.113.9",)))
    await known.resolve_names()
    known.take(trunks(renamed="sip.carrier.example", other="203.0.113.20"))
    assert known.at(source("203.0.113.9")) == "renamed"
    assert known.at(source("203.0.113.20")) == "other"
    assert known.get("line") is None
    known.take({})
    assert known.at(source("203.0.113.9")) == ""
    assert known.all == ()


async def test_two_names_at_one_address_go_to_the_first() -> None:
    names = Names(a_example=("203.0.113.9",), b_example=("203.0.113.9",))
    known = Trunks(trunks(one="a.example", two="b.example"), names)
    await known.resolve_names()
    assert known.at(source("203.0.113.9")) == "one"


async def test_several_servers_are_called_in_order_and_the_silent_ones_last() -> None:
    plan = trunks_of("line: {servers: [sip.carrier.example, '203.0.113.20:5070/tcp']}")
    known = Trunks(plan, Names(sip_carrier_example=("203.0.113.9", "203.0.113.10")))
    assert [one.ip for one in known.destinations("line")] == ["203.0.113.20"]
    await known.resolve_names()
    first, second, third = known.destinations("line", "+4930")
    assert (first.ip, second.ip, third.ip) == ("203.0.113.9", "203.0.113.10", "203.0.113.20")
    assert third.uri == "sip:+4930@203.0.113.20:5070;transport=tcp"
    assert known.addresses("line") == (first.ip, second.ip, third.ip)
    assert known.at(source("203.0.113.20", 40000, "tcp")) == "line"
    moved = []
    known.on_change = lambda: moved.append(known.destinations("line")[0].ip)
    known.answers("line", first, there=False)
    known.answers("line", third, there=False)
    assert [one.ip for one in known.destinations("line")] == [second.ip, first.ip, third.ip]
    known.answers("line", second, there=False)
    assert known.destination("line") is not None, "where none answers, the first is tried all the same"
    known.answers("line", second, there=True)
    known.answers("line", first, there=True)
    assert moved == [second.ip, first.ip, second.ip, first.ip]
    known.take(plan)
    assert known.destinations("line")[-1].ip == third.ip


async def test_calls_come_in_from_its_other_addresses_too() -> None:
    one = "a: {server: 203.0.113.9, addresses: [198.51.100.0/28, '2001:db8::/48']}"
    known = Trunks(trunks_of(f"{one}\n  b: {{server: 198.51.100.3/tls}}"), Names())
    assert known.at(source("198.51.100.7", 40000)) == "a"
    assert known.at(source("2001:db8::7", 40000, "tcp")) == "a"
    assert known.at(source("198.51.100.16")) == ""
    # A server that is named goes before a network, over a transport that is believed.
    assert known.at(source("198.51.100.3", 5061, "tls")) == "b"
    assert known.at(source("198.51.100.3")) == "a"
    for last in range(1, 250):
        assert known.at(source(f"192.0.2.{last}")) == ""
    known.take(trunks_of("c: {server: 203.0.113.9, addresses: [192.0.2.0/24]}"))
    assert known.at(source("192.0.2.7")) == "c"
    assert known.at(source("198.51.100.7")) == ""
