"""Where calls from outside go in each mode: by time, by hand, by a number's own modes. Nothing raises."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softswitch.config import load_text
from softswitch.routing import CallFacts, Decision, Forced, Ring, Router
from tests.routing.state import Known

TEXT = """\
domain: office.example
timezone: Europe/Berlin
company: Berg
extensions:
  101: {name: Anna, password: geheimnis-1}
  102: {name: Boris, password: geheimnis-2}
  103: {name: Clara, password: geheimnis-3}
departments:
  sales: {name: Sales, members: [101, 102]}
modes:
  holiday: {holidays: DE-BE}
  day: {weekdays: mon-fri, hours: "9:00-18:00"}
  alarm: by hand
  night: otherwise
numbers:
  "+4930123450": {day: sales, night: 103, otherwise: 102, name: Hotline, greeting: on, language: de}
  "+4930123451": 101
  "+4930123452":
    open: sales
    otherwise: 103
    modes: {open: {hours: 0-24, timezone: Asia/Jakarta, weekdays: mon}, closed: otherwise}
trunks:
  line: {server: 203.0.113.9}
"""
OFFICE = Router(load_text(TEXT, Path("/nowhere/office.yaml"), {}))
BERLIN = ZoneInfo("Europe/Berlin")
NUMBER = "+4930123450"


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


def facts(when: str, called: str = NUMBER, **more: Any) -> CallFacts:
    return CallFacts("+49171555", called, trunk="line", arrives=True, at=at(when), number=called, **more)


def rung(decision: Decision) -> list[str]:
    assert isinstance(decision, Ring), decision
    return [target.number for target in decision.targets]


@pytest.mark.parametrize(
    ("when", "numbers", "mode"),
    [
        ("2026-03-09 10:00", ["101", "102"], "day"),
        ("2026-03-09 20:00", ["103"], "night"),
        ("2026-12-25 10:00", ["102"], "holiday"),
    ],
)
def test_by_time(when: str, numbers: list[str], mode: str) -> None:
    decision = OFFICE.decide(facts(when), Known())
    assert rung(decision) == numbers
    assert OFFICE.mode_of(facts(when), Known()).key == mode
    assert f"the mode is {mode}" in decision.reasons[0].text
    assert all(reason.line for reason in decision.reasons)
    assert "leads to" in decision.reasons[1].text


def test_the_plus_makes_no_difference() -> None:
    assert rung(OFFICE.decide(facts("2026-03-09 20:00", "4930123450"), Known())) == ["103"]


def test_one_place_for_all_modes() -> None:
    for when in ("2026-03-09 10:00", "2026-12-25 10:00"):
        assert rung(OFFICE.decide(facts(when, "+4930123451"), Known())) == ["101"]


def test_modes_of_its_own() -> None:
    own = "+4930123452"
    assert rung(OFFICE.decide(facts("2026-03-08 19:00", own), Known())) == ["101", "102"], "Monday there"
    decision = OFFICE.decide(facts("2026-03-09 19:00", own), Known())
    assert rung(decision) == ["103"]
    assert decision.reasons[0].text == "the mode is closed: no other mode fits"
    assert decision.reasons[0].line == 21


def test_by_hand_until_it_is_over() -> None:
    until = at("2026-03-09 12:00")
    known = Known(by_hand={"": Forced("night", "101", until)})
    decision = OFFICE.decide(facts("2026-03-09 11:59"), known)
    assert rung(decision) == ["103"]
    assert decision.reasons[0].text == "the mode is night: set by 101 until Mon 2026-03-09 12:00"
    assert rung(OFFICE.decide(facts("2026-03-09 12:00"), known)) == ["101", "102"]


def test_by_hand_for_one_number_goes_before_all() -> None:
    known = Known(by_hand={"": Forced("day", "101"), NUMBER: Forced("alarm", "the operator")})
    assert rung(OFFICE.decide(facts("2026-03-09 20:00"), known)) == ["102"]
    assert OFFICE.mode_of(facts("2026-03-09 20:00", "+4930123451"), known).key == "day"


def test_a_mode_that_is_gone_from_the_file_is_not_forced() -> None:
    known = Known(by_hand={"": Forced("carnival", "101")})
    assert OFFICE.mode_of(facts("2026-03-09 10:00"), known).key == "day"


def test_a_number_s_own_modes_do_not_hear_of_the_house_s() -> None:
    known = Known(by_hand={"": Forced("night", "101")})
    assert OFFICE.mode_of(facts("2026-03-10 10:00", "+4930123452"), known).key == "closed"


def test_calls_inside_have_the_house_s_mode() -> None:
    inside = CallFacts("101", "103", at=at("2026-03-09 10:00"))
    assert OFFICE.mode_of(inside, Known()).key == "day"


# ---- whatever stands in the file ----

HOURS = st.builds(lambda a, b: f"{a}:00-{b}:00", st.integers(0, 11), st.integers(12, 24)) | st.builds(
    lambda a, b: f"{a}:30-{b}:30", st.integers(12, 23), st.integers(0, 11)
)
TIMES = st.fixed_dictionaries(
    {"hours": HOURS},
    optional={
        "weekdays": st.sampled_from(["mon-fri", "sat-sun", "fri-mon", "wed"]),
        "dates": st.sampled_from(["02-29", "12-24 to 01-06", "2026-07-01 to 2026-08-01"]),
        "holidays": st.sampled_from(["DE", "DE-BY", "US", "ID", "RU"]),
        "timezone": st.sampled_from(["Asia/Jakarta", "America/St_Johns"]),
    },
)
PLACES = st.sampled_from(["101", "102", "103", "sales", "800"])
PLANS = st.fixed_dictionaries(
    {
        "modes": st.dictionaries(st.sampled_from(["day", "lunch", "late", "fair"]), TIMES, max_size=3),
        "otherwise": PLACES,
        "by_mode": st.dictionaries(st.sampled_from(["day", "lunch", "late", "fair", "night"]), PLACES),
        "forward": st.dictionaries(
            st.sampled_from(["always", "busy", "no_answer", "unregistered"]),
            st.sampled_from(["102", "sales"]),
        ),
        "timezone": st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]),
    }
)


def company(plan: dict[str, Any]) -> Router:
    modes = {**plan["modes"], "night": "otherwise"}
    number = {key: place for key, place in plan["by_mode"].items() if key in modes}
    people = {one: {"password": f"correct-{one}", "name": one} for one in ("101", "102", "103")}
    people["101"]["forward"] = plan["forward"]
    text = {
        "domain": "office.example",
        "timezone": plan["timezone"],
        "extensions": people,
        "departments": {"sales": {"members": ["101", "103"]}},
        "conferences": {"800": {}},
        "modes": modes,
        "numbers": {NUMBER: {**number, "otherwise": plan["otherwise"]}},
        "trunks": {"line": {"server": "203.0.113.9"}},
    }
    return Router(load_text(json.dumps(text), Path("office.yaml"), {}))


@settings(max_examples=40)  # the holidays of a year are computed at the first question
@given(
    plan=PLANS,
    moments=st.lists(st.floats(0, 4e9), min_size=1, max_size=5),
    forced=st.sampled_from(["day", "night", "gone"]),
    away=st.sets(st.sampled_from(["101", "102", "103"])),
    by_hand=st.booleans(),
)
def test_every_decision_is_made_and_explained(
    plan: dict[str, Any], moments: list[float], forced: str, away: set[str], by_hand: bool
) -> None:
    office = company(plan)
    state = Known(away=away, by_hand={"": Forced(forced, "101", 2e9)} if by_hand else {})
    for moment in moments:
        arriving = CallFacts("+49171555", NUMBER, trunk="line", arrives=True, at=moment, number=NUMBER)
        decision = office.decide(arriving, state)
        assert decision.reasons
        assert decision.reasons[0].text.startswith("the mode is ")
        assert all(reason.text for reason in decision.reasons)
