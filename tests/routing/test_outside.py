"""Numbers of the telephone network: where ours lead, which trunk reaches the others, who may."""

import pytest

from softswitch.config import Feature
from softswitch.routing import CallFacts, Diversion, Outcome, Refuse, Ring, Target, UseFeature
from softswitch.routing.decision import Decision
from tests.routing.company import DIALPLAN, arriving, company
from tests.routing.state import Known


def reasons(decision: Decision) -> str:
    return "; ".join(reason.text for reason in decision.reasons)


def refused(decision: Decision) -> Outcome:
    assert isinstance(decision, Refuse), decision
    return decision.outcome


@pytest.mark.parametrize("called", ["+4930123450", "4930123450"])
def test_a_number_leads_in_with_and_without_its_plus(called: str) -> None:
    decision = company().decide(arriving(called), Known())
    assert isinstance(decision, Ring)
    assert [target.number for target in decision.targets] == ["101", "102"]
    assert decision.name == "Sales"
    assert decision.reasons[0].text == "+4930123450 leads to sales"
    assert decision.reasons[0].line == 10


def test_it_leads_to_an_extension_or_a_conference() -> None:
    decision = company().decide(arriving("+4930123451"), Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("101"),)
    room = company().decide(arriving("4930123459"), Known())
    assert isinstance(room, UseFeature)
    assert (room.feature, room.argument) == (Feature.CONFERENCE, "800")


def test_it_leads_out_again_to_a_number_that_the_file_names() -> None:
    """Who wrote the file may send callers to a mobile; nobody else here has to be allowed to call it."""
    text = DIALPLAN.replace('"4930123451": 101', '"4930123451": "+491711234567"')
    assert text != DIALPLAN
    decision = company(text).decide(arriving("+4930123451"), Known())
    assert isinstance(decision, Ring), decision
    assert [target.number for target in decision.targets] == ["+491711234567"]
    assert decision.targets[0].trunk


@pytest.mark.parametrize(
    "called", ["123450", "030123450", "0", "101", "sales", "*8", "700", "+49301234500", ""]
)
def test_what_is_not_in_the_file_leads_nowhere(called: str) -> None:
    """No suffix is guessed; extensions, codes and the way out are not for callers from outside."""
    decision = company().decide(arriving(called), Known())
    assert refused(decision) is Outcome.UNKNOWN_NUMBER
    assert f"{called} is not in numbers" in reasons(decision)


def test_a_trunk_brings_its_own_numbers_only() -> None:
    one_number = DIALPLAN.replace('"4930123451", "+4930123459"', "")
    decision = company(one_number).decide(arriving("+4930123451"), Known())
    assert refused(decision) is Outcome.UNKNOWN_NUMBER
    assert "not among the numbers of the trunk carrier" in reasons(decision)
    # Without a list of its own any of the numbers may come.
    assert isinstance(company(one_number).decide(arriving("+4930123451", "backup"), Known()), Ring)


def test_a_trunk_that_has_left_the_dialplan_leads_nowhere() -> None:
    assert refused(company().decide(arriving("+4930123450", "gone"), Known())) is Outcome.UNKNOWN_NUMBER


def test_a_call_in_takes_a_line() -> None:
    router = company()
    # The state counts the call itself.
    assert isinstance(router.decide(arriving("+4930123450"), Known(lines={"carrier": 2})), Ring)
    decision = router.decide(arriving("+4930123450"), Known(lines={"carrier": 3}))
    assert refused(decision) is Outcome.NO_FREE_LINE
    assert "all 2 lines of the trunk carrier are taken" in reasons(decision)


def test_a_prefix_leads_out_and_is_taken_away() -> None:
    decision = company().decide(CallFacts("101", "9004417112345"), Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("004417112345", "carrier"),)
    assert decision.number == "004417112345"
    assert decision.reasons[0].text == "9004417112345 goes out through the trunk carrier"
    assert decision.reasons[0].line == 14


def test_the_longest_prefix_is_meant() -> None:
    plan = DIALPLAN.replace("server: sip.backup.example", 'server: sip.backup.example, prefix: "99"')
    decision = company(plan).decide(CallFacts("101", "99123456"), Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("123456", "backup"),)


def test_an_empty_prefix_takes_all_that_is_not_ours() -> None:
    plan = DIALPLAN.replace("prefix: 9", 'prefix: ""')
    router = company(plan)
    outside = router.decide(CallFacts("101", "0301234"), Known())
    assert isinstance(outside, Ring)
    assert outside.targets == (Target("0301234", "carrier"),)
    inside = router.decide(CallFacts("101", "102"), Known())
    assert isinstance(inside, Ring)
    assert inside.targets == (Target("102"),)


def test_a_number_with_plus_goes_by_the_trunk_without_prefix_first() -> None:
    router = company()
    decision = router.decide(CallFacts("101", "+4417112345"), Known())
    assert isinstance(decision, Ring)
    (target,) = decision.targets
    assert (target.number, target.trunk) == ("+4417112345", "backup")
    assert target.then == (Target("+4417112345", "carrier"),)
    # Its lines are taken: the next one carries it.
    decision = router.decide(CallFacts("101", "+4417112345"), Known(lines={"backup": 100}))
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("+4417112345", "carrier"),)
    decision = router.decide(CallFacts("101", "+4417112345"), Known(lines={"backup": 100, "carrier": 2}))
    assert refused(decision) is Outcome.NO_FREE_LINE


def test_all_lines_taken() -> None:
    decision = company().decide(CallFacts("101", "9004417112345"), Known(lines={"carrier": 2}))
    assert refused(decision) is Outcome.NO_FREE_LINE
    assert Outcome.NO_FREE_LINE.status == 503


@pytest.mark.parametrize("called", ["9", "91", "9+", "9abc", "9123456789012345678901", "+", "+4a", "8123456"])
def test_what_no_trunk_leads_to_is_unknown(called: str) -> None:
    assert refused(company().decide(CallFacts("101", called), Known())) is Outcome.UNKNOWN_NUMBER


def test_who_has_no_right_does_not_get_out() -> None:
    decision = company().decide(CallFacts("102", "9004417112345"), Known())
    assert refused(decision) is Outcome.NOT_ALLOWED
    assert "102 may not call outside numbers" in reasons(decision)


def test_a_caller_from_outside_goes_out_by_the_right_of_who_sends_him() -> None:
    router = company()
    facts = CallFacts("+491711234567", "9004417112345", trunk="backup")
    assert refused(router.decide(facts, Known())) is Outcome.NOT_ALLOWED
    # He may claim to be an extension: that changes nothing.
    assert refused(router.decide(facts._replace(caller="101"), Known())) is Outcome.NOT_ALLOWED
    by_anna = facts._replace(diverted=(Diversion("101", "always"),))
    assert isinstance(router.decide(by_anna, Known()), Ring)
    by_boris = facts._replace(diverted=(Diversion("101", "always"), Diversion("102", "busy")))
    decision = router.decide(by_boris, Known())
    assert refused(decision) is Outcome.NOT_ALLOWED
    assert "102 may not" in reasons(decision)


def test_a_caller_from_outside_uses_no_codes_also_when_he_is_sent_there() -> None:
    router = company()
    sent = (Diversion("101", "transfer"),)
    for code in ("*8", "*8102", "*72102", "*554102"):
        facts = CallFacts("101", code, trunk="carrier")
        assert refused(router.decide(facts, Known())) is Outcome.UNKNOWN_NUMBER
        assert refused(router.decide(facts._replace(diverted=sent), Known())) is Outcome.UNKNOWN_NUMBER
    parked = CallFacts("+49171", "700", trunk="carrier", diverted=sent)
    decision = router.decide(parked, Known())
    assert isinstance(decision, UseFeature)
    assert decision.feature is Feature.PARK


def test_once_inside_he_is_sent_on_like_anybody() -> None:
    facts = CallFacts("+49171", "101", trunk="carrier")
    assert isinstance(company().decide(facts, Known()), Ring)


def test_a_member_of_the_department_who_calls_from_outside_under_its_number_is_rung() -> None:
    decision = company().decide(arriving("+4930123450", caller="101"), Known())
    assert isinstance(decision, Ring)
    assert Target("101") in decision.targets
