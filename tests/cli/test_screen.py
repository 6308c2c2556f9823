"""Text that came from elsewhere cannot act on the terminal."""

import json

import pytest

from softswitch.cli.screen import print_json, safe, safe_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Anna Berg", "Anna Berg"),
        ("Jörg 日本 [red]", "Jörg 日本 [red]"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\r\nb\x00\x7f\x9b", "a\\x0d\\x0ab\\x00\\x7f\\x9b"),
        ("\u202eevil\u200b\ufeff", "\\u202eevil\\u200b\\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("\udc80", "\\udc80"),
    ],
)
def test_safe(text: str, shown: str) -> None:
    assert safe(text) == shown
    assert safe(text).isprintable()


def test_lines_keep_their_ends_and_lose_their_tabs() -> None:
    assert safe_lines("a\tb\r\nc\rd") == ["a   b", "c\\x0dd"]


def test_json_is_harmless_and_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"name": "Jörg\x1b[31m\x7f\u202e\x9b"}
    print_json(value)
    printed = capsys.readouterr().out
    assert printed.isascii()
    assert not set("\x1b\x7f") & set(printed)
    assert json.loads(printed) == value
