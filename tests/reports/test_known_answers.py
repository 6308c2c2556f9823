"""Every report over March, counted by hand from month.csv."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection

from softswitch.reports.calls import calls, stream
from softswitch.reports.conditions import parse_condition
from softswitch.reports.costs import costs
from softswitch.reports.departments import departments
from softswitch.reports.lines import lines
from softswitch.reports.missed import missed
from softswitch.reports.people import people
from softswitch.reports.queues import queues
from softswitch.reports.result import ReportError, Result
from softswitch.reports.scenarios import scenarios
from softswitch.reports.traffic import traffic
from tests.reports.month import COMPANY, march


def by(result: Result, key: str) -> dict[str, Any]:
    """The rows by the value of a column."""
    return {row[key]: row for row in result.rows}


def figures(row: Any, *keys: str) -> tuple[Any, ...]:
    return tuple(row[key] for key in keys)


def test_calls_are_the_latest_first_and_name_their_recordings(month: Connection) -> None:
    result = calls(month, march(), 0)
    assert [row["id"] for row in result.rows] == [f"m{nth:02}" for nth in range(17, 0, -1)]
    assert by(result, "id")["m01"]["files"] == "m01.flac"
    assert by(result, "id")["m06"]["price"] == Decimal("0.3333")
    short = calls(month, march(), 3)
    assert [row["id"] for row in short.rows] == ["m17", "m16", "m15"]
    assert list(stream(month, march(), 0)) == result.rows
    assert list(stream(month, march(), 3)) == short.rows
    assert short.notes == ("These are the latest 3; --limit 0 shows all.",)


def test_traffic_by_hour_is_by_the_clock_in_berlin(month: Connection) -> None:
    hours = by(traffic(month, march(), "hour"), "hour")
    assert len(hours) == 24
    busy = {hour: row["calls"] for hour, row in hours.items() if row["calls"]}
    # Half past three on the 29th is an hour and a half after midnight: from 2 to 3 there was no time.
    assert busy == {"03:00": 1, "09:00": 4, "10:00": 2, "11:00": 3, "14:00": 3, "15:00": 1, "23:00": 3}
    nine = hours["09:00"]
    assert figures(nine, "incoming", "answered", "unanswered") == (4, 2, 2)
    assert figures(nine, "waiting", "talking", "total_talk") == (18.0, 90.0, 180.0)


def test_traffic_by_weekday_and_by_day(month: Connection) -> None:
    days = {row["weekday"]: row["calls"] for row in traffic(month, march(), "weekday").rows}
    assert days == {
        "Monday": 6,
        "Tuesday": 4,
        "Wednesday": 4,
        "Thursday": 0,
        "Friday": 0,
        "Saturday": 1,
        "Sunday": 2,
    }
    dates = {row["day"]: row["calls"] for row in traffic(month, march(), "day").rows}
    assert dates["2026-03-28"] == 1
    assert dates["2026-03-29"] == 2
    assert [row["month"] for row in traffic(month, march(), "month").rows] == ["2026-03"]


def test_lines(month: Connection) -> None:
    found = by(lines(month, march(), COMPANY), "trunk")
    carrier = found["carrier"]
    # In the hour from 14:00 on the 4th 252 + 215 + 6 s, from 10:00 on the 2nd 305 + 97 s with 5 s of both.
    assert figures(carrier, "calls", "busiest", "busiest_calls", "most") == (13, "2026-03-04 14:00", 3, 2)
    assert carrier["erlangs"] == pytest.approx(473 / 3600)
    assert figures(carrier, "lines", "refused", "enough") == (2, 0, 2)
    assert figures(found["backup"], "calls", "busiest") == (2, "2026-03-03 11:00")
    # The long call began a second before April: only that second is in an hour of March.
    assert found["backup"]["erlangs"] == pytest.approx(20 / 3600)


def test_departments(month: Connection) -> None:
    found = by(departments(month, march(), COMPANY), "department")
    sales = found["sales"]
    assert figures(sales, "name", "offered", "answered", "missed") == ("Sales", 4, 2, 2)
    assert figures(sales, "answered_share", "third_ring", "waiting", "longest_wait") == (0.5, 1.0, 12.0, 14.0)
    assert figures(sales, "gave_up_after", "talking", "total_talk") == (24.0, 90.0, 180.0)
    assert figures(found["service"], "offered", "answered", "waiting") == (0, 0, None)


def test_people(month: Connection) -> None:
    found = by(people(month, march(), COMPANY), "number")
    anna = found["101"]
    # m01 and m16 he answered, m02 Boris did, m04 nobody.
    assert figures(anna, "offered", "answered", "elsewhere", "missed") == (4, 2, 1, 1)
    assert figures(anna, "ringing", "third_ring", "talk_in") == (20.0, 0.5, 180.0)
    assert figures(anna, "made", "reached", "talk_out", "department") == (3, 3, 420.0, "sales")
    assert figures(found["103"], "offered", "answered", "missed") == (6, 3, 3)
    assert figures(found["104"], "name", "offered", "made") == ("Dewi", 0, 0)


def test_queues(month: Connection) -> None:
    help_ = by(queues(month, march(), within=20.0), "queue")["help"]
    assert figures(help_, "offered", "answered", "abandoned", "abandoned_share") == (4, 2, 2, 0.5)
    assert figures(help_, "service_level", "waiting", "longest_wait") == (0.25, 23.5, 50.0)
    assert figures(help_, "abandoned_after", "abandoned_soon", "talking") == (28.0, 1, 210.0)
    # Three calls of 210 s in an hour are 0.175 erlangs: one person answers 83 % of them within 20 s.
    assert figures(help_, "busiest", "enough") == ("2026-03-04 14:00", 1)
    assert help_["erlangs"] == pytest.approx(0.175)


def test_costs(month: Connection) -> None:
    result = costs(month, march(), COMPANY, "person")
    assert {row["person"]: row["price"] for row in result.rows if row["currency"]} == {
        "103": Decimal("1.2000"),
        "101": Decimal("0.7833"),
        "102": Decimal(0),
    }
    assert result.notes == ("In all: 1.9833 EUR.",)
    by_trunk = {
        row["trunk"]: row["price"] for row in costs(month, march(), COMPANY, "trunk").rows if row["price"]
    }
    assert by_trunk == {"backup": Decimal("1.2000"), "carrier": Decimal("0.7833")}
    places = {row["destination"]: row["price"] for row in costs(month, march(), COMPANY, "destination").rows}
    assert places == {
        "+62 ID": Decimal("1.2000"),
        "+49 DE": Decimal("0.4500"),
        "+44 GB": Decimal("0.3333"),
        "in": Decimal(0),
    }
    teams = costs(month, march(), COMPANY, "department").rows
    assert {row["department"]: row["price"] for row in teams if row["currency"]} == {
        "service": Decimal("1.2000"),
        "sales": Decimal("0.7833"),
    }


def test_scenarios(month: Connection) -> None:
    found = by(scenarios(month, march()), "scenario")
    welcome = found["welcome"]
    assert figures(welcome, "total", "by_option", "with_transfer", "without_talk") == (4, 0, 1, 2)
    assert figures(welcome, "completed", "repeated", "passes") == (2, 1, 5)
    # 130 + 74 + 8 + 40 s; talk 120 and 60 s.
    assert figures(welcome, "duration", "talking") == (63.0, 90.0)
    assert figures(found["night"], "total", "by_option", "without_talk") == (3, 1, 2)


def test_scenarios_by_step_show_where_callers_leave(month: Connection) -> None:
    steps = by(scenarios(month, march(), "step"), "step")
    assert {step: figures(row, "total", "without_talk") for step, row in steps.items()} == {
        "night/say": (2, 2),
        "night/desk": (1, 0),
        "welcome/menu": (4, 2),
    }


def test_scenarios_with_calls_without_talk_under_ten_seconds(month: Connection) -> None:
    short = march(parse_condition("talking=0 and duration<10"))
    found = {row["scenario"]: row["without_talk"] for row in scenarios(month, short).rows}
    assert found == {"welcome": 1, "night": 1}
    assert [row["id"] for row in calls(month, short, 0).rows] == ["m15", "m12", "m09", "m03"]


@pytest.mark.parametrize("dimension", ["number", "type", "outcome", "step", "department", "caller", "mode"])
def test_every_dimension_of_scenarios_adds_up(month: Connection, dimension: str) -> None:
    assert sum(row["total"] for row in scenarios(month, march(), dimension).rows) == 7


def test_missed_says_whom_and_why(month: Connection) -> None:
    result = missed(month, march(), COMPANY, 0)
    found = {(row["call"], row["number"]): row["why"] for row in result.rows}
    assert found[("m04", "101")] == "The called person declined the call."
    assert found[("m04", "102")] == "The caller gave up."
    assert found[("m09", "103")] == "The called person was busy."
    assert found[("m03", "")] == "It was cancelled."
    assert len({call for call, _ in found}) == 8
    assert by(result, "call")["m13"]["rang"] == 50.0
    assert {row["call"] for row in missed(month, march(), COMPANY, 2).rows} == {"m15", "m14"}


@pytest.mark.parametrize(
    "make",
    [
        lambda db: traffic(db, march(), "moon"),
        lambda db: costs(db, march(), COMPANY, "moon"),
        lambda db: scenarios(db, march(), "moon"),
    ],
)
def test_an_unknown_part_is_refused_with_those_there_are(month: Connection, make: Any) -> None:
    with pytest.raises(ReportError, match="moon") as refused:
        make(month)
    assert "there are" in refused.value.remedy
