"""The 49 messages of RFC 4475, what it says about each, and what the switch answers.

They are here as the RFC prints them, byte for byte, in `messages/` (§3.1.1.11's certificate apart: other
octets of the same length). The switch under test serves their domain, example.com.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

_MESSAGES: Final = Path(__file__).parent / "messages"
SILENCE: Final = 0

Stream = Literal["in step", "waiting", "closed"]
"""What becomes of a TCP connection: read on, in want of the rest of the message, or closed as out of step."""


@dataclass(frozen=True, slots=True)
class Case:
    """One message. Statuses are those of the answers, `SILENCE` for none."""

    name: str
    section: str
    wants: str
    """What the RFC wants of somebody like us."""
    udp: tuple[int, ...]
    """What we answer to a stranger; the first for the message's own Call-ID."""
    tcp: tuple[int, ...] | None = None
    """The same over TCP when it differs."""
    stream: Stream = "in step"
    proved: int | None = None
    """What we answer when it comes with the credentials of an extension; None where that shows no more."""

    @property
    def data(self) -> bytes:
        """The bytes."""
        return (_MESSAGES / f"{self.name}.dat").read_bytes()

    def __str__(self) -> str:
        return self.name


CASES: Final = (
    Case("wsinv", "3.1.1.1", "valid; its To has a tag, so it is of a dialog: 481", (481,), proved=481),
    Case("intmeth", "3.1.1.2", "valid; unknown method: 405 or 501", (401,), proved=405),
    Case("esc01", "3.1.1.3", "valid; the user is sips:user@example.com", (401,), proved=404),
    Case("escnull", "3.1.1.4", "valid; null octets in users", (401,), proved=200),
    Case("esc02", "3.1.1.5", "valid; RE%47IST%45R is not REGISTER: 405 or 501", (401,), proved=405),
    Case("lwsdisp", "3.1.1.6", "to be taken as well formed", (200,)),
    Case("longreq", "3.1.1.7", "valid; everything is long", (401,), proved=404),
    Case("dblreq", "3.1.1.8", "REGISTER; what follows in the datagram is ignored", (401,), tcp=(401, 401),
         stream="waiting"),
    Case("semiuri", "3.1.1.9", "valid; the user holds a semicolon", (200,)),
    Case("transports", "3.1.1.10", "valid; Vias of known and unknown transports", (200,)),
    Case("mpart01", "3.1.1.11", "valid MESSAGE with a binary multipart body", (401,), proved=405),
    Case("unreason", "3.1.1.12", "valid response, to nobody here: dropped", (SILENCE,)),
    Case("noreason", "3.1.1.13", "valid response without a phrase, to nobody here: dropped", (SILENCE,)),
    Case("badinv01", "3.1.2.1", "400", (400,)),
    Case("clerr", "3.1.2.2", "UDP: 400; TCP: the rest is waited for", (400,), tcp=(SILENCE,),
         stream="waiting"),
    Case("ncl", "3.1.2.3", "400; TCP: and close", (400,), stream="closed"),
    Case("scalar02", "3.1.2.4", "400", (400,)),
    Case("scalarlg", "3.1.2.5", "response out of range: dropped", (SILENCE,)),
    Case("quotbal", "3.1.2.6", "400, or guess", (400,)),
    Case("ltgtruri", "3.1.2.7", "400, or ignore the brackets", (400,)),
    Case("lwsruri", "3.1.2.8", "400, or ignore the space", (400,)),
    Case("lwsstart", "3.1.2.9", "400, or ignore the spaces", (400,)),
    Case("trws", "3.1.2.10", "400, or ignore the spaces", (400,)),
    Case("escruri", "3.1.2.11", "400, or ignore the headers in the URI", (401,), proved=404),
    Case("baddate", "3.1.2.12", "400, or ignore the Date", (401,), proved=404),
    Case("regbadct", "3.1.2.13", "400, or guess", (400,)),
    Case("badaspec", "3.1.2.14", "400, or ignore the spaces", (200,)),
    Case("baddn", "3.1.2.15", "400, or guess", (200,)),
    Case("badvers", "3.1.2.16", "505", (505,)),
    Case("mismatch01", "3.1.2.17", "400", (400,)),
    Case("mismatch02", "3.1.2.18", "400 or 501", (400,)),
    Case("bigcode", "3.1.2.19", "response out of range: dropped", (SILENCE,)),
    Case("badbranch", "3.2.1", "the branch counts as none; answered", (200,)),
    Case("insuf", "3.3.1", "400 with what there is", (400,)),
    Case("unkscm", "3.3.2", "416", (416,)),
    Case("novelsc", "3.3.3", "416", (416,)),
    Case("unksm2", "3.3.4", "400 or 404: we have no such address of record", (401,), proved=400),
    Case("bext01", "3.3.5", "420 that names both", (420,)),
    Case("invut", "3.3.6", "415 with Accept", (401,), proved=415),
    Case("regaut01", "3.3.7", "401: credentials of an unknown scheme are none", (401,), proved=200),
    Case("multi01", "3.3.8", "400", (400,)),
    Case("mcl01", "3.3.9", "400", (400,), stream="waiting"),
    Case("bcast", "3.3.10", "response with another's Via below: dropped", (SILENCE,)),
    Case("zeromf", "3.3.11", "answered, since we are its end", (200,)),
    Case("cparam01", "3.3.12", "the contact is bound without the parameter", (401,), proved=200),
    Case("cparam02", "3.3.13", "the contact is bound with the parameter", (401,), proved=200),
    Case("regescrt", "3.3.14", "the contact is bound, without its Route", (401,), proved=200),
    Case("sdp01", "3.3.15", "406, or 400", (401,), proved=406),
    Case("inv2543", "3.4.1", "taken, as from an old phone; TCP: 400, it has no Content-Length", (401,),
         tcp=(400,), stream="closed", proved=400),
)  # fmt: skip
