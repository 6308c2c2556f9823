"""What differs by mode: rights, forwarding, where places send calls that nobody takes; what a plan says."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load_text
from softswitch.routing import CallFacts, Forced, GoTo, Outcome, Refuse, Ring, Router
from softswitch.routing.exposure import exposures
from softswitch.routing.imagined import Imagined, Question
from softswitch.routing.journey import journey
from softswitch.routing.plan_rights import right_changes
from tests.routing.company import arriving
from tests.routing.state import Known

TEXT = """\
domain: office.example
country: DE
modes: {day: by hand, night: otherwise}
classes_of_service:
  staff: {outside: on}
  late: {outside: [local, national, mobile], pin: 4711}
extensions:
  101:
    password: geheimnis-1
    class_of_service: {night: late, otherwise: staff}
    forward: {always: {night: 102}, busy: {day: 103, otherwise: closed}}
    voicemail: {answers: [no_answer]}
  102: {password: geheimnis-2}
  103: {password: geheimnis-3, forward: {always: {night: "+4417112345"}}}
departments:
  sales: {members: [102], number: 200, then: {day: 103, night: closed},
    class_of_service: {day: staff, night: late}}
queues:
  support: {number: 400, agents: [102], then: {night: 101}}
announcements:
  closed: {number: 390, say: Closed., then: {day: 102}}
numbers: {"+4930123450": sales, "+4930123451": {day: 101, own: 102, modes: {day: by hand, own: otherwise}}}
trunks: {line: {server: 203.0.113.9, prefix: 9}}
"""
DAY = Known(by_hand={"": Forced("day", "101")})
NIGHT = Known()


def router(text: str = TEXT) -> Router:
    return Router(load_text(text, Path("office.yaml"), {}))


def test_no_international_at_night() -> None:
    office = router()
    abroad, mobile = CallFacts("101", "+4417112345"), CallFacts("101", "901715551234")
    by_day, at_night = office.decide(abroad, DAY), office.decide(abroad, NIGHT)
    assert isinstance(by_day, Ring)
    assert isinstance(at_night, Refuse)
    assert at_night.outcome is Outcome.NOT_ALLOWED
    assert at_night.reasons[-1].text.endswith("a number abroad; 101 may not call those in the mode night")
    assert at_night.reasons[-1].line == 6
    assert [
        one.pin_of
        for one in (office.decide(mobile, DAY), office.decide(mobile, NIGHT))
        if isinstance(one, Ring)
    ] == [
        "",
        "101",
    ]
    assert office.outside.pin_of("101", mobile, DAY) is None
    assert office.outside.pin_of("101", mobile, NIGHT) == "4711"
    # A department's class, by mode as well.
    assert isinstance(office.decide(CallFacts("102", "+4417112345"), DAY), Ring)
    assert isinstance(office.decide(CallFacts("102", "+4417112345"), NIGHT), Refuse)
    # Who forwards pays: 103 has all rights, at night too.
    assert isinstance(office.decide(CallFacts("102", "103"), NIGHT), Ring)


def test_forwarding_by_mode() -> None:
    office = router()
    call = CallFacts("103", "101")
    at_night = office.decide(call, NIGHT)
    assert isinstance(at_night, Ring)
    assert at_night.number == "102"
    assert at_night.reasons[1].text == "101 forwards every call to 102 in the mode night"
    assert at_night.reasons[1].line == 11
    by_day = office.decide(call, DAY)
    assert isinstance(by_day, Ring)
    assert by_day.number == "101"
    onward = office.unanswered(CallFacts("102", "101"), by_day, Outcome.BUSY, DAY)
    assert isinstance(onward, Ring)
    assert onward.number == "103"
    # In a mode that nothing is said for, the box takes what it answers.
    box = office.unanswered(CallFacts("102", "101"), by_day, Outcome.NO_ANSWER, DAY)
    assert isinstance(box, GoTo)


def test_the_mode_is_that_of_the_number_by_which_a_call_has_come() -> None:
    """Its own modes hold for forwarding; those of the house do not."""
    office = router()
    facts = arriving("+4930123451", "line")._replace(number="+4930123451")
    decision = office.decide(facts, Known(by_hand={"+4930123451": Forced("day", "101")}))
    assert isinstance(decision, Ring)
    assert decision.number == "101"


def test_where_nobody_has_taken_it() -> None:
    office = router()
    call = CallFacts("101", "200")
    ring = office.decide(call, DAY)
    assert isinstance(ring, Ring)
    by_day = office.unanswered(call, ring, Outcome.NO_ANSWER, DAY)
    assert isinstance(by_day, Ring)
    assert by_day.number == "103"
    at_night = office.unanswered(call, ring, Outcome.NO_ANSWER, NIGHT)
    assert isinstance(at_night, GoTo)
    assert at_night.key == "closed"
    assert (
        at_night.reasons[0].text
        == "sales: nobody of it has taken the call, it goes to closed in the mode night"
    )
    assert at_night.reasons[0].line == 16
    steps = {
        mode: [one.text for one in journey(office, Question("103", "390", 0.0, state=Imagined(forced=mode)))]
        for mode in ("day", "night")
    }
    assert steps["day"][-2:] == ["ring 102", "102 answers"]
    assert steps["night"][-1] == "hang up"


def test_exposure_names_the_mode() -> None:
    dialplan = load_text(TEXT, Path("office.yaml"), {})
    found = [one for one in exposures(dialplan) if one.how.startswith("forwarding, always")]
    assert [(one.how, one.who, one.where, one.line) for one in found] == [
        ("forwarding, always, night", "103", "+4417112345", 14)
    ]


def test_a_plan_says_who_gains_and_loses_what() -> None:
    old = load_text(TEXT, Path("office.yaml"), {})
    new = load_text(
        TEXT.replace("{night: late, otherwise: staff}", "late").replace("{day: staff, night: late}", "staff"),
        Path("office.yaml"),
        {},
    )
    assert list(right_changes(old, new)) == [
        "101 loses international, toll-free, shared-cost, premium, special in the mode day.",
        "102 gains international, toll-free, shared-cost, premium, special in the mode night.",
    ]
    same = load_text(TEXT, Path("office.yaml"), {})
    assert list(right_changes(old, same)) == []
    none = load_text(TEXT.replace("staff: {outside: on}", "staff: {outside: off}"), Path("office.yaml"), {})
    assert list(right_changes(old, none)) == ["101 and 102 lose all calls outside in the mode day."]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{night: late,", "{nigth: late,", "extensions.101.class_of_service.nigth: there is no mode 'nigth'"),
        ("{night: late,", "{own: late,", "extensions.101.class_of_service.own: there is no mode 'own'"),
        (
            "{night: late,",
            "{night: lat,",
            "extensions.101.class_of_service.night: there is no class of service 'lat'",
        ),
        ("{night: 102}", "{night: 101}", "extensions.101.forward.always.night: it forwards to itself"),
        ("{night: 102}", "{}", "extensions.101.forward.always: nothing is said for any mode"),
        ("then: {night: 101}", "then: {night: 109}", "queues.support.then.night: '109' is no extension"),
        ("night: closed}", "night: sales}", "departments.sales.then.night: this leads back to itself"),
        (
            "then: {day: 102}",
            "then: {day: closed}",
            "announcements.closed.then: callers would go in a circle",
        ),
    ],
)
def test_what_cannot_be_is_told_at_its_place(old: str, new: str, said: str) -> None:
    with pytest.raises(DialplanError) as caught:
        router(TEXT.replace(old, new, 1))
    assert said in "\n".join(map(str, caught.value.problems))
