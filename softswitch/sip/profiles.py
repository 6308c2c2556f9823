"""What we tell a far end of ourselves: Contact, SDP address, SRTP and session timers, as pjsua accounts.

pjsua keeps those per account, so there is one account for each combination that occurs, made at first use.
"""

import socket
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final

from softswitch.sip import tap
from softswitch.sip.credentials import Credentials
from softswitch.sip.settings import EngineSettings, ListenerSettings
from softswitch.sip.tap import lib

SRTP: Final = {"off": 0, "optional": 1, "required": 2}
"""pjmedia_srtp_use: optional offers RTP/AVP with keys and takes both, required knows only RTP/SAVP."""
_TRANSPORT_PARAM: Final = {"udp": "", "tcp": ";transport=tcp", "tls": ";transport=tls"}
_SELF: Final = "softswitch"
_WILDCARDS: Final = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


def bracketed(address: str) -> str:
    """An IP literal as it stands in a URI."""
    return f"[{address}]" if ":" in address else address


def local_address_towards(address: str) -> str:
    """Our address on the way to another one, as the kernel would route it. Sends nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
        except OSError:
            return "::1" if family == socket.AF_INET6 else "127.0.0.1"
        return str(probe.getsockname()[0])


class Profiles:
    """The accounts in use."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self._accounts: dict[tuple[int, str, str, Credentials | None], int] = {}
        self._dropped: set[int] = set()
        self._hosts: dict[tuple[int, str], str] = {}

    def take(self, settings: EngineSettings) -> None:
        """Other local networks: who is told which address is decided anew. Nothing else may differ."""
        self._settings = settings
        self._hosts.clear()

    def keep_credentials(self, wanted: Collection[Credentials]) -> None:
        """Give up the accounts of all others, as soon as their last call is over."""
        for key, account in list(self._accounts.items()):
            if key[-1] is not None and key[-1] not in wanted:
                del self._accounts[key]
                self._dropped.add(account)
        self._tidy()

    def account(self, listener: int, peer: str, srtp: str, credentials: Credentials | None = None) -> int:
        """The account for a far end at IP `peer`, over one of our listeners. Raises EngineFailure.

        `credentials` answer whoever asks for proof in its calls.
        """
        host = self._hosts.get((listener, peer)) or self._host(listener, peer)
        key = (listener, host, srtp, credentials)
        found = self._accounts.get(key)
        if found is None:
            found = self._accounts[key] = self._add(listener, host, srtp, credentials)
        return found

    def contact(self, listener: int, peer: str, user: str) -> str:
        """Where a far end at IP `peer` reaches us as `user`."""
        host = self._hosts.get((listener, peer)) or self._host(listener, peer)
        return contact(self._settings.listeners[listener], host, lib.tap_listener_port(listener), user)

    def _tidy(self) -> None:
        self._dropped = {account for account in self._dropped if lib.tap_account_drop(account) != 0}

    def _host(self, listener: int, peer: str) -> str:
        """The address of ours that the far end should send to."""
        bound = self._settings.listeners[listener]
        external = self._settings.external_address
        peer_address = ip_address(peer)
        if external and not any(peer_address in network for network in self._settings.local_networks):
            host = external
        elif bound.address in _WILDCARDS:
            host = local_address_towards(peer)
        else:
            host = bound.address
        if len(self._hosts) > 10_000:
            self._hosts.clear()
        self._hosts[listener, peer] = host
        return host

    def _add(self, listener: int, host: str, srtp: str, credentials: Credentials | None) -> int:
        self._tidy()
        settings, bound = self._settings, self._settings.listeners[listener]
        first, last = settings.rtp_ports
        user = credentials.user if credentials else _SELF
        account = lib.tap_account_add(
            f"<sip:{_SELF}@{bracketed(host)}>".encode(),
            contact(bound, host, lib.tap_listener_port(listener), user).encode(),
            listener if bound.transport == "udp" else -1,
            ":" in bound.address,
            host.encode(),
            b"" if bound.address in _WILDCARDS else bound.address.encode(),
            first,
            last - first,
            SRTP[srtp],
            settings.session_expires,
            settings.min_session_expires,
            credentials.user.encode() if credentials else b"",
            credentials.password.encode() if credentials else b"",
        )
        if account < 0:
            raise tap.error("add account", -account)
        return int(account)


def contact(bound: ListenerSettings, host: str, port: int, user: str = _SELF) -> str:
    """Where in-dialog requests shall come (RFC 3261 §8.1.1.8)."""
    return f"<sip:{user}@{bracketed(host)}:{port}{_TRANSPORT_PARAM[bound.transport]}>"
