"""Where calls go that are forwarded: each reason, codes before the dialplan, no circle, every way told."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.config import load_text
from softswitch.routing import CallFacts, Decision, Diversion, Outcome, Preferences, Refuse, Ring, Router
from tests.routing.state import Known

NUMBERS = [str(number) for number in range(101, 109)]


def router(extensions: dict[str, dict[str, Any]], **settings: Any) -> Router:
    people = {
        number: {"password": f"correct-{number}", "name": f"Phone {number}", **extensions.get(number, {})}
        for number in NUMBERS
    }
    plan = {"domain": "office.example", "extensions": people, **settings}
    return Router(load_text(json.dumps(plan), Path("office.yaml")))


def decide(extensions: dict[str, dict[str, Any]], state: Known | None = None, **settings: Any) -> Decision:
    return router(extensions, **settings).decide(CallFacts("108", "101"), state or Known())


def rung(decision: Decision | None) -> list[str]:
    assert isinstance(decision, Ring), decision
    return [target.number for target in decision.targets]


def way(decision: Decision | None) -> list[tuple[str, str]]:
    assert isinstance(decision, Ring), decision
    return [(one.number, one.why) for one in decision.diverted]


@pytest.mark.parametrize(
    ("extension", "state", "why"),
    [
        ({"forward": {"always": "102"}}, Known(), "always"),
        ({"forward": {"busy": "102"}, "call_waiting": False}, Known(busy={"101"}), "busy"),
        ({"forward": {"unregistered": "102"}}, Known(away={"101"}), "unregistered"),
        ({"forward": {"no_answer": "102"}}, Known(away={"101"}), "unregistered"),
        ({"forward": {"do_not_disturb": "102"}, "do_not_disturb": True}, Known(), "do-not-disturb"),
    ],
)
def test_before_it_rings(extension: dict[str, Any], state: Known, why: str) -> None:
    decision = decide({"101": extension}, state)
    assert rung(decision) == ["102"]
    assert way(decision) == [("101", why)]
    assert "101 forwards" in " ".join(reason.text for reason in decision.reasons)
    assert any(reason.line for reason in decision.reasons)


@pytest.mark.parametrize(
    ("outcome", "key"),
    [
        (Outcome.BUSY, "busy"),
        (Outcome.DECLINED, "busy"),
        (Outcome.NO_ANSWER, "no_answer"),
        (Outcome.UNREACHABLE, "unregistered"),
        (Outcome.DEVICE_REFUSED, "unregistered"),
    ],
)
def test_after_it_has_rung(outcome: Outcome, key: str) -> None:
    office = router({"101": {"forward": {key: "102"}}})
    facts = CallFacts("108", "101")
    ring = office.decide(facts, Known())
    assert isinstance(ring, Ring)
    assert rung(ring) == ["101"]
    assert rung(office.unanswered(facts, ring, outcome, Known())) == ["102"]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_nobody_forwards_what_no_forwarding_is_for(outcome: Outcome) -> None:
    office = router({})
    facts = CallFacts("108", "101")
    ring = office.decide(facts, Known())
    assert isinstance(ring, Ring)
    assert office.unanswered(facts, ring, outcome, Known()) is None


def test_it_rings_as_long_as_forwarding_says() -> None:
    forward = {"no_answer": "102", "after": "7s"}
    decision = decide({"101": {"forward": forward, "ring_time": "50s"}})
    assert isinstance(decision, Ring)
    assert decision.seconds == 7
    by_code = Known(by_code={"101": Preferences(forward_no_answer="")})
    decision = decide({"101": {"forward": forward, "ring_time": "50s"}}, by_code)
    assert isinstance(decision, Ring)
    assert decision.seconds == 50, "taken back by code"


def test_codes_go_first() -> None:
    extensions = {"101": {"forward": {"always": "102"}}}
    assert rung(decide(extensions, Known(by_code={"101": Preferences(forward_always="103")}))) == ["103"]
    assert rung(decide(extensions, Known(by_code={"101": Preferences(forward_always="")}))) == ["101"]


def test_do_not_disturb_by_code() -> None:
    on = Known(by_code={"101": Preferences(do_not_disturb=True)})
    decision = decide({}, on)
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.DO_NOT_DISTURB
    off = Known(by_code={"101": Preferences(do_not_disturb=False)})
    assert rung(decide({"101": {"do_not_disturb": True}}, off)) == ["101"]


def test_to_a_department_by_its_key() -> None:
    """It need not have a number. Who forwards is in it, and is not rung."""
    departments = {"sales": {"members": ["101", "102", "103"]}}
    decision = decide({"101": {"forward": {"always": "sales"}}}, departments=departments)
    assert rung(decision) == ["102", "103"]
    assert way(decision) == [("101", "always")]


def test_departments_leave_out_who_is_not_to_be_disturbed() -> None:
    departments = {"sales": {"number": "200", "members": ["101", "102", "103"]}}
    state = Known(by_code={"102": Preferences(do_not_disturb=True), "103": Preferences(blocked=("108",))})
    assert rung(router({}, departments=departments).decide(CallFacts("108", "200"), state)) == ["101"]


def test_a_chain() -> None:
    decision = decide(
        {
            "101": {"forward": {"always": "102"}},
            "102": {"forward": {"unregistered": "103"}},
            "103": {"forward": {"do_not_disturb": "104"}, "do_not_disturb": True},
        },
        Known(away={"102"}),
    )
    assert rung(decision) == ["104"]
    assert way(decision) == [("101", "always"), ("102", "unregistered"), ("103", "do-not-disturb")]


def test_a_circle_of_two() -> None:
    decision = decide({"101": {"forward": {"always": "102"}}, "102": {"forward": {"always": "101"}}})
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.FORWARD_LOOP
    assert "which the call comes from" in decision.reasons[-1].text


def test_nobody_gets_his_own_call() -> None:
    decision = decide({"101": {"forward": {"always": "108"}}})
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.FORWARD_LOOP


def test_who_forwarded_it_is_not_rung_when_the_next_one_does_not_answer() -> None:
    office = router({"101": {"forward": {"no_answer": "102"}}, "102": {"forward": {"no_answer": "101"}}})
    facts = CallFacts("108", "101")
    first = office.decide(facts, Known())
    assert isinstance(first, Ring)
    second = office.unanswered(facts, first, Outcome.NO_ANSWER, Known())
    assert isinstance(second, Ring)
    third = office.unanswered(facts, second, Outcome.NO_ANSWER, Known())
    assert isinstance(third, Refuse)
    assert third.outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize("code", ["*72102", "700", "701", "*8"])
def test_not_to_what_people_do_with_their_own_hands(code: str) -> None:
    decision = decide({}, Known(by_code={"101": Preferences(forward_always=code)}))
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.UNKNOWN_NUMBER


@pytest.mark.parametrize("caller", ["108", "+108"])
def test_blocked_callers(caller: str) -> None:
    decision = decide({}, Known(by_code={"101": Preferences(blocked=(caller,))}))
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.BLOCKED


@pytest.mark.parametrize("spelling", ["+4930999999", "4930999999", "004930999999"])
def test_blocked_by_the_dialplan_in_any_spelling(spelling: str) -> None:
    office = router({"101": {"blocked": ["+4930999999"]}})
    decision = office.decide(CallFacts(spelling, "101", trunk="line"), Known())
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.BLOCKED
    assert decision.reasons[-1].line


@pytest.mark.parametrize("caller", ["anonymous", "Anonymous", ""])
def test_anonymous_callers(caller: str) -> None:
    office = router({"101": {"reject_anonymous": True}})
    facts = CallFacts(caller, "101", trunk="line")
    decision = office.decide(facts, Known())
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.ANONYMOUS_REFUSED
    taken = Known(by_code={"101": Preferences(reject_anonymous=False)})
    assert rung(office.decide(facts, taken)) == ["101"], "taken again by code"
    handed_on = CallFacts(caller, "101", trunk="line", diverted=(Diversion("102", "transfer"),))
    assert rung(office.decide(handed_on, Known())) == ["101"], "a colleague has spoken with him"


# ---- whatever is set ----

PLACES = st.sampled_from([*NUMBERS, "200", "sales", "700", "*8", "+4930", "999", ""])
PREFERENCES = st.builds(
    Preferences,
    do_not_disturb=st.none() | st.booleans(),
    forward_always=st.none() | PLACES,
    forward_busy=st.none() | PLACES,
    forward_no_answer=st.none() | PLACES,
    blocked=st.lists(st.sampled_from(NUMBERS), max_size=2).map(tuple),
    reject_anonymous=st.none() | st.booleans(),
)
STATES = st.builds(
    Known,
    away=st.sets(st.sampled_from(NUMBERS)),
    busy=st.sets(st.sampled_from(NUMBERS)),
    by_code=st.dictionaries(st.sampled_from(NUMBERS), PREFERENCES, min_size=3),
)
OFFICE = router(
    {
        "103": {"call_waiting": False, "forward": {"busy": "104", "no_answer": "sales"}},
        "104": {"forward": {"always": "105"}},
        "105": {"forward": {"unregistered": "103", "no_answer": "101"}, "mobile": "106"},
        "106": {"mobile": "105", "mobile_ring": "after"},
    },
    departments={"sales": {"members": ["101", "103"]}, "all": {"number": "200", "members": NUMBERS}},
)


@given(
    caller=st.sampled_from([*NUMBERS, "anonymous"]),
    called=PLACES,
    trunk=st.sampled_from(["", "line"]),
    state=STATES,
    outcomes=st.lists(st.sampled_from(list(Outcome)), min_size=15, max_size=15),
)
def test_every_call_comes_to_an_end_and_is_explained(
    caller: str, called: str, trunk: str, state: Known, outcomes: list[Outcome]
) -> None:
    facts = CallFacts(caller, called, trunk=trunk)
    decision: Decision | None = OFFICE.decide(facts, state)
    steps = 0
    while decision is not None:
        assert decision.reasons
        assert all(reason.text for reason in decision.reasons)
        if not isinstance(decision, Ring):
            break
        forwarders = [one.number for one in decision.diverted]
        assert len(set(forwarders)) == len(forwarders) <= 10
        assert decision.targets
        assert not {target.number for target in decision.targets} & set(forwarders)
        assert forwarders == [] or trunk or caller not in {target.number for target in decision.targets}
        assert steps <= 10
        decision = OFFICE.unanswered(facts, decision, outcomes[steps], state)
        steps += 1
