"""The way to the phones: NAT, names, firewall. From here these are hints, no proofs."""

import ipaddress
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator

from softswitch.cli.addresses import own_address
from softswitch.cli.checkup.finding import Finding, good, warning
from softswitch.config import Dialplan

NAT, NAME, FIREWALL = "NAT", "name", "firewall"
_PATIENCE = 3.0


def look_at_network(dialplan: Dialplan) -> Iterator[Finding]:
    """NAT, the domain's name, the firewall."""
    yield nat(dialplan, own_address())
    if is_local(dialplan):
        return
    if not _is_address(dialplan.domain):
        yield name(dialplan.domain, resolve(dialplan.domain), own_address())
    yield firewall(dialplan, rules())


def is_local(dialplan: Dialplan) -> bool:
    """Whether only programs on this machine reach the switch."""
    return all(listener.address.is_loopback for listener in dialplan.listen)


def _is_address(domain: str) -> bool:
    try:
        ipaddress.ip_address(domain.strip("[]"))
    except ValueError:
        return False
    return True


def nat(dialplan: Dialplan, address: str) -> Finding:
    """Whether phones elsewhere will be told an address that they can reach."""
    if is_local(dialplan):
        return good(NAT, "the switch listens on this machine only: no phone elsewhere can reach it")
    if dialplan.external_address is not None:
        return good(NAT, f"phones outside the local networks are told {dialplan.external_address}")
    if not ipaddress.ip_address(address).is_private:
        return good(NAT, f"this machine's address, {address}, is public")
    return warning(
        NAT,
        f"this machine's address, {address}, is private and external_address is not set",
        "phones outside this network would be told an address that they cannot reach: calls without sound",
        "set external_address to the router's public address; if all phones are in this network, all is well",
    )


def resolve(domain: str) -> list[str] | None:
    """The domain's addresses; None when DNS is slow."""
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(domain.strip("[]"), None))
        except (OSError, UnicodeError):
            found.clear()

    # getaddrinfo knows no deadline: a thread that nobody waits for does.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_PATIENCE)
    return None if asking.is_alive() else list(dict.fromkeys(found))


def name(domain: str, addresses: list[str] | None, own: str) -> Finding:
    """Whether phones can find the switch by its domain."""
    if addresses:
        return good(NAME, f"{domain} is {', '.join(addresses)}")
    return warning(
        NAME,
        f"no DNS server {'tells in time' if addresses is None else 'knows'} the address of {domain}",
        "phones that are given the domain only do not find the switch",
        f"add it to DNS, or give the phones {own} as their outbound proxy",
    )


def rules(run: Callable[..., subprocess.CompletedProcess[str]] = subprocess.run) -> str | None:
    """The firewall's rules as nftables or iptables print them; None if they cannot be read."""
    for command in (["nft", "list", "ruleset"], ["iptables-save"]):
        if shutil.which(command[0]) is None:
            continue
        try:
            done = run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0:
            return done.stdout
    return None


def firewall(dialplan: Dialplan, text: str | None) -> Finding:
    """Whether a firewall on this machine seems to be in the way."""
    ports = sorted({f"{listener.protocol} {listener.port}" for listener in dialplan.listen})
    wanted = f"{', '.join(ports)} and udp {dialplan.rtp.ports}"
    if text is None:
        return good(FIREWALL, f"its rules cannot be read from here; {wanted} must pass")
    drops = "policy drop" in text or ":INPUT DROP" in text or " reject" in text.lower()
    missing = [port for port in ports if port.split()[1] not in text]
    if drops and missing:
        return warning(
            FIREWALL,
            f"it drops packets, and its rules do not name {', '.join(missing)}",
            "phones may not reach the switch, or not be heard",
            f"let {wanted} pass",
        )
    return good(FIREWALL, f"no rule of this machine seems to be in the way; {wanted} must pass")
