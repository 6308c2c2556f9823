"""Scenarios in the file: steps that do nothing, lead nowhere or go round without a question are told."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load_text
from softswitch.config.ways import ways_of

HEAD = """\
domain: office.example
extensions: {101: {name: Anna, password: geheimnis-1}}
departments: {sales: {members: [101]}}
scenarios:
  orders:
    number: 350
    steps: """


def told(steps: str) -> list[str]:
    try:
        plan = load_text(HEAD + steps, Path("/nowhere/office.yaml"), {})
    except DialplanError as error:
        return [f"{one.path}: {one.message}; {one.remedy}" for one in error.problems]
    return [f"{one.path}: {one.message}" for one in plan.warnings]


GOOD = """
      hello: {play: "Welcome, {caller_name}."}
      by-mode: {branch: mode, cases: {night: closed}, otherwise: ask}
      ask: {ask: "Your number, please.", into: customer, digits: 6, otherwise: people}
      look-up: {web: "https://crm.example/?id={customer}", send: [caller], timeout: 2s, otherwise: people}
      is-vip: {branch: vip, cases: {"true": direct, "4*": direct}, otherwise: choose}
      choose: {menu: "Sales, one. Anna, two.", keys: {1: people, 2: direct, "#": repeat}, otherwise: closed}
      direct: {ring: 101, seconds: 20s}
      people: {ring: [sales, 101], otherwise: closed}
      closed: {set: {language: en}}
      bye: {hang_up: busy}
"""


def test_a_good_scenario_says_nothing() -> None:
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("steps", "problem"),
    [
        ("{a: {play: Hello., next: b}}", "orders.steps.a.next: there is no step 'b'"),
        ("{a: {}}", "orders.steps.a: this step does nothing"),
        ("{a: {play: Hello., hang_up: busy}}", "this step does 2 things: play and hang_up"),
        ("{a: {play: Hello., digits: 3}}", "orders.steps.a.digits: digits means nothing beside play"),
        ("{a: {ask: Number., digits: 3}}", "orders.steps.a: ask needs into"),
        ("{a: {branch: caller, cases: {x: a}}}", "no step is named for when no case fits"),
        ("{a: {ring: salse}}", "orders.steps.a.ring: 'salse' is no extension"),
        ("{a: {transfer: main}}", "orders.steps.a.transfer: 'main' is no extension"),
        ("{a: {hang_up: busy}, b: {play: Hello.}}", "orders.steps.b: no step leads here"),
        ("{a: {play: One.}, b: {set: {x: y}, next: a}}", "the steps go round without a question: a - b - a"),
        ("{a: {ring: 101, otherwise: b}, b: {play: Wait., next: a}}", "go round without a question"),
        ("{a: {branch: custumer, cases: {x: a}, otherwise: a}}", "nothing sets the variable custumer"),
        ("{a: {web: 'ftp://x.example'}}", "this is not a web address"),
        ("{a: {web: 'http://{caller}.example/'}}", "a variable stands in the host"),
        ("{a: {pley: Hello.}}", "unknown key 'pley'; did you mean 'play'?"),
        ("{repeat: {play: Hello.}}", "'repeat' is a word of menus"),
        ("{a: {set: {A: b}}}", "this is not a variable"),
    ],
)
def test_what_is_wrong_is_told(steps: str, problem: str) -> None:
    assert any(problem in one for one in told(steps)), told(steps)


def test_a_question_makes_a_circle_right() -> None:
    assert told("{a: {ask: Number., into: n}, b: {play: 'Not {n}.', next: a}}") == []


def test_two_scenarios_have_two_codes() -> None:
    text = (
        HEAD.replace("number: 350", "code: 1")
        + "{a: {play: Hello.}}\n  other: {code: 1, steps: {a: {play: Hi.}}}"
    )
    with pytest.raises(DialplanError) as caught:
        load_text(text, Path("/nowhere/office.yaml"), {})
    assert "this is the code of the scenario orders already" in str(caught.value)


def test_what_a_scenario_rings_is_a_way_and_its_code_is_one() -> None:
    text = HEAD.replace("number: 350", "code: 1") + "{a: {ring: [101, sales]}, b: {transfer: closed}}\n"
    plan = load_text(text + "announcements: {closed: {say: Closed.}}", Path("/nowhere/office.yaml"), {})
    assert plan.warnings == ()
    assert [way.target for way in ways_of(plan)] == ["101", "sales", "closed"]
