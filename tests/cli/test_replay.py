"""softswitch replay, over the month of records."""

import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert
from sqlalchemy.engine import URL

from softswitch.records.tables import CALLS
from tests.cli.fake import GOOD, Command
from tests.reports.month import fill

COMPANY = """\
timezone: Europe/Berlin
trunks: {carrier: {server: 203.0.113.9}, backup: {server: 203.0.113.10}}
modes: {day: {weekdays: mon-fri, hours: "8:00-18:00"}, night: otherwise}
numbers: {"+4930123450": {day: 101, night: 102}}
"""


@pytest.fixture
def office(folder: Path) -> Path:
    """The company as it was, its calls, and new.yaml."""
    file = folder / "office.yaml"
    file.write_text(GOOD + COMPANY)
    (folder / "new.yaml").write_text(GOOD + COMPANY.replace("8:00-18:00", "8:00-16:00"))
    (folder / "state").mkdir()
    engine = create_engine(URL.create("sqlite", database=str(folder / "state" / "records.db")))
    with engine.begin() as connection:
        fill(connection)
        row = dict(connection.execute(CALLS.select().limit(1)).mappings().one())
        # 2026-03-09, a Monday, 15:30 and 16:30 in Berlin.
        for name, at in (("early", 1773066600.0), ("late", 1773070200.0)):
            call = {"id": name, "started_at": at, "ended_at": at + 9, "caller": "+491711234567"}
            there = {"called": "+4930123450", "direction": "in", "trunk": "carrier"}
            connection.execute(insert(CALLS).values({**row, **call, **there}))
    engine.dispose()
    return file


def test_only_what_would_go_another_way_is_listed(softswitch: Command, office: Path) -> None:
    asked = ("replay", "new.yaml", "--old", office, "--from", "2026-03-09", "--to", "2026-03-09")
    result = softswitch(*asked)
    assert result.exit_code == 0, result.stderr
    listed = result.stdout.splitlines()
    late = next(index for index, line in enumerate(listed) if line.startswith("late "))
    assert listed[late].endswith("+491711234567 to +4930123450 by carrier")
    assert listed[late + 1].startswith("  before  ring 101: ")
    assert "+4930123450 leads to 101 in the mode day (line" in listed[late + 1]
    assert listed[late + 2].startswith("  after   ring 102: ")
    assert not any(line.startswith("early ") for line in listed)
    data = json.loads(softswitch(*asked, "--json").stdout)
    assert "late" in [one["call"] for one in data["detours"]]
    assert listed[-1] == f"{data['calls']} calls, {len(data['detours'])} would go another way."


def test_the_same_dialplan_changes_no_call(softswitch: Command, office: Path) -> None:
    result = softswitch("replay", office, "--old", office, "--since", "ever")
    assert result.stdout.endswith("calls, none would go another way.\n")


def test_it_wants_a_time(softswitch: Command, office: Path) -> None:
    assert "from when on?" in softswitch("replay", "new.yaml", "--old", office).stderr
