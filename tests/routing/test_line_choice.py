"""Which line a call out takes: whose it may be, how many stay free, in what order, what comes next."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.config import load_text
from softswitch.routing import CallFacts, Decision, Outcome, Refuse, Ring, Router
from tests.routing.state import Known
from tests.routing.test_outside import reasons, refused

TRUNKS: dict[str, dict[str, Any]] = {
    "a": {"server": "203.0.113.1", "prefix": "9", "max_calls": 3, "cost": {"mobile": 0.2, "local": 0.01}},
    "b": {"server": "203.0.113.2", "prefix": "9", "max_calls": 3, "cost": {"mobile": 0.1, "local": 0.02}},
    "c": {"server": "203.0.113.3", "prefix": "9", "max_calls": 3},
}


def office(lines: dict[str, Any] | None = None, **settings: Any) -> Router:
    plan = {
        "domain": "office.example",
        "country": "DE",
        "area_code": "30",
        "extensions": {"101": {"password": "geheimnis-1"}, "102": {"password": "geheimnis-2"}},
        "trunks": TRUNKS,
        "lines": lines or {},
        **settings,
    }
    return Router(load_text(json.dumps(plan), Path("office.yaml")))


def order(decision: Decision) -> list[str]:
    """The trunks in which the call is tried."""
    assert isinstance(decision, Ring), decision
    (target,) = decision.targets
    return [target.trunk, *(one.trunk for one in target.then)]


MOBILE, LOCAL = CallFacts("101", "901715551234"), CallFacts("101", "95551234")


def test_in_order_and_the_next_ones_when_it_fails() -> None:
    decision = office().decide(LOCAL, Known())
    assert order(decision) == ["a", "b", "c"]
    assert "should it fail, b, then c" in reasons(decision)
    assert order(office().decide(LOCAL, Known(lines={"a": 3}))) == ["b", "c"]


def test_evenly() -> None:
    router = office({"choose": "evenly"})
    assert order(router.decide(LOCAL, Known(lines={"a": 2, "b": 1}))) == ["c", "b", "a"]
    assert order(router.decide(LOCAL, Known(uses={"a": 5, "b": 4, "c": 4}))) == ["b", "c", "a"]


def test_by_price_of_what_is_called() -> None:
    router = office({"choose": "by_price"})
    assert order(router.decide(MOBILE, Known())) == ["b", "a", "c"]
    assert order(router.decide(LOCAL, Known())) == ["a", "b", "c"]


@pytest.mark.parametrize("choose", ["in_order", "evenly", "by_price"])
def test_who_does_not_answer_is_tried_last(choose: str) -> None:
    assert order(office({"choose": choose}).decide(LOCAL, Known(silent={"a"})))[-1] == "a"


def test_own_lines_then_the_departments_then_the_houses() -> None:
    extensions = {
        "101": {"password": "geheimnis-1", "lines": {"use": ["c", "a"]}},
        "102": {"password": "geheimnis-2"},
        "103": {"password": "geheimnis-3"},
    }
    departments = {"sales": {"members": ["102", "101"], "lines": {"use": ["b"], "choose": "evenly"}}}
    router = office({"use": ["a"]}, extensions=extensions, departments=departments)
    assert order(router.decide(LOCAL, Known())) == ["c", "a"]
    assert order(router.decide(LOCAL, Known(lines={"c": 1}))) == ["a", "c"], "evenly, by the department"
    assert order(router.decide(CallFacts("102", "95551234"), Known())) == ["b"]
    assert order(router.decide(CallFacts("103", "95551234"), Known())) == ["a"]


def test_who_may_use_none_of_the_lines() -> None:
    trunks = {"a": TRUNKS["a"], "z": {"server": "203.0.113.9", "prefix": "8"}}
    decision = office({"use": ["z"]}, trunks=trunks).decide(LOCAL, Known())
    assert refused(decision) is Outcome.NOT_ALLOWED
    assert "may not use the trunk a" in reasons(decision)


def test_lines_stay_free_for_calls_in() -> None:
    trunks = {"a": {**TRUNKS["a"], "keep_free": 2}}
    numbers = {"+4930123450": "101"}
    router = office({"wait": True}, trunks=trunks, numbers=numbers)
    assert order(router.decide(LOCAL, Known())) == ["a"]
    decision = router.decide(LOCAL, Known(lines={"a": 1}))
    assert isinstance(decision, Refuse)
    assert (decision.outcome, decision.may_wait) == (Outcome.NO_FREE_LINE, True)
    assert decision.trunk == "a"
    assert "2 stay free for calls in" in reasons(decision)
    arriving = CallFacts("+49171", "+4930123450", trunk="a", arrives=True)
    assert isinstance(router.decide(arriving, Known(lines={"a": 3})), Ring)


def test_an_advertised_number_is_never_taken_for_calls_out_but_in_need() -> None:
    trunks = {"hot": {"server": "203.0.113.8", "incoming_only": True}, **TRUNKS}
    router = office(trunks=trunks)
    assert "hot" not in order(router.decide(CallFacts("101", "+49301234"), Known()))
    alarm = router.decide(CallFacts("101", "112"), Known(lines={"a": 3, "b": 3, "c": 3}))
    assert order(alarm) == ["hot", "a", "b", "c"]


@given(
    lines=st.fixed_dictionaries({}, optional={key: st.integers(0, 3) for key in TRUNKS}),
    uses=st.fixed_dictionaries({}, optional={key: st.integers(0, 9) for key in TRUNKS}),
    silent=st.sets(st.sampled_from(sorted(TRUNKS))),
    choose=st.sampled_from(["in_order", "evenly", "by_price"]),
    facts=st.sampled_from([MOBILE, LOCAL, CallFacts("101", "112")]),
)
def test_only_free_lines_each_once(
    lines: dict[str, int], uses: dict[str, int], silent: set[str], choose: str, facts: CallFacts
) -> None:
    decision = office({"choose": choose}).decide(facts, Known(lines=lines, uses=uses, silent=silent))
    free = {key for key in TRUNKS if lines.get(key, 0) < 3}
    if facts.called == "112":
        assert sorted(order(decision)) == sorted(TRUNKS)
    elif free:
        assert sorted(order(decision)) == sorted(free)
    else:
        assert refused(decision) is Outcome.NO_FREE_LINE
