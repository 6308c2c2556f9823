"""Calls that nobody takes and that are sent round are warned of."""

from pathlib import Path

import pytest

from softswitch.config import load_text
from softswitch.config.then_checks import check_then

TEXT = """\
version: 1
domain: office.example
extensions:
  101: {{password: ikuJ3hee4xoo}}
  102: {{password: ikuJ3hee4xoo}}
departments:
  sales: {{number: 200, members: [101], then: {sales}}}
  support: {{number: 201, members: [102], then: {support}}}
announcements:
  closed: {{say: We are closed., then: {closed}}}
"""


def told(sales: str, support: str, closed: str = "hang up") -> list[tuple[str, str]]:
    text = TEXT.format(sales=sales, support=support, closed=closed)
    plan = load_text(text.replace(", then: hang up", ""), Path("office.yaml"), {})
    return [(".".join(map(str, one.path)), one.message.partition(": ")[2]) for one in check_then(plan)]


@pytest.mark.parametrize(
    ("sales", "support", "closed", "circle"),
    [
        ("support", "sales", "hang up", ("departments.sales.then", "sales - support - sales")),
        ("201", "200", "hang up", ("departments.sales.then", "sales - support - sales")),
        ("support", "closed", "sales", ("departments.sales.then", "sales - support - closed - sales")),
    ],
)
def test_a_circle(sales: str, support: str, closed: str, circle: tuple[str, str]) -> None:
    assert told(sales, support, closed) == [circle]


def test_ways_that_end() -> None:
    assert told("support", "closed") == []
    assert told("101", "sales") == []
