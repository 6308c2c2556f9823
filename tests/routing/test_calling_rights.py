"""Who may call which numbers outside, who is asked for a pin, and that emergency calls always get through."""

import pytest

from softswitch.routing import CallFacts, Diversion, Outcome, Refuse, Ring, Target
from tests.routing.company import arriving, company
from tests.routing.state import Known
from tests.routing.test_outside import reasons, refused

PLAN = """\
domain: office.example
country: DE
area_code: "30"
emergency: ["19222"]
classes_of_service:
  staff: {outside: [local, national, mobile], deny: ["0403*"], allow: ["+4417112345"]}
  boss: {pin: 4711, pin_for: [international]}
extensions:
  101: {name: Anna, password: geheimnis-1, class_of_service: staff}
  102: {name: Boris, password: geheimnis-2, rights: {outside: off}}
  103: {name: Clara, password: geheimnis-3}
  104: {name: Dewi, password: geheimnis-4, class_of_service: boss}
  105:
    name: Emil
    password: geheimnis-5
    rights: {outside: on, pin: 1234}
    forward: {always: "901715551234"}
departments:
  lobby: {members: [103], rights: {outside: [local]}}
numbers: {"+4930123450": 101, "030123451": 103}
trunks:
  line: {server: 203.0.113.9, prefix: 9, max_calls: 1, format: e164, numbers: ["030123450", "+4930123451"]}
  other: {server: 203.0.113.10, max_calls: 1}
"""


@pytest.mark.parametrize(
    ("caller", "dialled", "allowed"),
    [
        ("101", "5551234", True),
        ("101", "+491715551234", True),
        ("101", "0403456789", False),
        ("101", "+49403456789", False),  # the same in another form
        ("101", "004417112345", True),  # by the list
        ("101", "004417112346", False),
        ("101", "09001234567", False),
        ("102", "5551234", False),
        ("103", "5551234", True),
        ("103", "01715551234", False),
        ("104", "01715551234", True),
    ],
)
def test_by_what_the_number_is_and_by_list(caller: str, dialled: str, allowed: bool) -> None:
    called = dialled if dialled.startswith("+") else f"9{dialled}"
    decision = company(PLAN).decide(CallFacts(caller, called), Known())
    assert isinstance(decision, Ring) == allowed, decision
    if not allowed:
        assert refused(decision) is Outcome.NOT_ALLOWED
        assert decision.reasons[-1].line


def test_the_reason_names_the_class_of_service() -> None:
    decision = company(PLAN).decide(CallFacts("101", "909001234567"), Known())
    assert reasons(decision) == "09001234567 is a premium-rate number; 101 may not call those"
    assert decision.reasons[0].line == 6


def test_a_call_goes_out_in_the_carriers_form_and_comes_in_in_any() -> None:
    office = company(PLAN)
    decision = office.decide(CallFacts("101", "95551234"), Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("+49305551234", "line"),)
    for called in ("+4930123450", "4930123450"):
        assert isinstance(office.decide(arriving(called, "line"), Known()), Ring)
    for called in ("030123450", "123450"):
        # This carrier says e164; the other one may write as it likes.
        assert isinstance(office.decide(arriving(called, "line"), Known()), Refuse)
        assert isinstance(office.decide(arriving(called, "other"), Known()), Ring)
    for called in ("+4930123451", "030123451", "123451"):
        assert isinstance(office.decide(arriving(called, "other"), Known()), Ring)


def test_a_pin_is_asked_for_some_numbers_only() -> None:
    office = company(PLAN)
    abroad = office.decide(CallFacts("104", "+4417112345"), Known())
    assert isinstance(abroad, Ring)
    assert abroad.pin_of == "104"
    assert office.outside.pin_of("104", CallFacts("104", ""), Known()) == "4711"
    mobile = office.decide(CallFacts("104", "901715551234"), Known())
    assert isinstance(mobile, Ring)
    assert mobile.pin_of == ""
    free = office.decide(CallFacts("105", "908001234567"), Known())
    assert isinstance(free, Ring)
    assert free.pin_of == ""


def test_nobody_is_asked_for_the_pin_of_somebody_else() -> None:
    decision = company(PLAN).decide(CallFacts("101", "105"), Known())
    assert refused(decision) is Outcome.NOT_ALLOWED
    assert "nobody can be asked for the pin of 105" in reasons(decision)


@pytest.mark.parametrize("dialled", ["112", "110", "9112", "19222"])
@pytest.mark.parametrize("caller", ["101", "102", "103", "104", "105"])
def test_emergency_calls_get_through_from_any_phone(caller: str, dialled: str) -> None:
    office = company(PLAN)
    decision = office.decide(CallFacts(caller, dialled), Known())
    assert isinstance(decision, Ring)
    assert decision.emergency
    number = dialled.removeprefix("9") if dialled != "19222" else dialled
    (first,) = decision.targets
    assert (first.number, first.trunk, first.makes_room) == (number, "other", True)
    assert [one.trunk for one in first.then] == ["line"]
    taken = office.decide(CallFacts(caller, dialled), Known(lines={"other": 1}))
    assert isinstance(taken, Ring)
    assert taken.targets[0].trunk == "line"
    all_taken = office.decide(CallFacts(caller, dialled), Known(lines={"other": 1, "line": 1}))
    assert isinstance(all_taken, Ring)
    assert all_taken.targets[0].makes_room


def test_a_caller_from_outside_calls_no_emergency_services_here() -> None:
    facts = CallFacts("+49171", "112", trunk="line", diverted=(Diversion("102", "transfer"),))
    assert not isinstance(company(PLAN).decide(facts, Known()), Ring)
