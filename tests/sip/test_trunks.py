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
    lines = "".join(f'  {key}: {{server: "{server}"}}\n' for key, server in servers.items())
    listen = (
        "listen: [udp://0.0.0.0:5060, tcp://0.0.0.0:5060, tls://0.0.0.0:5061]\ntls: {certificate: auto}\n"
    )
    text = f"{listen}domain: office.example\nextensions: {{101: {{password: geheimnis-1}}}}\ntrunks:\n{lines}"
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
