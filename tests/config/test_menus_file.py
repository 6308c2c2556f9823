"""Menus in the file: what leads nowhere, or to two things, is told."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load_text

HEAD = """\
domain: office.example
extensions:
  101: {name: Anna, password: geheimnis-1}
departments: {sales: {members: [101]}}
"""


def told(rest: str) -> list[str]:
    try:
        plan = load_text(HEAD + rest, Path("/nowhere/office.yaml"), {})
    except DialplanError as error:
        return [f"{one.path}: {one.message}" for one in error.problems]
    return [f"{one.path}: {one.message}" for one in plan.warnings]


def test_a_good_menu_says_nothing() -> None:
    assert (
        told(
            """\
menus:
  main: {number: 300, greeting: Welcome., keys: {1: sales, 2: more, 0: 101, "#": repeat, 3: names}}
  more: {greeting: More., keys: {"*": back, 1: closed}, languages: {8: en}}
announcements: {closed: {say: Closed.}}
"""
        )
        == []
    )


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        ("menus: {m: {number: 300, keys: {1: salse}}}", "menus.m.keys.1: 'salse' is no extension"),
        ("menus: {m: {number: 300, keys: {x: sales}}}", "menus.m.keys.x: this is not a key of a phone"),
        ("menus: {m: {number: 300, keys: {1: sales}, after_wrong: no}}", "menus.m.after_wrong: 'no' is no"),
        ("menus: {m: {number: 300, keys: {1: sales}, languages: {1: en}}}", "1 leads to sales already"),
        ("menus: {m: {number: 300, extensions: true, keys: {101: sales}}}", "101 is an extension, which"),
        ("menus: {m: {number: 300}}", "menus.m: no key of this menu leads anywhere"),
        ("menus: {m: {keys: {1: sales}}}", "menus.m: no call ever comes"),
        (
            "menus: {m: {number: 101, keys: {1: sales}}}",
            "menus.m.number: 101 is the extension of Anna already",
        ),
        ("menus: {repeat: {number: 300, keys: {1: sales}}}", "'repeat' is a word of menus"),
        (
            "announcements: {a: {number: 3, say: A., then: b}, b: {say: B., then: a}}",
            "callers would go in a circle",
        ),
        ("menus: {m: {number: 300, keys: {1: sales}, languages: {2: klingon-}}}", "not a language tag"),
    ],
)
def test_what_is_wrong_is_told(rest: str, problem: str) -> None:
    assert any(problem in one for one in told(rest)), told(rest)
