"""What keys mean in a menu, and where they lead; names spelled with keys."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.config import Dialplan, load_text
from softswitch.config.menu import Menu
from softswitch.routing.keypad import called_like
from softswitch.routing.menu_keys import Act, MenuKeys, Pressed
from softswitch.routing.menu_walk import walk

PLAN = """\
domain: office.example
extensions:
  101: {name: Anna Berg, password: geheimnis-1}
  201: {name: Boris Ivanov, password: geheimnis-2}
menus:
  main:
    number: 300
    greeting: Welcome.
    keys: {1: 101, 2: service, 20: "201", "#": repeat, "*": back, 9: hang up}
    languages: {8: ru}
    extensions: true
    after_silence: service
  service:
    greeting: Service.
    keys: {1: 201, "*": back}
    repeats: 2
    after_wrong: 101
"""


def plan() -> Dialplan:
    return load_text(PLAN, Path("/nowhere/office.yaml"), {})


def keys(extensions: tuple[str, ...] = ("101", "102", "2000")) -> MenuKeys:
    menu = Menu(
        key="main",
        greeting="Hello.",
        keys={"1": "sales", "3": "back", "#": "repeat"},
        languages={"8": "ru"},
    )
    return MenuKeys(menu, extensions)


def test_a_key_that_nothing_begins_with_is_decided_at_once() -> None:
    for pressed, act, value in (("3", Act.BACK, ""), ("8", Act.LANGUAGE, "ru"), ("#", Act.REPEAT, "")):
        found = keys().press("", pressed).choice
        assert found is not None
        assert (found.act, found.value) == (act, value)


def test_a_key_that_an_extension_begins_with_waits_for_the_next() -> None:
    first = keys().press("", "1")
    assert first == Pressed("1")
    alone = keys().complete("1").choice
    assert alone is not None
    assert (alone.act, alone.value, alone.words) == (Act.PLACE, "sales", "1: sales")
    ended = keys().press("1", "#").choice
    assert ended == alone
    second = keys().press("1", "0")
    assert second == Pressed("10")
    whole = keys().press("10", "2").choice
    assert whole is not None
    assert (whole.act, whole.value) == (Act.EXTENSION, "102")


@pytest.mark.parametrize("typed", ["7", "0", "1019", "103", "29"])
def test_what_leads_nowhere_is_wrong(typed: str) -> None:
    pressed = Pressed()
    for key in typed:
        pressed = keys().press(pressed.typed, key)
        if pressed.wrong or pressed.choice:
            break
    assert pressed.wrong or (pressed.choice is not None and typed == "1019")
    assert keys().complete("10").wrong


@given(st.text("0123456789*#", max_size=12))
def test_no_keys_make_it_raise_or_wait_for_ever(typed: str) -> None:
    one, buffer = keys(), ""
    for key in typed:
        pressed = one.press(buffer, key)
        buffer = pressed.typed
        assert (pressed.choice is not None) + pressed.wrong + bool(buffer) == 1
        assert len(buffer) < 4
    walk(plan(), "main", typed)


@pytest.mark.parametrize(
    ("pressed", "place", "menu"),
    [
        ("1", "101", "main"),
        ("1,", "101", "main"),
        ("101", "101", "main"),
        ("20", "201", "main"),
        ("20,", "201", "main"),
        ("201", "201", "main"),
        ("2,1", "201", "service"),
        ("2,*", None, "main"),
        ("2,*1", "101", "main"),
        ("7771", "hang up", "main"),
        (",,,1", "201", "service"),
        ("2,77", "101", "service"),
        ("9", "hang up", "main"),
        ("", None, "main"),
    ],
)
def test_where_keys_lead(pressed: str, place: str | None, menu: str) -> None:
    found = walk(plan(), "main", pressed)
    assert (found.place, found.menu) == (place, menu)


def test_a_walk_names_the_lines() -> None:
    found = walk(plan(), "main", "82,1")
    assert [(one.text, one.line) for one in found.reasons] == [
        ("menu main", 6),
        ("8: ru", 10),
        ("2: service", 9),
        ("menu service", 13),
        ("1: 201", 15),
    ]
    assert found.language == "ru"


NAMES = {"101": "Anna Berg", "102": "Иван Петров", "103": "Jörg Straße", "104": "Ann-Marie O'Neil"}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("266", ("101", "104")),
        ("2662", ("101",)),
        ("2374", ("101",)),
        ("26622374", ("101",)),
        ("23742662", ("101",)),
        ("4225", ("102",)),
        ("5674", ("103",)),
        ("787277", ("103",)),
        ("5674787", ("103",)),
        ("6274", ("104",)),
        ("66345", ("104",)),
        ("9999", ()),
        ("", ()),
    ],
)
def test_names_by_keys(typed: str, found: tuple[str, ...]) -> None:
    assert called_like(typed, NAMES) == found
