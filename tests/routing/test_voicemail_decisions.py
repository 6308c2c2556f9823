"""Which calls come to voicemail, by which names and numbers; and what a dialplan may not say of it."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, Feature, load_text
from softswitch.config.places import PlaceKind
from softswitch.routing import (
    CallFacts,
    Decision,
    Diversion,
    GoTo,
    Outcome,
    Preferences,
    Refuse,
    Ring,
    UseFeature,
)
from tests.routing.company import arriving, company
from tests.routing.state import Known

PLAN = """\
domain: office.example
extensions:
  101: {name: Anna, password: geheimnis-1}
  102: {name: Boris, password: geheimnis-2, voicemail: {pin: 4711}}
  103: {name: Clara, password: geheimnis-3, voicemail: {answers: [busy]}, call_waiting: false}
  104: {name: Dora, password: geheimnis-4, voicemail: {pin: 1234}, forward: {always: voicemail sales}}
departments:
  sales: {name: Sales, number: 200, members: [101], voicemail: {}}
numbers:
  "+4930123450": voicemail 102
  "+4930123451": voicemail
trunks:
  carrier: {server: 203.0.113.9}
"""


def box(decision: Decision) -> str:
    assert isinstance(decision, GoTo), decision
    assert decision.kind is PlaceKind.VOICEMAIL
    return decision.key


@pytest.mark.parametrize(("dialled", "key"), [("*102", "voicemail 102"), ("*200", "voicemail sales")])
def test_directly_by_code(dialled: str, key: str) -> None:
    router, nobody = company(PLAN), Known()
    assert box(router.decide(CallFacts("101", dialled), nobody)) == key
    sent = CallFacts("+4917", dialled, trunk="carrier", diverted=(Diversion("101", "transfer"),))
    assert box(router.decide(sent, nobody)) == key, "a caller from outside is transferred there"
    assert isinstance(router.decide(CallFacts("101", "*101"), nobody), Refuse), "Anna has no box"


def test_when_nobody_takes_the_call() -> None:
    router = company(PLAN)
    facts = CallFacts("101", "102")
    assert box(router.decide(facts, Known(away={"102"}))) == "voicemail 102"
    dnd = Known(by_code={"102": Preferences(do_not_disturb=True)})
    assert box(router.decide(facts, dnd)) == "voicemail 102"
    ring = router.decide(facts, Known())
    assert isinstance(ring, Ring)
    for outcome in (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.DECLINED):
        decision = router.unanswered(facts, ring, outcome, Known())
        assert decision is not None
        assert box(decision) == "voicemail 102"
        assert decision.diverted == (
            Diversion("102", "no-answer" if outcome is Outcome.NO_ANSWER else "busy"),
        )


def test_forwarding_goes_first() -> None:
    router = company(PLAN)
    by_code = Known(away={"102"}, by_code={"102": Preferences(forward_no_answer="101")})
    decision = router.decide(CallFacts("103", "102"), by_code)
    assert isinstance(decision, Ring)
    assert decision.number == "101"
    taken_back = Known(away={"102"}, by_code={"102": Preferences(forward_no_answer="")})
    assert box(router.decide(CallFacts("103", "102"), taken_back)) == "voicemail 102"
    assert box(router.decide(CallFacts("101", "104"), Known())) == "voicemail sales"


def test_only_the_calls_that_it_answers() -> None:
    router = company(PLAN)
    assert box(router.decide(CallFacts("101", "103"), Known(busy={"103"}))) == "voicemail 103"
    assert isinstance(router.decide(CallFacts("101", "103"), Known(away={"103"})), Refuse)


def test_from_outside() -> None:
    router = company(PLAN)
    assert box(router.decide(arriving("+4930123450"), Known())) == "voicemail 102"
    assert box(router.decide(arriving("+4930123451"), Known())) == "voicemail"


def test_codes_open_boxes() -> None:
    router = company(PLAN)
    for dialled, feature, argument in (
        ("*97", Feature.VOICEMAIL, ""),
        ("*98", Feature.VOICEMAIL_ANY, ""),
        ("*98102", Feature.VOICEMAIL_ANY, "102"),
    ):
        decision = router.decide(CallFacts("101", dialled), Known())
        assert isinstance(decision, UseFeature)
        assert (decision.feature, decision.argument) == (feature, argument)
    assert isinstance(router.decide(CallFacts("+49", "*98", trunk="carrier"), Known()), Refuse)


def test_whose_box_it_is() -> None:
    router = company(PLAN)
    assert [router.box_of(one) for one in ("102", "101", "200", "sales", "")] == [
        "102", None, "sales", "sales", None
    ]  # fmt: skip
    assert router.owns_box("101", "sales")
    assert not router.owns_box("102", "sales")
    assert router.number_of_box("sales") == "200"
    assert router.pin_at_own_phone("102")


def problems(text: str) -> list[str]:
    try:
        return [str(problem) for problem in load_text(text, Path("/nowhere/x.yaml"), {}).warnings]
    except DialplanError as error:
        return [str(problem) for problem in error.problems]


def test_what_cannot_be() -> None:
    (nowhere,) = problems(PLAN.replace("voicemail 102", "voicemail 101"))
    assert "'voicemail 101' is no extension" in nowhere
    (no_pin,) = problems(PLAN.replace("pin: 4711", "pin: 47x1"))
    assert "47x1" not in no_pin
    (taken,) = problems(PLAN.replace("sales:", "voicemail:").replace(" sales}", " voicemail}"))
    assert "this name means voicemail" in taken
    short = PLAN.replace("  102:", '  "72": {password: geheimnis-5, voicemail: {}}\n  102:')
    (code,) = problems(short)
    assert "*72 is another code" in code
    assert isinstance(company(short).decide(CallFacts("101", "*72102"), Known()), UseFeature)
