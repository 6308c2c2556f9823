"""Modes and numbers by mode: how they are written, what is refused, what is warned of."""

from pathlib import Path

import pytest

from softswitch.config import Dialplan, DialplanError, compare, load_text

BASE = """\
domain: office.example
extensions:
  101: {name: Anna, password: geheimnis-1}
  102: {name: Boris, password: geheimnis-2}
departments:
  sales: {members: [101, 102]}
"""
DAY = "modes: {day: {weekdays: mon-fri, hours: 9-18}, night: otherwise}\n"


def loaded(more: str) -> Dialplan:
    return load_text(BASE + more, Path("office.yaml"), {})


def problems(more: str) -> list[str]:
    try:
        return [str(problem) for problem in loaded(more).warnings]
    except DialplanError as error:
        return [str(problem) for problem in error.problems]


def test_a_number_by_mode_beside_the_short_form() -> None:
    plan = loaded(
        DAY
        + 'numbers:\n  "+4930123450": {day: sales, otherwise: 102, name: Hotline, language: de}\n'
        '  "+4930123451": 0101\n'.replace("0101", "101")
    )
    hotline, short = plan.numbers.values()
    assert hotline.by_mode == {"day": "sales"}
    assert hotline.place_in("day") == ("sales", "day")
    assert hotline.place_in("night") == ("102", "otherwise")
    assert (hotline.name, hotline.language) == ("Hotline", "de")
    assert short.places == {"otherwise": "101"}
    assert plan.line_of_number("+4930123450", "day") == 9
    assert plan.line_of_number("+4930123451", "otherwise") == 10
    assert plan.warnings == ()


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        ("{day: {weekdays: mon-fry}}", "modes.day.weekdays: this is not a weekday"),
        ("{day: {hours: 9-25}}", "modes.day.hours: there is no such time"),
        ("{day: {hours: 9-9}}", "modes.day.hours: these hours have no length"),
        ("{day: {hours: nine}}", "modes.day.hours: these are not hours"),
        ("{day: {dates: 02-30}}", "modes.day.dates: there is no such day"),
        ("{day: {dates: 2025-02-29}}", "modes.day.dates: there is no such day"),
        ("{day: {dates: 2026-12-24 to 01-02}}", "one of the dates has a year"),
        ("{day: {dates: 2026-12-24 to 2026-12-01}}", "the dates are reversed"),
        ("{day: {holidays: XX}}", "the holidays of this country are unknown"),
        ("{day: {holidays: DE-XX}}", "DE has no part of that code"),
        ("{day: {}}", "nothing says when this mode holds"),
        ("{day: {when: otherwise, hours: 9-18}}", "a mode otherwise has no times"),
        ("{day: sometimes}", "write otherwise or by hand"),
        ("{day: {hours: 9-18, key: x}}", "unknown key 'key'"),
        ("{day: {hour: 9-18}}", "did you mean 'hours'?"),
        ("{day: otherwise, night: otherwise}", "day holds already when no other mode fits"),
        ("{name: otherwise}", "a number has 'name' for something else"),
        ("{day: {timezone: Europe/Berlln}}", "did you mean 'Europe/Berlin'?"),
    ],
)
def test_modes_that_are_refused(modes: str, message: str) -> None:
    found = problems(f"modes: {modes}\n")
    assert len(found) == 1, found
    assert message in found[0]
    assert found[0].startswith("office.yaml:7:")


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("{dai: sales, otherwise: 101}", "there is no mode 'dai'; did you mean 'day'?"),
        ("{day: sales}", "nothing says where its calls go: night; add otherwise: and a place"),
        ("{day: sails, otherwise: 101}", "'sails' is no extension"),
        ("{day: sales, otherwise: 101, greeting: loud}", "numbers.+4930123450.greeting"),
        ("{day: sales, night: 101, modes: {open: {hours: 8-20}}}", "there is no mode 'day'"),
        ("{number: 1, otherwise: 101}", "unknown key 'number'"),
        ("{day: [sales], otherwise: 101}", "numbers.+4930123450.day: this is no place for a call"),
        ("nobody", "numbers.+4930123450: 'nobody' is no extension"),
    ],
)
def test_numbers_that_are_refused(number: str, message: str) -> None:
    found = problems(DAY + f'numbers:\n  "+4930123450": {number}\n')
    assert any(message in one for one in found), found
    assert all(one.startswith("office.yaml:9:") for one in found)


@pytest.mark.parametrize(
    ("modes", "message"),
    [
        (
            "{day: {hours: 9-18}, lunch: {hours: 12-13}}",
            "modes.lunch: this mode never holds: those above go first whenever it fits; move it further up",
        ),
        ("{fair: {dates: 2020-05-01}}", "modes.fair: this mode never holds: none of the next days fits"),
        ("{day: {hours: 9-18}, evening: {hours: 17-22}}", "day and evening overlap, on Mon at 17:00"),
        ("{lunch: {hours: 12-13}, day: {hours: 9-18}}", None),
        ("{holiday: {holidays: DE}, day: {weekdays: mon-fri, hours: 9-18}, alarm: by hand}", None),
        ("{leap: {dates: 02-29}, day: {hours: 9-18}}", None),
    ],
)
def test_modes_that_are_warned_of(modes: str, message: str | None) -> None:
    found = problems(f"modes: {modes}\n")
    assert len(found) == (message is not None), found
    assert message is None or message in found[0]


def test_a_leap_day_is_not_taken_for_a_day_that_never_comes() -> None:
    assert problems("modes: {leap: {dates: 02-29}}\n") == []


def test_what_changes_is_told_by_mode() -> None:
    def plan(number: str) -> Dialplan:
        return loaded(DAY + f'numbers:\n  "+4930123450": {number}\n')

    sentences = compare(plan("sales"), plan("{day: 101, otherwise: sales}")).sentences
    assert sentences == ("Number +4930123450: day is now 101.",)
    own = compare(plan("sales"), plan("{otherwise: sales, modes: {day: {hours: 9-18}}}")).sentences
    assert "9:00-18:00" in own[0]
