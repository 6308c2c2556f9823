"""route, plan, calendar, draw, exposure, confirm, and the tests that `check` runs."""

import json
import re
from pathlib import Path

import pytest

from softswitch.config.__main__ import TREE
from tests.cli.fake import Command, FakeSwitch

OFFICE = TREE / "conf" / "office.yaml"
CALL = ("--from", "+491711234567", "--trunk", "carrier", "--to", "+4930555100", "--at", "2026-03-09T10:00")


def test_route_tells_steps_and_lines(softswitch: Command) -> None:
    shown = softswitch("route", OFFICE, *CALL).stdout
    assert " 2. ring reception\n" in shown
    assert "+4930555100 leads to reception in the mode day (line " in shown
    assert shown.endswith("3. 101 answers\n")
    nobody = json.loads(softswitch("route", OFFICE, *CALL, "--answer", "nobody", "--json").stdout)
    assert [step["text"] for step in nobody["steps"]][-1] == "voicemail sales"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--from", "999", "--to", "200"), "999 is no extension"),
        (("--from", "1", "--to", "200", "--trunk", "x"), "there is no trunk 'x'"),
        (("--from", "101", "--to", "200", "--at", "noon"), "'noon' is no moment"),
    ],
)
def test_route_says_what_is_wrong(softswitch: Command, arguments: tuple[str, ...], error: str) -> None:
    result = softswitch("route", OFFICE, *arguments)
    assert result.exit_code == 1
    assert error in result.stderr


def test_plan_in_sentences(softswitch: Command, folder: Path) -> None:
    new = folder / "new.yaml"
    text = OFFICE.read_text()
    early = '  friday: {weekdays: fri, hours: "16:00-17:30"}\n  day:'
    new.write_text(text.replace("  day:", early, 1).replace("name: Anna Berg", "name: Anna B"))
    result = softswitch("plan", new, "--old", OFFICE)
    assert result.exit_code == 0
    assert "Number +4930555100 goes to closed on Fridays from 16:00 to 17:30." in result.stdout
    assert "name changes from Anna Berg to Anna B" in result.stdout
    new.write_text(text.replace("lunch: sales,", "lunch: workshop,"))
    refused = softswitch("plan", new, "--old", OFFICE)
    assert refused.exit_code == 1
    assert "A reload would be refused" in refused.stdout
    assert "'ring sales' did not come" in refused.stdout
    assert "Nothing changes." in softswitch("plan", OFFICE, "--old", _copy(folder)).stdout


def _copy(folder: Path) -> Path:
    copy = folder / "copy.yaml"
    copy.write_text(OFFICE.read_text())
    return copy


@pytest.mark.parametrize("file", sorted(OFFICE.parent.glob("*.yaml")), ids=lambda file: file.name)
def test_each_dialplan_in_conf_has_tests_that_pass(softswitch: Command, file: Path) -> None:
    result = softswitch("check", file)
    assert result.exit_code == 0, result.stdout
    assert re.search(r"[1-9]\d* tests? passed", result.stdout)


def test_check_runs_the_tests(softswitch: Command, folder: Path) -> None:
    assert re.search(r"[1-9]\d* tests passed", softswitch("check", OFFICE).stdout)
    file = folder / "office.yaml"
    file.write_text(OFFICE.read_text().replace("day: reception, lunch", "day: sales, lunch"))
    result = softswitch("check", file)
    assert result.exit_code == 1
    assert "test 'Customers reach the reception by day': expected mode day, ring reception" in result.stdout
    assert re.search(r"2 of \d+ tests failed", result.stdout)
    assert len(json.loads(softswitch("check", file, "--json").stdout)["failures"]) == 2


def test_calendar(softswitch: Command) -> None:
    shown = softswitch("calendar", OFFICE, "--from", "2026-12-24", "--days", "2").stdout
    assert "Fri 2026-12-25 00:00" in shown
    assert "Christmas Day" in shown
    rows = json.loads(softswitch("calendar", OFFICE, "--days", "2", "--json").stdout)
    assert rows["numbers"]["+4930555130"] == {"otherwise": "130"}


def test_draw(softswitch: Command, folder: Path) -> None:
    shown = softswitch("draw", OFFICE, "--number", "+4930555100", "--svg", folder / "pictures").stdout
    assert shown.startswith("flowchart LR\n")
    assert (folder / "pictures" / "4930555100.svg").read_text().startswith("<svg ")
    assert "is not in numbers" in softswitch("draw", OFFICE, "--number", "1").stderr


def test_exposure(softswitch: Command) -> None:
    found = json.loads(softswitch("exposure", OFFICE, "--json").stdout)["exposed"]
    by_pin = [one for one in found if one["how"] == "an outside line by pin (disa)"]
    assert {"transfer", "forwarding by code", by_pin[0]["how"]} == {one["how"] for one in found}
    assert [(one["who"], one["came_by"]) for one in by_pin] == [
        ("whoever knows the pin of 130", ["+4930555190"])
    ]


def test_reload_on_probation(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("reload", {"changes": ["a"]})
    switch.result("confirm", {"confirmed": True})
    assert "goes back in 5m unless confirmed" in softswitch("reload", "--confirm-within", "5m").stdout
    assert "stays" in softswitch("confirm").stdout
    assert switch.asked == [("reload", {"confirm_within": 300.0}), ("confirm", {})]
    assert softswitch("reload", "--confirm-within", "soon").exit_code == 1
