"""Who was turned away, and why: counted, bounded, forgotten when it is mended."""

import pytest

from softswitch.sip.message import Request
from softswitch.sip.source import Source
from softswitch.sip.turned_away import BLOCKED, NO_EXTENSION, NO_PROOF, TurnedAwayOfLate

DESK = Source("192.0.2.1", 5060, "udp")
ELSEWHERE = Source("192.0.2.9", 5060, "tcp")
PHONE = Request(
    "REGISTER",
    "sip:office.example",
    {
        "via": ["SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"],
        "from": ["<sip:101@office.example>;tag=1"],
        "to": ["<sip:101@office.example>"],
        "call-id": ["1"],
        "cseq": ["1 REGISTER"],
        "user-agent": ["Phone/1" + "x" * 1000],
    },
)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_same_try_is_counted_and_the_latest_goes_first(clock: Clock) -> None:
    found = TurnedAwayOfLate(clock)
    for username, source in (("101", DESK), ("102", DESK), ("101", DESK)):
        clock.now += 1
        found.note(username, PHONE, source, NO_PROOF)
    assert [(one.username, one.times, one.last_at) for one in found.of_late()] == [
        ("101", 2, 1003.0),
        ("102", 1, 1002.0),
    ]


def test_each_reason_has_its_remedy() -> None:
    found = TurnedAwayOfLate()
    refused = ("Transport UDP Not Allowed", "Limit of 5 Devices Reached")
    for why in (NO_PROOF, NO_EXTENSION, BLOCKED, *refused):
        found.note("101", PHONE, DESK, why)
    assert all(one.remedy for one in found.of_late())
    found.note("101", PHONE, DESK, "Contact Named Twice")
    assert found.of_late()[0].remedy == ""


def test_who_has_come_in_is_forgotten_there_and_nowhere_else() -> None:
    found = TurnedAwayOfLate()
    found.note("101", PHONE, DESK, NO_PROOF)
    found.note("", PHONE, DESK, BLOCKED)
    found.note("102", PHONE, DESK, NO_PROOF)
    found.note("101", PHONE, ELSEWHERE, NO_PROOF)
    found.has_come_in("101", DESK)
    assert {(one.username, one.source.ip) for one in found.of_late()} == {
        ("102", "192.0.2.1"),
        ("101", "192.0.2.9"),
    }


def test_guessing_takes_no_more_memory(clock: Clock) -> None:
    found = TurnedAwayOfLate(clock, capacity=10)
    for number in range(1000):
        found.note(str(number) * 100, PHONE, DESK, NO_EXTENSION)
    assert len(found.of_late()) == 10
    assert all(len(one.username) <= 64 and len(one.device) <= 128 for one in found.of_late())
    clock.now += 3601
    assert found.of_late() == ()
