"""Whether a call is recorded: people first, then the number, the department, the direction."""

import pytest

from tests.routing.company import company

PLAN = """\
domain: office.example
extensions:
  101: {password: geheimnis-1, record: never}
  102: {password: geheimnis-2}
  103: {password: geheimnis-3, record: always}
  104: {password: geheimnis-4}
departments:
  sales: {members: [102], record: on demand}
numbers: {"+4930123450": sales, "+4930123451": 104}
recording: {calls_in: always, calls_out: on demand from start, numbers: {"+4930123451": never}}
trunks:
  carrier: {server: 203.0.113.9}
"""


@pytest.mark.parametrize(
    ("inside", "arrived", "direction", "when"),
    [
        (("104",), "4930123450", "in", "always"),
        (("104",), "4930123451", "in", "never"),
        (("104",), "", "out", "on demand from start"),
        (("104", "105"), "", "inside", "never"),
        (("102",), "+4930123450", "in", "on demand"),
        (("101",), "+4930123450", "in", "never"),
        (("101", "103"), "", "inside", "always"),
        (("101", "102"), "", "inside", "never"),
        ((), "+4930123450", "in", "always"),
    ],
)
def test_the_most_special_holds(inside: tuple[str, ...], arrived: str, direction: str, when: str) -> None:
    assert company(PLAN).when_recorded(inside, arrived, direction) == when


def test_where_none_is_recorded_no_call_is_looked_at() -> None:
    assert company().when_recorded(("101", "102"), "", "inside") == "never"
