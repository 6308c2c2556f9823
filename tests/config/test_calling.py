"""Rights to call outside: what the file can say, and what it is told."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load_text

GOOD = """\
domain: office.example
country: DE
area_code: 30
classes_of_service:
  staff: {outside: [local, national], deny: ["0900*"], pin: "4711", pin_for: [national]}
extensions:
  101: {password: geheimnis-1, class_of_service: staff, rights: {outside: on}}
  102: {password: geheimnis-2, rights: {outside: off, pickup: nobody}}
departments:
  sales: {members: [102], class_of_service: staff, rights: {allow: [+4930*]}}
"""


def test_what_it_can_say() -> None:
    plan = load_text(GOOD, Path("office.yaml"), {})
    assert plan.extensions["101"].rights.outside is True
    assert plan.extensions["102"].rights.outside is False
    assert plan.classes_of_service["staff"].outside == ("local", "national")
    assert plan.departments["sales"].rights.allow == ("+4930*",)
    assert plan.emergency_numbers == {"110", "112"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD.replace("country: DE\n", ""), "area_code: an area code of which country?"),
        (
            GOOD.replace("[local, national]", "[lokal]"),
            "'lokal' is no class of numbers; did you mean 'local'?",
        ),
        (GOOD.replace("class_of_service: staff", "class_of_service: stuff"), "there is no class of service"),
        (GOOD.replace("country: DE", "country: Germany"), "this is not a country"),
        (GOOD.replace("outside: off", "outside: yes"), "this does not say what may be called"),
        (GOOD.replace("0900*", "*900"), "this is no number and no beginning of one"),
        (GOOD.replace("101:", "110:"), "110 is an emergency number"),
        (
            "domain: a.example\nextensions: {101: {password: geheimnis-1, rights: {outside: [local]}}}",
            "without the country nobody knows what a number is",
        ),
    ],
)
def test_what_it_is_told(text: str, problem: str) -> None:
    with pytest.raises(DialplanError) as caught:
        load_text(text, Path("office.yaml"), {})
    assert problem in str(caught.value)
