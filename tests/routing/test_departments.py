"""Whom a department rings, and where its calls go when nobody takes them."""

from typing import Any

from softswitch.routing import CallFacts, GoTo, Outcome, Refuse, Ring, Target
from tests.routing.state import Known
from tests.routing.test_forwarding_decisions import router

CALL = CallFacts("108", "200")


def office(members: list[Any] | None = None, extensions: Any = None, **settings: Any) -> Any:
    members = members or ["101", "102", "103"]
    sales = {"number": "200", "name": "Sales", "members": members, **settings}
    return router(extensions or {}, departments={"sales": sales, "service": {"members": ["104", "105"]}})


def ring(state: Known | None = None, **settings: Any) -> Ring:
    decision = office(**settings).decide(CALL, state or Known())
    assert isinstance(decision, Ring), decision
    return decision


def test_in_turn() -> None:
    decision = ring(ring="in turn", step_time="10s")
    assert decision.targets == (
        Target("101", until=10),
        Target("102", delay=10, until=20),
        Target("103", delay=20),
    )
    assert decision.seconds == 30
    assert decision.caller_as == "Sales"
    assert decision.reasons[-1].text == "in turn: 101, 102, 103"


def test_the_busy_the_absent_and_those_away_are_passed_over() -> None:
    state = Known(away={"101"}, busy={"102"})
    assert [one.number for one in ring(state, ring="growing").targets] == ["103"]
    assert [one.number for one in ring(state, ring_busy=True).targets] == ["102", "103"]
    assert not ring(state, ring_busy=True).skip_busy


def test_by_figures_and_skills() -> None:
    state = Known(last_calls={"101": 50.0, "102": 10.0, "103": 70.0}, taken={"101": 1, "102": 3, "103": 2})
    order = [one.number for one in ring(state, ring="least recent").targets]
    assert order == ["102", "101", "103"]
    assert [one.number for one in ring(state, ring="fewest calls").targets] == ["101", "103", "102"]
    skilled = {"101": {"skills": {"english": 3}}, "103": {"skills": {"english": 9}}}
    by_skill = ring(state, extensions=skilled, ring="by skill", skill="english", step_time=5)
    assert [(one.number, one.delay) for one in by_skill.targets] == [("103", 0), ("101", 5), ("102", 10)]
    own = ring(members=["101", {"extension": "102", "skill": 5}], ring="by skill")
    assert [one.number for one in own.targets] == ["102", "101"]


def test_nobody_can_be_rung() -> None:
    nobody = Known(away={"101", "102", "103"})
    decision = office(then="104", when_nobody="service").decide(CALL, nobody)
    assert isinstance(decision, Ring)
    assert [one.number for one in decision.targets] == ["104", "105"]
    assert [(one.number, one.why) for one in decision.diverted] == [("200", "unregistered")]
    alone = office(then="104").decide(CALL, nobody)
    assert isinstance(alone, Ring)
    assert alone.number == "104"
    refused = office().decide(CALL, nobody)
    assert isinstance(refused, Refuse)
    assert refused.outcome is Outcome.UNREGISTERED


def test_nobody_has_taken_it() -> None:
    company = office(then="service")
    decision = company.decide(CALL, Known())
    assert isinstance(decision, Ring)
    onward = company.unanswered(CALL, decision, Outcome.NO_ANSWER, Known())
    assert isinstance(onward, Ring)
    assert onward.name == "service"
    assert any("nobody of it has taken the call" in reason.text for reason in onward.reasons)
    assert office().unanswered(CALL, decision, Outcome.NO_ANSWER, Known()) is None


def test_departments_that_lead_to_each_other_end() -> None:
    departments = {
        "sales": {"number": "200", "members": ["101"], "then": "service"},
        "service": {"members": ["102"], "then": "sales"},
    }
    company = router({}, departments=departments)
    decision = company.decide(CALL, Known(away={"101", "102"}))
    assert isinstance(decision, Refuse)
    assert decision.outcome is Outcome.FORWARD_LOOP
    assert not isinstance(decision, GoTo)
