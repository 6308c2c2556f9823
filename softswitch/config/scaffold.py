"""A fresh dialplan to begin with, its passwords random."""

import re
import secrets
from pathlib import Path

from softswitch.config.loader import load_text
from softswitch.config.parking import Parking
from softswitch.config.plain_data import scalar_value
from softswitch.config.problems import DialplanError
from softswitch.config.yaml_nodes import Position, Scalar

# No l, o, i, 0, 1: on paper they are mistaken for each other.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS = 4
GROUP_LENGTH = 4
MOST = 10_000

_HEAD = """\
# A dialplan: who is in the house, and how phones reach the switch.
# Check it with `softswitch check FILE`, take it into a running switch with `softswitch reload`.
# Its passwords stand here in clear: keep the file readable for the switch only (chmod 600).
version: 1

# The part after the @ in every extension's address, {first}@domain: a phone's "domain" or "server".
domain: {domain}
language: {language}        # of prompts
timezone: {timezone}

# Where SIP is taken. Add tls://0.0.0.0:5061 and `tls: {{certificate: auto}}` for encrypted signalling.
listen:
  - udp://0.0.0.0:5060
  - tcp://0.0.0.0:5060

# Behind NAT, the address by which the world reaches the switch:
# external_address: 203.0.113.7

# Fuller voices between phones with G.722 or Opus; narrowband carries several times the calls.
audio: wideband
codecs: [g722, opus, pcma, pcmu]

# The ports for sound; let them through the firewall, as well as those above.
rtp: {{ports: 10000-19999}}

# One line each: number, name, password; docs/dialplan.md has more settings.
extensions:
"""


def random_password() -> str:
    """Four groups of four letters and digits, 79 bits: strong, and easily typed on a phone's keys."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def scaffold(
    count: int,
    domain: str,
    first: str | int = 101,
    *,
    language: str = "en",
    timezone: str = "UTC",
) -> str:
    """The text of a commented dialplan with `count` extensions from `first` on; it loads without a warning.

    A `first` given as text keeps its leading zeros. Raises ValueError when this makes no valid dialplan.
    """
    start = str(first)
    if not 1 <= count <= MOST:
        raise ValueError(f"{count} extensions cannot be made; ask for 1 to {MOST}")
    if not (start.isascii() and start.isdigit()):
        raise ValueError(f"{start!r} is not a number to count from; write digits, such as 101")
    numbers = [str(int(start) + index).zfill(len(start)) for index in range(count)]
    quote = _quoted(domain)
    text = _HEAD.format(domain=quote, first=start, language=_quoted(language), timezone=_quoted(timezone))
    for number in numbers:
        text += f"  {number}: {{name: Extension {number}, password: {random_password()}}}\n"
    parking = Parking()
    if not {parking.number, *parking.places}.isdisjoint(numbers):
        text += "\n# Its usual numbers, 700 to 720, are extensions here: give it others to park calls.\n"
        text += "parking: {number: off}\n"
    try:
        load_text(text, Path("dialplan.yaml"), {})
    except DialplanError as error:
        raise ValueError(
            "; ".join(f"{one.path}: {one.message}; {one.remedy}" for one in error.problems)
        ) from None
    return text


def _quoted(value: str) -> str:
    """A YAML scalar: plain where that is safe, else in single quotes."""
    if re.fullmatch("[A-Za-z][A-Za-z0-9./_-]*", value):
        plain = Scalar(Position(1, 1), value, plain=True)
        if isinstance(scalar_value(plain), str):
            return value
    return "'" + value.replace("'", "''") + "'"
