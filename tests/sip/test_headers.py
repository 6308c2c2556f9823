"""The grammar that header values share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.headers import (
    MalformedMessage,
    param,
    parse_params,
    printable,
    quote,
    split_list,
    uint,
    unquote,
)


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("", []),
        (" a ", ["a"]),
        ("a, b ,, c", ["a", "b", "c"]),
        ('"Berg, Anna" <sip:1@a>, <sip:2@a;x=1,2>;q=1', ['"Berg, Anna" <sip:1@a>', "<sip:2@a;x=1,2>;q=1"]),
        (r'"quote \" and , comma" <sip:1@a>, b', [r'"quote \" and , comma" <sip:1@a>', "b"]),
    ],
)
def test_commas_split_only_outside_quotes_and_brackets(value: str, parts: list[str]) -> None:
    assert split_list(value) == parts


@pytest.mark.parametrize("value", ['"open, <sip:a>', "<sip:a, b", 'a, "b'])
def test_what_is_opened_must_be_closed(value: str) -> None:
    with pytest.raises(MalformedMessage, match="not closed"):
        split_list(value)


def test_parameters_keep_order_lower_names_and_lose_quotes() -> None:
    params = parse_params(';Tag=aB;lr; q = 0.5 ;+sip.instance="<urn:uuid:1;2>";;x="a\\"b"')
    assert params == (
        ("tag", "aB"),
        ("lr", None),
        ("q", "0.5"),
        ("+sip.instance", "<urn:uuid:1;2>"),
        ("x", 'a"b'),
    )
    assert param(params, "lr") == ""
    assert param(params, "nowhere") is None


@given(st.text())
def test_a_quoted_string_reads_back_and_never_ends_the_line(text: str) -> None:
    quoted = quote(text)
    assert unquote(quoted) == printable(text)
    assert len(quoted.splitlines()) <= 1
    assert split_list(quoted + ",x")[-1] == "x"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("0060", 60),
        ("4294967295", 2**32 - 1),
        ("4294967296", None),
        ("-1", None),
        ("+1", None),
        ("1_0", None),
        ("\u0661", None),
        ("", None),
        (None, None),
        ("9" * 5000, None),
    ],
)
def test_only_plain_decimal_numbers_are_numbers(text: str | None, number: int | None) -> None:
    assert uint(text) == number
