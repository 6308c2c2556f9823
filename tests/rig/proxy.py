"""A stateless proxy between phones and the switch, in every dialog's route (RFC 3261 §16.11), over UDP.

It knows nothing: what comes from the switch goes where the Request-URI says, all else goes to the switch.
"""

import asyncio
import hashlib
import re

_PORT = 5060
_VIA = re.compile(
    r"(?im)^via[ \t]*:[ \t]*SIP/2\.0/UDP[ \t]+(?P<host>[^\s:;,]+)(?::(?P<port>\d+))?(?P<rest>[^\r\n]*)"
)
_ROUTE = re.compile(r"(?im)^route[ \t]*:[^\r\n]*\r\n")
_HOPS = re.compile(r"(?im)^(max-forwards[ \t]*:[ \t]*)(\d+)")
_TO_TAG = re.compile(r"(?im)^(?:to|t)[ \t]*:[^\r\n]*;[ \t]*tag=")
_HOST = re.compile(r"sips?:(?:[^@\s>]*@)?([\d.]+)(?::(\d+))?")


class Proxy(asyncio.DatagramProtocol):
    """Take it from `start`; `close` ends it."""

    def __init__(self, address: str, switch: str) -> None:
        self.address = address
        self._switch = (switch, _PORT)
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def start(cls, address: str, switch: str) -> "Proxy":
        """Listens at `address`, port 5060; `switch` is the switch's address."""
        loop = asyncio.get_running_loop()
        transport, proxy = await loop.create_datagram_endpoint(
            lambda: cls(address, switch), local_addr=(address, _PORT)
        )
        proxy._transport = transport
        return proxy

    def close(self) -> None:
        """No message goes on from here."""
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, source: tuple[str, int]) -> None:
        text = data.decode("latin-1")
        if not text.strip() or self._transport is None:
            return
        message, target = self._response(text) if text.startswith("SIP/2.0 ") else self._request(text, source)
        self._transport.sendto(message.encode("latin-1"), target)

    def _response(self, text: str) -> tuple[str, tuple[str, int]]:
        """By the Via below ours (§16.11, §18.2.2)."""
        ours = _via(text)
        text = text[: ours.start()] + text[ours.end() + len("\r\n") :]
        below = _via(text)
        given = dict(re.findall(r";[ \t]*(received|rport)=([\d.]+)", below["rest"]))
        return text, (given.get("received", below["host"]), int(given.get("rport", below["port"] or _PORT)))

    def _request(self, text: str, source: tuple[str, int]) -> tuple[str, tuple[str, int]]:
        method, uri, _ = text.split(" ", 2)
        is_new = method in ("INVITE", "SUBSCRIBE") and not _TO_TAG.search(text)
        text = _HOPS.sub(lambda found: f"{found[1]}{int(found[2]) - 1}", text, count=1)
        route = _ROUTE.search(text)
        if route is not None and self.address in route[0]:
            text = text[: route.start()] + text[route.end() :]
        sender = _via(text)
        branch = hashlib.sha1(sender[0].encode("latin-1"), usedforsecurity=False).hexdigest()
        rest = re.sub(r";[ \t]*rport(?=[;\s]|$)", "", sender["rest"])
        came_from = f";received={source[0]};rport={source[1]}"
        marked = f"Via: SIP/2.0/UDP {sender['host']}:{sender['port'] or _PORT}{rest}{came_from}"
        ours = f"Via: SIP/2.0/UDP {self.address}:{_PORT};branch=z9hG4bK{branch}\r\n"
        if is_new:
            ours += f"Record-Route: <sip:{self.address};lr>\r\n"
        text = text[: sender.start()] + ours + marked + text[sender.end() :]
        if source != self._switch:
            return text, self._switch
        host = _HOST.match(uri)
        if host is None:
            raise ValueError(f"the switch sends {method} to {uri}, which the proxy cannot reach")
        return text, (host[1], int(host[2] or _PORT))


def _via(text: str) -> "re.Match[str]":
    """The topmost."""
    found = _VIA.search(text)
    if found is None:
        raise ValueError(f"a message without Via: {text[:80]!r}")
    return found
