"""A company to route in, and what its switch knows."""

from pathlib import Path

from softswitch.config import load_text
from softswitch.routing import CallFacts, Router

DIALPLAN = """\
domain: office.example
extensions:
  101: {name: Anna, password: geheimnis-1}
  102: {name: Boris, password: geheimnis-2, rights: {outside: false}}
departments:
  sales: {name: Sales, members: [101, 102]}
conferences:
  800: {name: Monday}
numbers:
  "+4930123450": sales
  "4930123451": 101
  "+4930123459": 800
trunks:
  carrier:
    server: 203.0.113.9
    numbers: ["+4930123450", "4930123451", "+4930123459"]
    prefix: 9
    max_calls: 2
  backup: {server: sip.backup.example}
"""


def company(text: str = DIALPLAN) -> Router:
    """Its router."""
    return Router(load_text(text, Path("/nowhere/office.yaml"), {}))


def arriving(called: str, trunk: str = "carrier", caller: str = "+491711234567") -> CallFacts:
    """A call that has just come in."""
    return CallFacts(caller, called, trunk=trunk, arrives=True)
