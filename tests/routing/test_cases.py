"""Which case of a scenario's branch a value is."""

import pytest

from softswitch.routing.cases import case_of

LISTS = {"friends": ["+491711234567", "+44*"]}
CASES = {"night": "a", "friends": "b", "+49*": "c", "anonymous": "d", "": "e"}


@pytest.mark.parametrize(
    ("value", "leads"),
    [
        ("night", "a"),
        ("Night", "a"),
        ("+491711234567", "b"),
        ("00491711234567", "b"),
        ("+4420", "b"),
        ("+4930", "c"),
        ("anonymous", "d"),
        ("", "e"),
        ("day", None),
        ("friends", None),
    ],
)
def test_the_first_case_that_fits(value: str, leads: str | None) -> None:
    assert case_of(value, CASES, LISTS) == leads
