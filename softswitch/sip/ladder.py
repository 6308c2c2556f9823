"""SIP ladders: the captured messages of one call, in order, for an operator's eyes."""

import re
import struct
from dataclasses import dataclass
from typing import Final

# record_header in pjsip/tap/capture.c.
_HEADER: Final = struct.Struct("<QIHBB48s")
_TRANSPORTS: Final = {1: "udp", 2: "tcp", 3: "tls"}
_SECRET: Final = re.compile(
    # A header may go on in folded lines (RFC 3261 §7.3.1); `k=` and a=crypto hold keys of the media.
    rb"^((?:Proxy-)?Authorization|WWW-Authenticate|Proxy-Authenticate)\s*:.*(?:\n[ \t].*)*"
    rb"|^(a=crypto|k=).*$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it was on the wire, without credentials and media keys."""

    at: float
    """Seconds since the epoch."""
    sent: bool
    """True when the switch sent it."""
    transport: str
    peer: str
    """IP:port of the other side."""
    text: str

    @property
    def start_line(self) -> str:
        """The request or status line."""
        return self.text.partition("\n")[0].strip()

    @property
    def title(self) -> str:
        """What a ladder shows: the method, or status and reason with the method that it answers."""
        line = self.start_line
        if not line.startswith("SIP/2.0 "):
            return line.partition(" ")[0] + (" (SDP)" if self.has_sdp else "")
        cseq = self.header("CSeq").partition(" ")[2]
        return f"{line[8:]} ({cseq}{', SDP' if self.has_sdp else ''})"

    @property
    def has_sdp(self) -> bool:
        """True when it carries a session description."""
        return "\nv=0" in self.text

    def header(self, name: str) -> str:
        """The first header of that name, long form; empty when there is none."""
        match = re.search(rf"^{re.escape(name)}\s*:(.*)$", self.text, re.IGNORECASE | re.MULTILINE)
        return match.group(1).strip() if match else ""

    @property
    def call_id(self) -> str:
        """The dialog's Call-ID."""
        return self.header("Call-ID") or self.header("i")


def parse_capture(data: bytes) -> list[Message]:
    """The records that the tap's ring gave, in its order."""
    messages = []
    position = 0
    while position + _HEADER.size <= len(data):
        microseconds, length, port, sent, transport, peer = _HEADER.unpack_from(data, position)
        start = position + _HEADER.size
        text = _SECRET.sub(rb"\1\2: (not shown)", data[start : start + length])
        ip = peer.partition(b"\0")[0].decode("ascii", "replace")
        messages.append(
            Message(
                at=microseconds / 1e6,
                sent=bool(sent),
                transport=_TRANSPORTS.get(transport, "?"),
                peer=f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}",
                text=text.decode("utf-8", "backslashreplace").replace("\r\n", "\n"),
            )
        )
        position = (start + length + 7) & ~7
    return messages
