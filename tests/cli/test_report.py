"""softswitch report: filters, forms of output, and what it says when it cannot."""

import csv
import json
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import URL

from softswitch.cli import report_options
from tests.cli.fake import GOOD, Command
from tests.reports.month import fill

MARCH = ("--from", "2026-03", "--to", "2026-03")


@pytest.fixture
def office(folder: Path) -> Path:
    """A dialplan with a month of records."""
    file = folder / "office.yaml"
    file.write_text(GOOD + "timezone: Europe/Berlin\n")
    (folder / "state").mkdir()
    engine = create_engine(URL.create("sqlite", database=str(folder / "state" / "records.db")))
    with engine.begin() as connection:
        fill(connection)
    engine.dispose()
    return file


@pytest.mark.parametrize("name", report_options.NAMES)
def test_every_report_in_every_form(softswitch: Command, office: Path, name: str, tmp_path: Path) -> None:
    asked = ("report", name, *MARCH, "--dialplan", office)
    shown = softswitch(*asked, COLUMNS="200")
    assert shown.exit_code == 0, shown.stderr
    assert "─" in shown.stdout
    data = json.loads(softswitch(*asked, "--json").stdout)
    rows = list(csv.DictReader(StringIO(softswitch(*asked, "--csv").stdout)))
    assert len(rows) == len(data["rows"]) > 0
    assert list(rows[0]) == [column["key"] for column in data["columns"]] == list(data["rows"][0])
    sheet = tmp_path / "out.xlsx"
    assert softswitch(*asked, "--xlsx", sheet).stdout == f"{sheet} is written.\n"
    book = openpyxl.load_workbook(sheet)
    assert book.active.max_row == len(rows) + 1
    book.close()


def test_a_narrow_terminal_has_the_first_columns_whole(softswitch: Command, office: Path) -> None:
    asked = ("report", "people", *MARCH, "--dialplan", office)
    shown = softswitch(*asked, COLUMNS="60").stdout
    assert "Number" in shown.splitlines()[0] + shown.splitlines()[1]
    assert all(len(line) <= 60 for line in shown.splitlines())
    assert "Too narrow for: " in shown
    assert "Reached" in shown
    assert "Too narrow" not in softswitch(*asked, COLUMNS="200").stdout


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_charts(softswitch: Command, office: Path, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"traffic.{kind}"
    result = softswitch("report", "traffic", *MARCH, "--dialplan", office, "--chart", file)
    assert result.exit_code == 0, result.stderr
    assert file.read_bytes().startswith(b"\x89PNG" if kind == "png" else b"<?xml")


def test_filters(softswitch: Command, office: Path) -> None:
    def ids(*options: str) -> list[str]:
        asked = softswitch("report", "calls", *MARCH, "--dialplan", office, "--json", *options)
        assert asked.exit_code == 0, asked.stdout
        return sorted(row["id"] for row in json.loads(asked.stdout)["rows"])

    assert ids("--caller", "101", "--min-talk", "1m") == ["m05", "m06"]
    assert ids("--called", "+49171*") == ["m05", "m07"]
    assert ids("--outcome", "busy", "--direction", "inner") == ["m09"]
    assert ids("--trunk", "backup", "--max-talk", "0") == ["m07"]
    assert ids("--where", "waiting>30", "--where", "queue=help") == ["m11", "m13"]
    assert ids("--limit", "2") == ["m16", "m17"]


def test_scenarios_and_down_to_their_calls(softswitch: Command, office: Path) -> None:
    asked = ("report", "scenarios", *MARCH, "--dialplan", office, "--where", "duration<10", "--json")
    found = json.loads(softswitch(*asked, "--by", "step", "--having", "without_talk>0").stdout)
    assert [(row["step"], row["without_talk"]) for row in found["rows"]] == [
        ("night/say", 1),
        ("welcome/menu", 1),
    ]
    calls = json.loads(softswitch(*asked, "--scenario", "welcome", "--calls").stdout)
    assert [row["id"] for row in calls["rows"]] == ["m03"]


def test_the_state_directory_of_the_usual_place_is_found(softswitch: Command, office: Path) -> None:
    result = softswitch("report", "traffic", *MARCH, "--json", "--timezone", "Asia/Jakarta")
    assert json.loads(result.stdout)["timezone"] == "Asia/Jakarta"


def test_nothing_fits(softswitch: Command, office: Path) -> None:
    assert (
        softswitch("report", "calls", "--dialplan", office, "--from", "2001", "--to", "2002").exit_code == 1
    )
    result = softswitch("report", "calls", "--dialplan", office, "--from", "2001-01", "--to", "2001-02")
    assert (result.exit_code, result.stdout) == (0, "No calls fit.\n")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("call",), "did you mean 'calls'?"),
        (("calls", "--where", "talkin<1"), "did you mean 'talking'?"),
        (("people", "--by", "day"), "has no --by"),
        (("calls", "--chart", "x.png", "--from", "ever"), "cannot be drawn"),
        (("traffic", "--chart", "x.gif"), "neither PNG nor SVG"),
        (("calls", "--timezone", "Moon/Sea"), "no timezone 'Moon/Sea'"),
        (("calls", "--xlsx", "nowhere/x.xlsx"), "cannot be written"),
        (("calls", "--database", "mysql://x/y"), "neither a file nor"),
        (("calls", "--database", "other.db"), "no call records at"),
    ],
)
def test_what_cannot_be(softswitch: Command, office: Path, options: tuple[str, ...], words: str) -> None:
    result = softswitch("report", *options)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "remedy: " in result.stderr


def test_a_file_that_is_no_database(softswitch: Command, folder: Path) -> None:
    (folder / "x.db").write_text("This is a letter." * 100)
    result = softswitch("report", "calls", "--database", "x.db")
    assert result.exit_code == 1
    assert "not a database" in result.stderr


def test_without_any_records(softswitch: Command, folder: Path) -> None:
    result = softswitch("report", "calls")
    assert result.exit_code == 1
    assert "no call records are found" in result.stderr
