"""Calls that a place of the dialplan sends on: it may name keys and numbers outside, its callers may not."""

import pytest

from softswitch.config import Feature
from softswitch.routing import CallFacts, Outcome, Preferences, Refuse, Ring, Target, UseFeature
from tests.routing.company import DIALPLAN, company
from tests.routing.state import Known


def sent(called: str) -> CallFacts:
    return CallFacts("+491711234567", called, trunk="carrier", sent=True)


def test_a_place_sends_by_key() -> None:
    router = company()
    decision = router.decide(sent("sales"), Known())
    assert isinstance(decision, Ring)
    assert [target.number for target in decision.targets] == ["101", "102"]
    by_hand = router.decide(CallFacts("101", "sales"), Known())
    assert isinstance(by_hand, Refuse)


def test_to_a_conference_but_to_no_code() -> None:
    router = company()
    room = router.decide(sent("800"), Known())
    assert isinstance(room, UseFeature)
    assert room.feature is Feature.CONFERENCE
    code = router.decide(CallFacts("101", "*72102", sent=True), Known())
    assert isinstance(code, Refuse)


@pytest.mark.parametrize("caller", ["+491711234567", "102"])
def test_a_number_outside_that_the_file_names_needs_no_rights(caller: str) -> None:
    trunk = "carrier" if caller.startswith("+") else ""
    facts = CallFacts(caller, "9004417112345", trunk=trunk)
    refused = company().decide(facts, Known())
    assert isinstance(refused, Refuse)
    assert refused.outcome is Outcome.NOT_ALLOWED
    decision = company().decide(CallFacts(caller, "9004417112345", trunk=trunk, sent=True), Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("004417112345", "carrier"),)


def test_who_is_rung_forwards_by_his_own_rights_only() -> None:
    """102 may not call outside: that a menu has sent the caller to 102 changes nothing."""
    by_code = {"102": Preferences(forward_always="9004417112345")}
    decision = company().decide(sent("102"), Known(by_code=by_code))
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.NOT_ALLOWED
    with_mobile = DIALPLAN.replace("rights: {outside: false}", 'rights: {outside: false}, mobile: "90171"')
    rung = company(with_mobile).decide(sent("102"), Known())
    assert isinstance(rung, Ring)
    assert rung.targets == (Target("102"),)
