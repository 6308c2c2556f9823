"""A dialplan of any shape never makes the engine raise, and every decision says why; nor do the questions
that are asked before it goes live."""

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from softswitch.config import DialplanError, compare, load_text
from softswitch.routing import (
    CallFacts,
    Decision,
    GoTo,
    Outcome,
    Preferences,
    Refuse,
    Ring,
    Router,
    UseFeature,
    picture,
)
from softswitch.routing.calendar import schedules, spans
from softswitch.routing.decision import Diversion, Forced
from softswitch.routing.exposure import exposures
from softswitch.routing.imagined import Imagined, Question
from softswitch.routing.journey import journey
from softswitch.routing.plan import caller_changes
from softswitch.routing.plan_rights import right_changes
from tests.routing.state import Known

PEOPLE = ("101", "102", "103", "104")
ABROAD = "9004417112345", "+4417112345"
BOXES = "voicemail 101", "voicemail sales", "voicemail"
KEYS = "sales", "200", "help", "300", "main", "closed", "story", "750", "disa", "office fax", "secretary 102"
PLACES = st.sampled_from([*PEOPLE, *KEYS, *ABROAD, *BOXES, "2001"])
OUTSIDE = ("+4930123450", "+4930123451", "030123452")
CODES = "*97", "*98101", "*8101", "*21102", "*28", "*", "+", "é😀", "", "anna", "9" * 24
ELSEWHERE = "400", "500", "600", "650", "700", "2001", "74001", "112", "9112", "9030123459", "90900123456"
DIALLED = st.sampled_from([*PEOPLE, *OUTSIDE, *KEYS, *ABROAD, *BOXES, *CODES, *ELSEWHERE])
STRATEGIES = st.sampled_from(
    ["all", "in turn", "growing", "least recent", "fewest calls", "random", "by skill"]
)
MODES = st.sampled_from(["day", "night", "party"])


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with any of these."""
    return st.fixed_dictionaries({}, optional=fields)


def by_mode(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value, or one for each mode."""
    return value | st.fixed_dictionaries({"day": value, "otherwise": value}, optional={"party": value})


RIGHTS: dict[str, st.SearchStrategy[Any]] = {
    "outside": st.booleans() | st.sampled_from([["local", "mobile"], ["international"]]),
    "allow": st.sampled_from([["+44*"], ["0301234567"]]),
    "deny": st.sampled_from([["+49900*"], ["+4417112345"]]),
    "pin": st.just("4711"),
    "pin_for": st.sampled_from([["international"], ["mobile", "premium"]]),
}
LINES = some(
    use=st.sampled_from([["carrier"], ["backup", "carrier"]]),
    choose=st.sampled_from(["in_order", "evenly", "by_price"]),
    wait=st.booleans(),
)
BOX = st.just({"pin": "4711"}) | st.just({"pin": "4711", "answers": ["busy", "no_answer"]})
EXTENSION = some(
    do_not_disturb=st.booleans(),
    call_waiting=st.booleans(),
    ring_time=st.just("20s"),
    forward=some(
        always=PLACES,
        busy=PLACES,
        no_answer=PLACES,
        unregistered=PLACES,
        do_not_disturb=PLACES,
        after=st.just("9s"),
    ),
    mobile=st.sampled_from(["+491711234567", "9004417112345"]),
    mobile_ring=st.sampled_from(["with", "after", "off"]),
    reject_anonymous=st.booleans(),
    blocked=st.just(["+491711"]),
    rights=some(**RIGHTS),
    lines=LINES,
    class_of_service=st.just("staff"),
    limit=st.just({"day": 1}),
    record=st.sampled_from(["always", "never"]),
)
MEMBERS = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4, unique=True)
DEPARTMENT = some(
    step_time=st.just("7s"),
    ring_time=st.just("30s"),
    ring_busy=st.booleans(),
    then=PLACES,
    when_nobody=PLACES,
    rights=some(**RIGHTS),
    lines=LINES,
    caller_hears=st.sampled_from(["ringback", "music"]),
    limit=st.just({"month": 5}),
)
QUEUE = some(log_in=st.booleans(), then=by_mode(PLACES), when_full=PLACES, when_empty=PLACES)
MENU = some(after_wrong=PLACES, after_silence=PLACES, extensions=st.booleans(), repeats=st.just(1))
STEPS = st.lists(
    st.one_of(
        st.builds(lambda place: {"ring": [place]}, PLACES),
        st.builds(lambda place: {"transfer": place}, PLACES),
        st.just({"play": "Hello."}),
        st.just({"queue": "help"}),
        st.just({"voicemail": "101"}),
        st.just({"branch": "mode", "cases": {"day": "last"}, "otherwise": "last"}),
    ),
    max_size=3,
).map(lambda steps: {**{f"step {at}": one for at, one in enumerate(steps)}, "last": {"hang_up": "normal"}})
TRUNK = some(
    max_calls=st.sampled_from([1, 2]),
    numbers=st.just(list(OUTSIDE)),
    format=st.sampled_from(["e164", "national", "as_dialled"]),
    cost=st.just({"local": 1, "mobile": 3}),
)
OFFICE = some(transit=st.booleans(), rights=some(**RIGHTS), max_calls=st.just(1))
NUMBERS = st.fixed_dictionaries({number: by_mode(PLACES) for number in OUTSIDE})


def _company(**drawn: Any) -> dict[str, Any]:
    """The file, with what must not be left out."""
    plan: dict[str, Any] = {
        "domain": "office.example",
        "timezone": "Europe/Berlin",
        "country": "DE",
        "area_code": "30",
        "modes": {
            "day": {"weekdays": "mon-fri", "hours": "9-18"},
            "party": {"dates": "12-31", "hours": "20:00-2:00"},
            "night": "otherwise",
        },
        "classes_of_service": {"staff": {"outside": True}},
        "conferences": {"600": {}},
        "paging": {"650": {"members": ["101", "102"]}},
        "announcements": {"closed": {"say": "We are closed.", "then": drawn["then"]}},
    }
    plan["extensions"] = {
        number: {"password": "k7mp-x3wq-9fht", "skills": {"english": 5}, **one}
        for number, one in zip(PEOPLE, drawn["people"], strict=True)
    }
    plan["extensions"]["101"] |= {"voicemail": drawn["box"], "disa_pin": "482913"}
    plan["extensions"]["102"]["secretary"] = "103"
    plan["extensions"]["103"]["role"] = "secretary"
    plan["disa"], plan["faxes"] = {}, {"office fax": {"number": "399"}}
    skilled = {"skill": "english"} if drawn["ring"] == "by skill" else {}
    sales = {
        "number": "200",
        "members": drawn["members"],
        "ring": drawn["ring"],
        "voicemail": {"pin": "4711"},
    }
    plan["departments"] = {"sales": sales | skilled | drawn["department"]}
    help_ = {"number": "400", "agents": drawn["agents"], "ring": drawn["ring"], "then": "hang up"}
    plan["queues"] = {"help": help_ | skilled | drawn["queue"]}
    keys = {str(at): place for at, place in enumerate(drawn["keys"])}
    plan["menus"] = {"main": {"number": "300", "prompt": "Press.", "keys": keys, **drawn["menu"]}}
    plan["scenarios"] = {"story": {"number": "750", "steps": drawn["steps"]}}
    plan["numbers"] = drawn["numbers"]
    plan["trunks"] = {
        "carrier": {"server": "203.0.113.9", "prefix": "9", **drawn["trunk"]},
        "backup": {"server": "203.0.113.8", "prefix": "90"},
        "advertised": {"server": "203.0.113.7", "incoming_only": True},
    }
    plan["offices"] = {
        "hamburg": {"server": "192.0.2.40", "numbers": ["2xxx"], **drawn["office"]},
        "bonn": {"server": "192.0.2.41", "numbers": ["4xxx"], "prefix": "7"},
    }
    return plan


PLANS = st.builds(
    _company,
    people=st.tuples(*(EXTENSION for _ in PEOPLE)),
    box=BOX,
    ring=STRATEGIES,
    members=MEMBERS,
    department=DEPARTMENT,
    agents=MEMBERS,
    queue=QUEUE,
    keys=st.lists(PLACES, min_size=1, max_size=4),
    menu=MENU,
    steps=STEPS,
    numbers=NUMBERS,
    trunk=TRUNK,
    office=OFFICE,
    then=by_mode(PLACES | st.just("hang up")),
)
TIMES = st.floats(1_700_000_000.0, 1_900_000_000.0)
PREFERENCES = st.builds(
    Preferences,
    do_not_disturb=st.none() | st.booleans(),
    forward_always=st.none() | st.just("") | PLACES,
    forward_busy=st.none() | PLACES,
    forward_no_answer=st.none() | PLACES,
    blocked=st.sampled_from([(), ("101",)]),
    reject_anonymous=st.none() | st.booleans(),
)
STATES = st.builds(
    Known,
    away=st.sets(st.sampled_from(PEOPLE)),
    busy=st.sets(st.sampled_from(PEOPLE)),
    lines=st.dictionaries(st.sampled_from(["carrier", "backup", "hamburg"]), st.integers(0, 3)),
    silent=st.sets(st.sampled_from(["carrier", "backup"])),
    by_code=st.dictionaries(st.sampled_from(PEOPLE), PREFERENCES),
    by_hand=st.dictionaries(st.sampled_from(["", *OUTSIDE]), st.builds(Forced, MODES, st.just("101"))),
    chance=st.text(max_size=3),
)


@st.composite
def calls(draw: st.DrawFn) -> CallFacts:
    """A call of any kind."""
    trunk = draw(st.sampled_from(["", "", "carrier", "advertised", "hamburg", "gone"]))
    called = draw(DIALLED)
    return CallFacts(
        draw(st.sampled_from(["+491711", "anonymous", ""] if trunk else [*PEOPLE])),
        called,
        draw(st.sampled_from([70, 70, 70, 0])),
        trunk,
        draw(st.sampled_from([(), (Diversion("102", "busy"),), (Diversion("104", "transfer"),)])),
        arrives=bool(trunk) and draw(st.booleans()),
        sent=draw(st.booleans()),
        at=draw(TIMES),
        number=called if trunk else "",
    )


def explains_itself(decision: Decision) -> None:
    """Each decision says why, in words, and by lines that are in the file."""
    assert decision.reasons
    assert all(reason.text for reason in decision.reasons)
    assert all(reason.line is None or reason.line >= 1 for reason in decision.reasons)
    assert isinstance(decision, Refuse | UseFeature | GoTo) or (
        isinstance(decision, Ring) and decision.targets and decision.seconds > 0
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(PLANS, STATES, st.lists(calls(), min_size=5, max_size=25), st.sampled_from([*Outcome]))
def test_any_call_in_any_company(
    plan: dict[str, Any], state: Known, asked: list[CallFacts], outcome: Outcome
) -> None:
    try:
        router = Router(load_text(json.dumps(plan, indent=1), Path("/nowhere/office.yaml"), {}))
    except DialplanError:
        reject()
    for facts in asked:
        decision = router.decide(facts, state)
        explains_itself(decision)
        assert router.decide(facts, state) == decision, "nothing but the facts and the state decides"
        assert router.mode_of(facts, state).key in ("day", "night", "party")
        if isinstance(decision, Ring):
            kind, key = router.what_rings(decision)
            assert kind in ("extension", "department", "outside")
            assert key
            onward = router.unanswered(facts, decision, outcome, state)
            if onward is not None:
                explains_itself(onward)
        busy, away = frozenset(state.busy), frozenset(state.away)
        nobody = Imagined(busy, away, full=frozenset(["carrier"]))
        question = Question(facts.caller, facts.called, facts.at, facts.trunk, "1,23", frozenset(), nobody)
        assert journey(router, question)[0].text.startswith("mode ")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(PLANS, PLANS, TIMES)
def test_any_question_about_any_two_companies(old: dict[str, Any], new: dict[str, Any], at: float) -> None:
    try:
        before, after = (
            load_text(json.dumps(plan, indent=1), Path("/nowhere/office.yaml"), {}) for plan in (old, new)
        )
    except DialplanError:
        reject()
    for plan in (before, after):
        assert all(one.where and one.who and one.line for one in exposures(plan))
        for number, schedule in schedules(plan):
            assert number in ("", *plan.numbers)
            assert list(spans(schedule, at, at + 86_400))
        for number in plan.numbers:
            drawn = picture.picture(plan, number)
            assert number in picture.mermaid(drawn)
            assert picture.svg(drawn).startswith("<svg")
    assert all(
        line.endswith(".") for line in [*caller_changes(before, after, at), *right_changes(before, after)]
    )
    assert compare(before, after).needs_restart == ()
    assert not list(caller_changes(before, before, at))
    assert not list(right_changes(before, before))
