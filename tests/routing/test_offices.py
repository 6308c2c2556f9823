"""Other offices: numbers reach across, and no call goes round."""

import pytest

from softswitch.routing import CallFacts, Diversion, Outcome, Refuse, Ring, Target
from tests.routing.company import company
from tests.routing.state import Known
from tests.routing.test_outside import reasons, refused

PLAN = """\
domain: office.example
extensions:
  201: {name: Anna, password: geheimnis-1}
  202: {name: Boris, password: geheimnis-2, forward: {always: "301"}}
departments: {sales: {number: 250, members: [201]}}
conferences: {280: {}}
offices:
  hamburg: {server: 203.0.113.30, numbers: ["3xx"], max_calls: 2}
  munich: {server: 203.0.113.40, prefix: 84, transit: true, rights: {outside: true}}
trunks:
  line: {server: 203.0.113.9, prefix: 9}
"""


def from_(office: str, called: str, **more: object) -> CallFacts:
    return CallFacts("301", called, trunk=office, arrives=True, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dialled", "target"),
    [("301", Target("301", "hamburg")), ("399", Target("399", "hamburg")), ("8412", Target("12", "munich"))],
)
def test_numbers_reach_across(dialled: str, target: Target) -> None:
    decision = company(PLAN).decide(CallFacts("201", dialled), Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (target,)
    assert decision.reasons[0].line in (8, 9)


@pytest.mark.parametrize("dialled", ["30", "3011", "3x1", "84", "+301"])
def test_what_is_none_of_theirs(dialled: str) -> None:
    assert isinstance(company(PLAN).decide(CallFacts("201", dialled), Known()), Refuse) or dialled == "+301"


def test_their_callers_reach_people_departments_and_rooms_and_use_no_codes() -> None:
    office = company(PLAN)
    ring = office.decide(from_("hamburg", "201"), Known())
    assert isinstance(ring, Ring)
    assert ring.targets == (Target("201"),)
    assert "called from the office hamburg" in reasons(ring)
    assert isinstance(office.decide(from_("hamburg", "250"), Known()), Ring)
    assert not isinstance(office.decide(from_("hamburg", "280"), Known()), Refuse)
    for called in ("*8201", "*72301", "700", "299", "sales"):
        assert refused(office.decide(from_("hamburg", called), Known())) is Outcome.UNKNOWN_NUMBER


def test_no_call_goes_from_office_to_office_unless_it_may() -> None:
    office = company(PLAN)
    assert refused(office.decide(from_("hamburg", "8412"), Known())) is Outcome.NOT_ALLOWED
    assert isinstance(office.decide(from_("munich", "301"), Known()), Ring)
    assert refused(office.decide(from_("munich", "8412"), Known())) is Outcome.FORWARD_LOOP
    assert refused(office.decide(from_("hamburg", "301"), Known())) is Outcome.FORWARD_LOOP


def test_somebody_here_may_forward_to_an_office_but_only_once() -> None:
    office = company(PLAN)
    first = office.decide(from_("munich", "202"), Known())
    assert isinstance(first, Ring)
    assert first.targets == (Target("301", "hamburg"),)
    again = office.decide(from_("hamburg", "202", came_by=("202",)), Known())
    assert refused(again) is Outcome.FORWARD_LOOP


def test_out_through_our_trunks_by_the_offices_own_rights() -> None:
    office = company(PLAN)
    assert refused(office.decide(from_("hamburg", "9004417112345"), Known())) is Outcome.NOT_ALLOWED
    assert isinstance(office.decide(from_("munich", "9004417112345"), Known()), Ring)


def test_a_carriers_caller_reaches_no_office_by_himself() -> None:
    office = company(PLAN)
    facts = CallFacts("+49171", "301", trunk="line")
    assert refused(office.decide(facts, Known())) is Outcome.NOT_ALLOWED
    sent = CallFacts("+49171", "301", trunk="line", diverted=(Diversion("201", "transfer"),))
    assert isinstance(office.decide(sent, Known()), Ring)


def test_lines_between_offices() -> None:
    office = company(PLAN)
    two, three = Known(lines={"hamburg": 2}), Known(lines={"hamburg": 3})
    assert refused(office.decide(CallFacts("201", "301"), two)) is Outcome.NO_FREE_LINE
    assert isinstance(office.decide(from_("hamburg", "201"), two), Ring)
    assert refused(office.decide(from_("hamburg", "201"), three)) is Outcome.NO_FREE_LINE


def test_a_number_is_complete_for_transfers_by_keys() -> None:
    office = company(PLAN)
    assert office.is_complete("301")
    assert not office.is_complete("30")
