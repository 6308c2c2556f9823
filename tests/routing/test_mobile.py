"""Which mobile rings with an extension, how late, and when not."""

from typing import Any

import pytest

from softswitch.routing import CallFacts, Preferences, Refuse, Ring, Target
from tests.routing.state import Known
from tests.routing.test_forwarding_decisions import router

ANNA = CallFacts("108", "101")


def targets(extension: dict[str, Any], state: Known | None = None, **others: Any) -> tuple[Target, ...]:
    decision = router({"101": extension, **others}).decide(ANNA, state or Known())
    assert isinstance(decision, Ring), decision
    return decision.targets


def test_with_the_desk() -> None:
    assert targets({"mobile": "102"}) == (Target("101"), Target("102", must_accept=True))


def test_after_it() -> None:
    rung = targets({"mobile": "102", "mobile_ring": "after", "mobile_after": "9s"})
    assert rung == (Target("101"), Target("102", must_accept=True, delay=9.0))


def test_off() -> None:
    assert targets({"mobile": "102", "mobile_ring": "off"}) == (Target("101"),)


def test_at_once_without_a_desk() -> None:
    rung = targets({"mobile": "102", "mobile_ring": "after"}, Known(away={"101"}))
    assert rung == (Target("102", must_accept=True),)


def test_before_a_forwarding_for_phones_that_are_not_there() -> None:
    extension = {"mobile": "102", "forward": {"unregistered": "103"}}
    assert targets(extension, Known(away={"101"})) == (Target("102", must_accept=True),)
    assert targets(extension, Known(away={"101", "102"})) == (Target("103"),)


@pytest.mark.parametrize(
    "state",
    [
        Known(by_code={"101": Preferences(do_not_disturb=True)}),
        Known(busy={"101"}),
        Known(away={"101", "102"}),
    ],
)
def test_it_does_not_ring_when_its_owner_cannot(state: Known) -> None:
    decision = router({"101": {"mobile": "102", "call_waiting": False}}).decide(ANNA, state)
    assert isinstance(decision, Refuse)


def test_who_calls_from_his_mobile_does_not_call_himself() -> None:
    office = router({"101": {"mobile": "102"}})
    decision = office.decide(CallFacts("102", "101"), Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("101"),)
    assert "it is the caller" in decision.reasons[-1].text


def test_mobiles_of_each_other() -> None:
    rung = targets({"mobile": "102"}, **{"102": {"mobile": "101"}})
    assert rung == (Target("101"), Target("102", must_accept=True))


def test_a_mobile_that_is_not_reached_costs_nothing() -> None:
    office = router({"101": {"mobile": "102"}, "102": {"do_not_disturb": True}})
    decision = office.decide(ANNA, Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("101"),)
    assert "the mobile 102 does not ring: 102 is set to do not disturb" in decision.reasons[-1].text


def test_departments_ring_desks() -> None:
    office = router({"101": {"mobile": "102"}}, departments={"sales": {"number": "200", "members": ["101"]}})
    decision = office.decide(CallFacts("108", "200"), Known())
    assert isinstance(decision, Ring)
    assert decision.targets == (Target("101"),)
