"""Paging groups in the file."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load_text

HEAD = """\
domain: office.example
extensions:
  101: {name: Anna, password: geheimnis-1}
"""


@pytest.mark.parametrize(
    ("rest", "path", "message"),
    [
        ('paging: {790: {members: ["109"]}}', "paging.790.members", "this is no extension of the file"),
        (
            "parking: {announce: 791}\npaging: {790: {members: [101]}}",
            "parking.announce",
            "this is no paging group of the file",
        ),
        ("paging: {101: {members: [101]}}", "paging.101", "is the extension of Anna"),
        ("paging: {790: {members: []}}", "paging.790.members", ""),
    ],
)
def test_what_leads_nowhere_is_told(rest: str, path: str, message: str) -> None:
    with pytest.raises(DialplanError) as raised:
        load_text(HEAD + rest, Path("/nowhere/office.yaml"), {})
    (problem,) = raised.value.problems
    assert path in str(problem.path)
    assert message in problem.message


def test_a_good_group_says_nothing() -> None:
    plan = load_text(
        HEAD + "paging: {790: {members: [101]}}\nparking: {announce: 790}", Path("/nowhere/office.yaml"), {}
    )
    assert plan.paging["790"].members == ("101",)
    assert plan.parking.announce == "790"
