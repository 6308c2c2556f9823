"""From events to a record: known answers, and laws that any sequence of events obeys."""

from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.records.derive import SWITCH_DIED, derive
from softswitch.records.encoding import event_of, line_of
from softswitch.records.events import (
    AgentMissed,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallHeld,
    CallParked,
    CallResumed,
    CallStarted,
    DeviceCalled,
    DeviceEnded,
    DeviceRinging,
    LegClosed,
    PlaceEntered,
    QueueLeft,
    RecordingEnded,
    RecordingStarted,
    Routed,
    StepEntered,
    TransferEnded,
    TransferStarted,
)
from softswitch.records.record import CallRecord
from softswitch.records.tables import CALLS, LEGS, RECORDINGS, STEPS
from softswitch.routing.outcome import Outcome

T = 1_800_000_000.0
C = "9x4k-1"


def started(at: float = T, trunk: str = "") -> CallStarted:
    return CallStarted(at, C, "101", "Anna", "102", "192.0.2.1:5060", "d-101", trunk)


def routed(at: float, kind: str = "extension", key: str = "102", name: str = "Boris") -> Routed:
    return Routed(at, C, f"ring {key}", (("102 is the extension of Boris", 12),), "day", kind, key, name)


def called(at: float, number: str = "102", trunk: str = "", dialog: str = "") -> DeviceCalled:
    return DeviceCalled(at, C, number, "192.0.2.2:5060", dialog or f"d-{number}", trunk)


def answered(at: float, number: str = "102", name: str = "Boris") -> CallAnswered:
    return CallAnswered(at, C, number, name, f"d-{number}")


def closed(at: float, number: str, lost: int = 0) -> LegClosed:
    return LegClosed(
        at, C, number, "outbound", "udp", f"d-{number}", "PCMA", False, 1000, 990, lost, 2.0, 10.0
    )


def ended(at: float, outcome: Outcome = Outcome.COMPLETED) -> CallEnded:
    return CallEnded(at, C, outcome.value, outcome.blame.value, outcome.words, outcome.status, "101")


def test_a_plain_call() -> None:
    record = derive(
        [
            started(),
            routed(T),
            called(T + 0.1),
            DeviceRinging(T + 0.5, C, "102", 180, "d-102"),
            answered(T + 4),
            CallHeld(T + 10, C, "102"),
            CallResumed(T + 13, C, "102"),
            closed(T + 64, "101"),
            closed(T + 64, "102", lost=50),
            ended(T + 64),
        ]
    )
    call = record.call
    assert (call["direction"], call["caller"], call["called_name"], call["answered_by"]) == (
        "inner",
        "101",
        "Boris",
        "102",
    )
    assert (call["waiting"], call["talking"], call["held"]) == (4, 60, 3)
    assert (call["outcome"], call["blame"], call["rings"], call["recovered"]) == (
        "completed",
        "nobody",
        1,
        False,
    )
    assert call["codec"] == "PCMA"
    assert call["loss"] == pytest.approx(50 / 1050)
    assert 3 < call["mos"] < 4.3
    anna, boris = record.legs
    assert (anna["number"], anna["direction"], anna["answered_at"], anna["status"]) == (
        "101",
        "inbound",
        T + 4,
        200,
    )
    assert (boris["ringing_at"], boris["answered_at"], boris["ended_at"], boris["name"]) == (
        T + 0.5,
        T + 4,
        T + 64,
        "Boris",
    )
    assert [(step["kind"], step["seconds"]) for step in record.steps] == [("extension", 4), ("answered", 60)]
    assert "(line 12)" in record.steps[0]["words"]


def test_who_was_rung_and_did_not_take_it() -> None:
    record = derive(
        [
            started(trunk="carrier"),
            routed(T, "department", "sales", "Sales"),
            called(T, "102"),
            called(T, "103"),
            called(T, "103", dialog="d-103b"),
            DeviceEnded(T + 2, C, "102", 486, "Busy Here", "d-102"),
            answered(T + 3, "103", "Clara"),
            ended(T + 5),
        ]
    )
    assert (record.call["direction"], record.call["trunk"], record.call["department"]) == (
        "in",
        "carrier",
        "sales",
    )
    assert record.call["rings"] == 2
    assert [(leg["dialog"], leg["status"], leg["reason"]) for leg in record.legs[1:]] == [
        ("d-102", 486, "Busy Here"),
        ("d-103", 200, ""),
        ("d-103b", 487, "answered elsewhere"),
    ]


def test_a_call_out_has_its_trunk_and_a_mobile_that_rings_along_makes_none() -> None:
    out = derive(
        [started(), routed(T, "outside", "+4930", "+4930"), called(T, "+4930", "carrier"), ended(T + 1)]
    )
    assert (out.call["direction"], out.call["trunk"], out.call["rings"]) == ("out", "carrier", 0)
    along = derive([started(), routed(T), called(T), called(T, "+49170", "carrier"), ended(T + 1)])
    assert along.call["direction"] == "inner"


def test_a_call_that_found_no_free_line_has_the_line_that_it_wanted() -> None:
    refused = Routed(T, C, "refuse: no-free-line", (), "day", "refusal", "no-free-line", trunk="carrier")
    row = derive([started(), refused, ended(T + 1, Outcome.NO_FREE_LINE)]).call
    assert (row["direction"], row["trunk"], row["outcome"]) == ("out", "carrier", "no-free-line")


def test_a_blind_transfer_waits_and_one_that_fails_goes_on() -> None:
    sent_on = [started(), answered(T + 1), TransferStarted(T + 11, C, "102", "103", "blind"), routed(T + 11)]
    good = derive(
        [*sent_on, TransferEnded(T + 16, C, "102", "103", 200), answered(T + 16, "103"), ended(T + 20)]
    )
    assert (good.call["talking"], good.call["transfers"], good.call["answered_by"]) == (14, 1, "102")
    back = derive([*sent_on, TransferEnded(T + 16, C, "102", "103", 486), ended(T + 20)])
    assert (back.call["talking"], back.call["transfers"]) == (14, 0)
    gone = derive([*sent_on, TransferEnded(T + 16, C, "102", "103", 486), routed(T + 16), ended(T + 20)])
    assert gone.call["talking"] == 10


def test_who_is_parked_does_not_talk() -> None:
    record = derive(
        [
            started(),
            answered(T + 1),
            CallParked(T + 3, C, "102", "701"),
            answered(T + 60, "103"),
            ended(T + 61),
        ]
    )
    assert record.call["talking"] == 3
    assert ("parked", "701", "102") in [(step["kind"], step["place"], step["by"]) for step in record.steps]


def test_steps_of_places() -> None:
    record = derive(
        [
            started(trunk="carrier"),
            routed(T, "menu", "main", "Main"),
            PlaceEntered(T, C, "menu", "main"),
            StepEntered(T + 5, C, "main", "2"),
            PlaceEntered(T + 6, C, "queue", "support"),
            AgentMissed(T + 30, C, "support", "103"),
            QueueLeft(T + 50, C, "support", "timeout", 44.0, 1),
            ended(T + 60, Outcome.CANCELLED),
        ]
    )
    assert [(step["kind"], step["place"], step["step"], step["seconds"]) for step in record.steps] == [
        ("menu", "main", "", 5),
        ("menu", "main", "2", 1),
        ("queue", "support", "", 24),
        ("agent-missed", "support", "", 20),
        ("queue", "support", "timeout", 10),
    ]
    assert (record.call["queue"], record.call["last_step"], record.call["waiting"]) == (
        "support",
        "support/timeout",
        60,
    )


def test_recordings() -> None:
    record = derive(
        [
            started(),
            RecordingStarted(T + 1, C, "a.wav", "102"),
            RecordingEnded(T + 9, C, "a.wav", 8.0, 64),
            ended(T + 9),
        ]
    )
    assert record.call["recordings"] == 1
    assert record.recordings[0] == {
        "file": "a.wav",
        "call": C,
        "started_at": T + 1,
        "seconds": 8.0,
        "bytes": 64,
        "by": "102",
        "deleted_at": None,
    }


def test_the_switch_died() -> None:
    record = derive([started(), answered(T + 2)], died_at=T + 12)
    assert (record.call["outcome"], record.call["blame"], record.call["recovered"]) == (
        "switch-died",
        "us",
        True,
    )
    assert (record.call["ended_at"], record.call["talking"]) == (T + 12, 10)
    assert derive([started(), answered(T + 2)]).call["ended_at"] == T + 2
    died = Outcome(SWITCH_DIED[0])
    assert (died.value, died.blame.value, died.words, died.status) == SWITCH_DIED


# ---- any sequence ----

texts = st.text(max_size=80)
small = st.sampled_from(["101", "102", "103"])
statuses = st.sampled_from([180, 183, 200, 404, 480, 486, 487, 503, 603])
_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "at": st.floats(T - 5, T + 100),
    "call": st.just(C),
    "number": small,
    "by": small,
    "dialog": st.sampled_from(["", "d-101", "d-102", "d-103"]),
    "status": statuses,
    "kind": st.sampled_from(["blind", "attended", "menu", "queue", "scenario", "extension", "outside"]),
    "trunk": st.sampled_from(["", "carrier"]),
    "reasons": st.just((("why", 3), ("because", None))),
}
_BY_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(0, 10**6),
    float: st.floats(0, 1000),
    bool: st.booleans(),
}


def any_of(kind: type) -> st.SearchStrategy[CallEvent]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: _FIELDS.get(name, _BY_TYPE.get(hint)) for name, hint in hints.items()})


_BETWEEN = [kind for kind in get_args(CallEvent) if kind not in (CallStarted, CallEnded)]
stories = st.tuples(
    any_of(CallStarted),
    st.lists(st.sampled_from(_BETWEEN).flatmap(any_of), max_size=25),
    st.lists(any_of(CallEnded), max_size=1),
).map(lambda parts: [parts[0], *parts[1], *parts[2]])


def fits(table: Any, row: dict[str, Any]) -> None:
    """Every column has a value of its kind."""
    assert set(row) == {column.name for column in table.columns}
    for column in table.columns:
        value = row[column.name]
        if value is None:
            assert column.nullable, column
        elif column.type.python_type is str:
            assert len(value) <= (column.type.length or 10**6)
            value.encode()
            assert "\0" not in value


@given(stories)
def test_any_sequence_gives_one_consistent_record(events: list[CallEvent]) -> None:
    record = derive(events)
    assert record == derive(list(events))
    call = record.call
    fits(CALLS, call)
    for leg in record.legs:
        fits(LEGS, leg)
        assert leg["call"] == C
        assert leg["started_at"] <= leg["ended_at"] <= call["ended_at"]
        assert leg["mos"] is None or 1 <= leg["mos"] <= 4.5
    for step in record.steps:
        fits(STEPS, step)
        assert step["seconds"] >= 0
    for one in record.recordings:
        fits(RECORDINGS, one)
    assert [leg["nth"] for leg in record.legs] == list(range(len(record.legs)))
    assert [step["nth"] for step in record.steps] == list(range(len(record.steps)))
    whole = call["ended_at"] - call["started_at"]
    answered_at = call["answered_at"]
    assert whole >= 0
    assert 0 <= call["held"] <= call["talking"] + 1e-6
    assert call["talking"] <= (0 if answered_at is None else call["ended_at"] - answered_at) + 1e-6
    assert call["waiting"] + call["talking"] <= whole + 1e-6
    assert call["recovered"] == (not isinstance(events[-1], CallEnded))
    if record.steps:
        last = sum(step["seconds"] for step in record.steps)
        assert last == pytest.approx(call["ended_at"] - record.steps[0]["at"], abs=1e-5)


@given(stories)
def test_the_journal_keeps_every_event_as_it_is(events: list[CallEvent]) -> None:
    for event in events:
        line = line_of(event)
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        assert event_of(line[:-1]) == event


def record_of(name: str) -> CallRecord:
    """For other tests: a finished call of that id."""
    return derive([started()._replace(call=name), ended(T + 1)._replace(call=name)])
