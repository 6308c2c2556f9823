"""Prices as CSV, and price lists in the dialplan: taken, or refused by line."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.config import DialplanError, load_text
from softswitch.config.price_file import parse_prices, read_prices

GOOD = """\
to,name,type,minute,connection,step,free,weekdays,hours
+49,Germany,,0.012,0.05,60/60,,,
+49,"Germany, mobile",mobile,0.09,,30/6,3s,mon-fri,8:00-18:00

0062,Indonesia,,0.1,,1/1,,,
"""


def test_a_good_file() -> None:
    prices, problems = parse_prices(GOOD)
    assert problems == ()
    assert [(price.to, price.minute, str(price.step)) for price in prices] == [
        ("+49", Decimal("0.012"), "60/60"),
        ("+49", Decimal("0.09"), "30/6"),
        ("0062", Decimal("0.1"), "1/1"),
    ]
    assert (prices[1].name, prices[1].free, prices[0].connection) == ("Germany, mobile", 3.0, Decimal("0.05"))


def test_semicolons_and_commas_as_german_spreadsheets_write_them() -> None:
    prices, problems = parse_prices("to;minute;connection\r\n+49;0,0123;1,5\r\n")
    assert problems == ()
    assert (prices[0].minute, prices[0].connection) == (Decimal("0.0123"), Decimal("1.5"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["1: the column minute is missing"]),
        (
            "to,minut\n",
            ["1: unknown column: 'minut'; did you mean 'minute'?", "1: the column minute"],
        ),
        ("to,minute,to\n", ["1: a column stands there twice"]),
        ("to,minute\n", ["there are no prices"]),
        ("to,minute\n+49,cheap\n", ["2: minute: this is not an amount of money: 'cheap'"]),
        ("to,minute\n+49,-1\n", ["2: minute: this is not an amount of money: '-1'"]),
        ("to,minute\n+49,0.1234567\n", ["2: minute: this is not an amount of money"]),
        ("to,minute\nBerlin,1\n+49,\n", ["2: to: this is no beginning", "3: minute: there is no value"]),
        (
            "to,minute,step\n+1,1,60\n+2,1,60/0\n",
            ["2: step: these are not steps", "3: step: these steps"],
        ),
        ("to,minute,type\n+1,1,mobil\n", ["2: type: this is not one of the values allowed: 'mobil'"]),
        ("to,minute,hours\n+1,1,8-25\n", ["2: hours: there is no such time"]),
        ("to,minute\n+1,1\n+2,1\n+1,2\n", ["4: to: line 2 prices that already: '+1'"]),
        ("to,minute\n+1,1,5\n", ["2: 3 values for 2 columns"]),
    ],
)
def test_every_error_has_its_line(text: str, told: list[str]) -> None:
    problems = parse_prices(text)[1]
    assert len(problems) == len(told)
    for problem, words in zip(problems, told, strict=True):
        assert str(problem).startswith(words)
        assert problem.remedy


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "there is no file" in str(read_prices(tmp_path / "none.csv")[1][0])
    file = tmp_path / "latin.csv"
    file.write_bytes(b"to,minute,name\n+49,1,M\xfcnchen\n")
    assert str(read_prices(file)[1][0]).startswith("2: this is not UTF-8 text")


@given(st.text(max_size=200))
def test_any_text_is_prices_or_problems(text: str) -> None:
    prices, problems = parse_prices("to,minute\n" + text)
    assert prices or problems


def dialplan(price_lists: str, folder: Path) -> list[str]:
    text = (
        "domain: office.example\ncountry: DE\nextensions: {101: {password: geheimnis1}}\n"
        "trunks: {carrier: {server: 203.0.113.9}}\nprice_lists:\n" + price_lists
    )
    try:
        return [str(one) for one in load_text(text, folder / "office.yaml", {}).warnings]
    except DialplanError as error:
        return [str(one) for one in error.problems]


def test_price_lists_in_the_dialplan(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text(GOOD)
    good = "  carrier: {trunks: [carrier], currency: EUR, file: prices.csv, prices: [{minute: 0.5}]}\n"
    assert dialplan(good, tmp_path) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("  a: {currency: EUR}\n", "there are no prices"),
        ("  a: {currency: euro, prices: [{minute: 1}]}\n", "price_lists.a.currency: this is not a currency"),
        ("  a: {currency: EUR, prices: [{minute: 1}], trunks: [carier]}\n", "did you mean 'carrier'?"),
        ("  a: {currency: EUR, file: none.csv}\n", "there is no file"),
        ("  a: {currency: EUR, file: bad.csv}\n", "in bad.csv, line 2: minute: this is not an amount"),
        ("  a: {currency: EUR, prices: [{minut: 1}]}\n", "unknown key 'minut'"),
        ("  a: {currency: EUR, prices: [{minute: 1}], valid_from: 2026-02-30}\n", "this is not a day"),
        (
            "  a: {currency: EUR, prices: [{minute: 1}], valid_from: 2026-02-03, valid_until: 2026-01-01}\n",
            "it ends before it begins",
        ),
    ],
)
def test_wrong_price_lists(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("to,minute\n+49,cheap\n")
    assert any(told in one for one in dialplan(text, tmp_path)), dialplan(text, tmp_path)
