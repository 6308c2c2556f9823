"""Ranges of ports: `10000-19999`."""

import re
from dataclasses import dataclass
from typing import ClassVar

from softswitch.config.from_text import FromText
from softswitch.config.refusal import refusal

PATTERN = r"^[0-9]{1,5}-[0-9]{1,5}$"


@dataclass(frozen=True, slots=True)
class PortRange(FromText):
    """UDP ports from `first` to `last`, both included."""

    SCHEMA: ClassVar = {"type": "string", "pattern": PATTERN}

    first: int
    last: int

    @property
    def pairs(self) -> int:
        """How many RTP sessions fit: an even port and the odd one above it each (RFC 3550 §11)."""
        return max(0, (self.last + 1) // 2 - (self.first + 1) // 2)

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    @staticmethod
    def parse(value: object) -> "PortRange":
        """A range from its text. Refuses ports outside 1 to 65535 and ranges without a pair."""
        if isinstance(value, PortRange):
            return value
        if not isinstance(value, str) or not re.fullmatch(PATTERN[1:-1], value):
            raise refusal("this is not a range of ports", "write it like 10000-19999")
        first, last = (int(port) for port in value.split("-"))
        if not (1 <= first <= 65535 and 1 <= last <= 65535):
            raise refusal("a port is out of bounds", "write ports from 1 to 65535")
        if first > last:
            raise refusal("the range is reversed", f"did you mean {f'{last}-{first}'!r}?")
        found = PortRange(first, last)
        if not found.pairs:
            raise refusal(
                "no RTP session fits this range", "a session takes an even port and the odd one above it"
            )
        return found
