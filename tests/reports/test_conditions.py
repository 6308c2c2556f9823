"""Conditions: what they mean, and what they refuse."""

import contextlib
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from softswitch.reports.calls import calls
from softswitch.reports.conditions import parse_condition
from softswitch.reports.matching import on_rows
from softswitch.reports.result import Column, Kind, ReportError
from tests.reports.month import march

ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("talking>=5m", "05 17"),
        ("talking > 2m and direction=in", "10 11"),
        ("direction=inner", "08 09"),
        ("trunk!=carrier and not trunk=none", "07 17"),
        ("caller~+4930111?  and outcome=cancelled", "03 12 13"),
        ("called~+49171* or called~'+44*'", "05 06 07"),
        ("caller!~+49* and (talking<100 and talking>0 or outcome = busy)", "06 08 09"),
        ('last_step="welcome/menu" and transfers>0', "02"),
        ("price=none and direction=out", ""),
        ("price>=0.3333 and price<=0.45", "05 06"),
        ("answered_at=none and started_at>=2026-03-29T00:00", "15"),
        ("recordings>0", "01"),
        ("duration=26", ""),
        ("rang=102", "01 02 04"),
        ("rang=102 and answered_by!=102", "01 04"),
        ("rang!=103 and rang!=none", "01 02 04 16"),
        ("step=welcome/menu and talking=0", "03 04"),
        ("step~night/d*", "16"),
        ("place=night and transferred_by=none", "14 15 16"),
        ("NOT direction=in AND NOT direction=out", "08 09"),
    ],
)
def test_on_calls(month: Connection, text: str, found: str) -> None:
    rows = calls(month, march(parse_condition(text)), 0).rows
    assert sorted(row["id"] for row in rows) == [f"m{nth}" for nth in found.split()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "name of a field is missing"),
        ("talking", "after talking a comparison"),
        ("talking <", "after < a value"),
        ("talking<10 or", "name of a field"),
        ("(talking<10", "closing bracket"),
        ("talking<10)", "nothing may follow"),
        ("talking<10 outcome=busy", "nothing may follow"),
        ("outcome='busy", "quotation mark"),
        ("(" * 60 + "talking<1", "nested"),
        ("talking<" + "9" * 5000, "too long"),
    ],
)
def test_what_is_no_condition(text: str, words: str) -> None:
    with pytest.raises(ReportError, match=words):
        parse_condition(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("talkin<10", "no field 'talkin'"),
        ("talking<soon", "no value of talking"),
        ("price>nan", "no value of price"),
        ("talking~1*", "not a text"),
        ("outcome>none", "cannot be > none"),
        ("started_at>monday", "no value of started_at"),
    ],
)
def test_what_fits_no_field(text: str, words: str) -> None:
    with pytest.raises(ReportError, match=words):
        march(parse_condition(text)).where()


def test_on_a_reports_own_rows() -> None:
    columns = (
        Column("name", "Name"),
        Column("part", "Part", Kind.SHARE),
        Column("calls", "Calls", Kind.COUNT),
    )
    row = {"name": "Sales [1]", "part": 0.25, "calls": None}
    for text, fits in (
        ("part=25%", True),
        ("part<0.2", False),
        ("name~sales*", True),
        ("name~'*[1]'", True),
        ("calls=none", True),
        ("calls>0", False),
        ("not calls>0 and name!=x", True),
    ):
        assert on_rows(parse_condition(text), columns, ZONE)(row) is fits, text
    with pytest.raises(ReportError, match="no field 'cals'"):
        on_rows(parse_condition("cals>0"), columns, ZONE)


@given(st.text(max_size=60))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    with contextlib.suppress(ReportError):
        march(parse_condition(text)).where()


@pytest.mark.parametrize("value", ["%", "_", "\\", "x' or 1=1 --", "*", "?"])
def test_no_value_is_taken_for_sql(month: Connection, value: str) -> None:
    for text in (f'outcome="{value}"', f'outcome~"{value}x"'):
        assert not calls(month, march(parse_condition(text)), 0).rows
