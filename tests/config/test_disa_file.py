"""The way out by pin, in the file."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, compare, load_text

FILE = Path("/nowhere/office.yaml")
PLAN = """\
domain: office.example
extensions: {{101: {{name: Anna, password: geheimnis-1{pin}}}}}
{rest}
"""


def told(pin: str, rest: str) -> list[str]:
    try:
        plan = load_text(PLAN.format(pin=pin, rest=rest), FILE, {})
    except DialplanError as error:
        return [str(one) for one in error.problems]
    return [str(one) for one in plan.warnings]


def test_it_is_off_where_the_file_is_silent() -> None:
    assert load_text(PLAN.format(pin="", rest=""), FILE, {}).disa is None
    assert told(", disa_pin: 482913", "disa: {number: 399}") == []


@pytest.mark.parametrize(
    ("pin", "rest", "problem"),
    [
        ("", "disa: {number: 399}", "no extension has a pin for it"),
        (", disa_pin: 482913", "disa: {}", "no call ever comes"),
        (", disa_pin: 482913", "", "there is no disa in the file"),
        (", disa_pin: 4829", "disa: {number: 399}", "shorter than 6 digits"),
        (", disa_pin: 555555", "disa: {number: 399}", "or one digit"),
        (", disa_pin: 910191", "disa: {number: 399}", "number of the extension"),
        (", disa_pin: 48ab", "disa: {number: 399}", "this is not a pin"),
        (", disa_pin: 482913", "disa: {number: 399, lock_for: 1s}", "out of bounds"),
    ],
)
def test_what_is_wrong_is_told_without_the_pin(pin: str, rest: str, problem: str) -> None:
    found = told(pin, rest)
    assert any(problem in one for one in found), found
    secret = pin.rpartition(" ")[2]
    assert not secret or not any(secret in one for one in found)


def test_a_changed_pin_is_told_without_its_value() -> None:
    one = load_text(PLAN.format(pin=", disa_pin: 482913", rest="disa: {number: 399}"), FILE, {})
    other = load_text(PLAN.format(pin=", disa_pin: 771204", rest="disa: {number: 399}"), FILE, {})
    assert not any("771204" in sentence or "482913" in sentence for sentence in compare(one, other).sentences)
