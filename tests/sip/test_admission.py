"""New calls are refused while the switch stops, is full, or comes behind; the log says so now and then."""

import structlog.testing

from softswitch.sip.admission import BEHIND, FEWEST, Admission
from softswitch.sip.message import Request


def invite(number: str = "102", **more: list[str]) -> Request:
    headers = {
        **more,
        "via": ["SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"],
        "from": ["<sip:101@office.example>;tag=1"],
        "to": [f"<sip:{number}@office.example>"],
        "call-id": ["1"],
        "cseq": ["1 INVITE"],
    }
    return Request("INVITE", f"sip:{number}@office.example", headers)


def refused(admission: Admission, number: str = "102") -> str:
    """The reason, or nothing."""
    response = admission.refusal(invite(number))
    if response is None:
        return ""
    assert response.status == 503
    assert response.header("Retry-After") == "5"
    return response.reason


def test_calls_come_in() -> None:
    admission = Admission()
    admission.late(0.001)
    assert refused(admission) == ""
    assert admission.refused == 0


def test_whether_anybody_is_turned_away_is_known_without_reading_who_calls() -> None:
    admission = Admission()
    assert not admission.turns_away
    admission.full = lambda: True
    assert admission.turns_away
    admission.full = bool
    admission.draining = True
    assert admission.turns_away
    assert overloaded().turns_away


def overloaded() -> Admission:
    """One that has been behind for long, and gets many calls."""
    admission = Admission()
    for _ in range(50):
        admission.late(2 * BEHIND)
    for _ in range(FEWEST):
        admission.refusal(invite())
    return admission


def test_few_calls_are_not_refused_whatever_keeps_the_machine_busy() -> None:
    now = 100.0
    admission = Admission(clock=lambda: now)
    for _ in range(50):
        admission.late(2 * BEHIND)
    for _ in range(10):
        assert not any(refused(admission) for _ in range(FEWEST - 1))
        now += 1.0
    assert any(refused(admission) for _ in range(FEWEST + 2))


def test_one_long_turn_of_the_loop_is_no_overload() -> None:
    admission = Admission()
    admission.late(0.9 * BEHIND * 10)
    assert not admission.overloaded


def test_who_is_always_late_refuses_ever_more() -> None:
    admission = Admission()
    shares = []
    for _ in range(5):
        for _ in range(10):
            admission.late(2 * BEHIND)
        for _ in range(FEWEST):
            admission.refusal(invite())
        shares.append(sum(bool(refused(admission)) for _ in range(100)))
    assert 0 < shares[0] < 60 < shares[1]
    assert shares[-1] in (94, 95, 96), "some come in whatever happens"


def test_who_has_been_challenged_is_let_in() -> None:
    admission = overloaded()
    proved = invite(authorization=["Digest …"])
    assert not any(admission.refusal(proved) for _ in range(100))
    assert any(refused(admission) for _ in range(2))


def test_it_comes_back_by_itself() -> None:
    admission = overloaded()
    with structlog.testing.capture_logs() as lines:
        for _ in range(500):
            admission.late(0.0)
    assert [line["event"] for line in lines] == ["caught up"]
    assert not admission.overloaded
    assert not any(refused(admission) for _ in range(100))


def test_emergency_calls_come_in_whatever_there_is_to_do() -> None:
    admission = Admission()
    admission.is_emergency = lambda number: number == "112"
    admission.full = lambda: True
    assert refused(admission) == "Exchange Full"
    assert refused(admission, "112") == ""
    admission.draining = True
    assert refused(admission, "112") == "Shutting Down"


def test_the_log_says_how_many_but_not_each() -> None:
    now = 100.0
    admission = Admission(clock=lambda: now)
    admission.full = lambda: True
    with structlog.testing.capture_logs() as lines:
        for _ in range(5):
            refused(admission)
        now += 11.0
        refused(admission)
    assert [line["refused"] for line in lines] == [1, 5]
    assert "max_calls" in lines[0]["remedy"]
