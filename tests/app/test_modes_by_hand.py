"""Setting modes from the command line: what is said, what is refused, what is kept."""

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from softswitch.api.control import Refused
from softswitch.app.forced_modes import ForcedModesFile
from softswitch.app.modes import mode
from softswitch.calls.modes import ModeBook
from softswitch.routing import Forced
from tests.routing.test_modes import NUMBER, OFFICE

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 9, 10, tzinfo=BERLIN).timestamp()


def exchange() -> Any:
    return SimpleNamespace(router=OFFICE, modes=ModeBook(), clock=lambda: MONDAY)


def test_what_holds_by_the_clock() -> None:
    house, own = mode(exchange(), {})["modes"]
    assert (house["number"], house["mode"], house["by_hand"]) == ("", "day", False)
    assert house["until"] == datetime(2026, 3, 9, 18, tzinfo=BERLIN).timestamp()
    assert (own["number"], own["mode"]) == ("+4930123452", "open")


def test_by_hand_until_a_time_and_by_the_clock_again() -> None:
    switch = exchange()
    (house, _) = mode(switch, {"mode": "night", "until": "18:30"})["modes"]
    assert (house["mode"], house["by_hand"]) == ("night", True)
    assert house["until"] == datetime(2026, 3, 9, 18, 30, tzinfo=BERLIN).timestamp()
    later = mode(switch, {"at": "2026-03-10T10:00"})["modes"][0]
    assert (later["mode"], later["by_hand"]) == ("day", False)
    assert mode(switch, {"mode": "auto"})["modes"][0]["mode"] == "day"


def test_for_one_number() -> None:
    switch = exchange()
    (one,) = mode(switch, {"mode": "night", "number": "4930123450"})["modes"]
    assert (one["number"], one["mode"], one["until"]) == (NUMBER, "night", None)
    assert [row["mode"] for row in mode(switch, {})["modes"]] == ["day", "night", "open"]


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"mode": "nihgt"}, "there is no mode 'nihgt'"),
        ({"mode": "night", "until": "25:00"}, "'25:00' is no moment"),
        ({"mode": "night", "until": "2020-01-01"}, "that time is over"),
        ({"mode": "auto", "until": "18:00"}, "auto holds without an end"),
        ({"mode": "night", "number": "+49301"}, "+49301 is not in numbers"),
    ],
)
def test_what_is_refused(asked: dict[str, str], error: str) -> None:
    with pytest.raises(Refused) as refused:
        mode(exchange(), asked)
    assert refused.value.answer["error"] == error


def test_they_outlive_the_switch(tmp_path: Path) -> None:
    kept = {"": Forced("night", "101", 2e9), NUMBER: Forced("day", "the operator")}
    file = ForcedModesFile(tmp_path / "modes.json")
    file.start()
    file.save(kept)
    assert file.close()
    assert ForcedModesFile(tmp_path / "modes.json").load() == kept
