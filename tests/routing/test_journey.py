"""What would become of a call: menus, forwarding, nobody there; the tests that stand in a dialplan."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from softswitch.config import load, load_text
from softswitch.config.__main__ import TREE
from softswitch.config.call_test import CallTest
from softswitch.routing import Router
from softswitch.routing.call_tests import failing
from softswitch.routing.imagined import Imagined, Question
from softswitch.routing.journey import journey, missing

TEXT = """\
domain: office.example
timezone: Europe/Berlin
extensions:
  101: {name: Anna, password: geheimnis-1, forward: {no_answer: 102}}
  102: {name: Boris, password: geheimnis-2, forward: {no_answer: sales}}
  103: {name: Clara, password: geheimnis-3, call_waiting: false}
departments:
  sales: {name: Sales, number: 200, members: [103], then: closed}
announcements:
  closed: {say: We are closed., then: hang up}
menus:
  main: {number: 300, prompt: Press one., keys: {1: sales, 2: more}, extensions: true}
  more: {prompt: Press nine., keys: {9: 101}, after_silence: closed}
modes:
  day: {weekdays: mon-fri, hours: 9-18}
  night: otherwise
numbers:
  "+4930123450": {day: main, otherwise: closed}
trunks:
  line: {server: 203.0.113.9, prefix: 9}
"""
OFFICE = Router(load_text(TEXT, Path("/nowhere/office.yaml"), {}))
MONDAY, SUNDAY = 1773046800.0, 1772960400.0  # 2026-03-09 and -08, 10:00 in Berlin


def steps(caller: str = "101", called: str = "102", **more: object) -> list[str]:
    at = more.pop("at", MONDAY)
    question = Question(caller, called, at, **more)  # type: ignore[arg-type]
    return [one.text for one in journey(OFFICE, question)]


def test_somebody_answers() -> None:
    assert steps() == ["mode day", "ring 102", "102 answers"]


def test_forwarding_to_the_end() -> None:
    assert steps("103", "101", answers=frozenset()) == [
        "mode day",
        "ring 101",
        "101 forwards (no-answer)",
        "ring 102",
        "102 forwards (no-answer)",
        "200 forwards (unregistered)",  # the caller is its only member
        "announcement closed",
        "hang up",
    ]


def test_who_is_not_taken_chooses_again_in_the_menu() -> None:
    arriving = {"caller": "+4917", "called": "+4930123450", "trunk": "line", "answers": frozenset({"102"})}
    way = steps(**arriving, keys="103102")
    assert way[2:] == [
        "103: 103", "ring 103", "nobody answers", "back in main", "102: 102", "ring 102", "102 answers",
    ]  # fmt: skip
    assert steps(**arriving, keys="103")[-1] == "nobody answers"


def test_through_menus_by_mode() -> None:
    arriving = {"caller": "+4917", "called": "+4930123450", "trunk": "line"}
    assert steps(**arriving, keys="1")[:2] == ["mode day", "menu main"]
    assert steps(**arriving, keys="1")[-2:] == ["ring sales", "103 answers"]
    assert steps(**arriving, keys="29")[-2:] == ["ring 101", "101 answers"]
    assert steps(**arriving, keys="102")[-2:] == ["ring 102", "102 answers"]
    assert steps(**arriving, keys="2,,,")[-2:] == ["announcement closed", "hang up"]
    assert steps(**arriving, at=SUNDAY) == ["mode night", "announcement closed", "hang up"]
    assert steps(**arriving)[-1] == "menu main", "he waits there"


def test_a_mode_by_hand_and_who_is_away() -> None:
    state = Imagined(forced="night")
    assert steps("+4917", "+4930123450", trunk="line", state=state)[0] == "mode night"
    away = Imagined(unregistered=frozenset({"103"}))
    assert steps("101", "200", state=away)[-2:] == ["announcement closed", "hang up"]


def test_each_step_has_its_lines() -> None:
    question = Question("+4917", "+4930123450", MONDAY, "line", "1")
    found = journey(OFFICE, question)
    lines = [reason.line for one in found for reason in one.reasons]
    assert all(lines)
    assert 18 in lines, "the line of the number"


def test_a_number_outside_and_a_full_trunk() -> None:
    assert steps("101", "90301234")[1] == "ring 0301234 through line"
    assert steps("101", "90301234", state=Imagined(full=frozenset({"line"})))[-1] == "refuse no-free-line"


def test_a_circle_of_departments_ends() -> None:
    text = TEXT.replace("then: closed}", "then: other}").replace(
        "departments:\n", "departments:\n  other: {members: [102], then: sales}\n"
    )
    office = Router(load_text(text, Path("office.yaml"), {}))
    found = journey(office, Question("101", "200", MONDAY, answers=frozenset()))
    assert found[-1].text == "refuse forward-loop"


def test_what_is_missing() -> None:
    found = journey(OFFICE, Question("101", "102", MONDAY))
    assert missing(found, ["ring 102"]) is None
    assert missing(found, ["mode day", "102 answers"]) is None
    assert missing(found, ["102 answers", "ring 102"]) == "ring 102", "in that order"
    assert missing(found, ["ring 103"]) == "ring 103"


def test_a_test_in_the_file_that_fails_says_what_came() -> None:
    tests = "tests:\n  Boris: {caller: 101, to: 102, at: 2026-03-09T10:00, expect: [ring 102, 103 answers]}\n"
    (failure,) = failing(load_text(TEXT + tests, Path("office.yaml"), {}))
    assert str(failure) == (
        "line 22: test 'Boris': expected ring 102, 103 answers; '103 answers' did not come, "
        "but mode day, ring 102, 102 answers"
    )


@pytest.mark.parametrize("file", sorted((TREE / "conf").glob("*.yaml")), ids=lambda file: file.name)
def test_the_tests_in_conf_pass(file: Path) -> None:
    assert failing(load(file, {})) == ()


def test_steps_of_one_word_need_no_list() -> None:
    assert CallTest.model_validate(
        {"key": "x", "caller": "101", "to": "102", "expect": "ring 102"}
    ).expect == ("ring 102",)


PLACES = """\
domain: office.example
timezone: Europe/Berlin
country: DE
area_code: "30"
extensions:
  101: {name: Anna, password: geheimnis-1, disa_pin: "445566", voicemail: {}, rights: {outside: [mobile]}}
  102: {name: Boris, password: geheimnis-2}
  103: {name: Clara, password: geheimnis-3}
departments:
  sales: {name: Sales, number: 200, members: [103]}
queues:
  support:
    number: 400
    agents: [101, 102]
    max_wait: 5m
    then: voicemail 101
    when_full: sales
    when_empty: "103"
    leave_key: 0
    leave_to: sales
    callback_key: 1
  patient: {number: 401, agents: [101]}
scenarios:
  order:
    number: 350
    lists: {friends: ["+491711234567"]}
    steps:
      who: {branch: caller, cases: {friends: direct, "+7*": russian}, otherwise: number}
      russian: {set: {language: ru, vip: "yes"}, next: number}
      number: {ask: Your number., into: customer, digits: 4, otherwise: choose}
      look: {web: "https://crm.example/{customer}", otherwise: choose}
      gold: {branch: status, cases: {gold: direct}, otherwise: choose}
      choose: {menu: Press a key., keys: {1: direct, 2: line, 3: box, 4: bye, 5: away}}
      direct: {ring: [101, 102], seconds: 20s, otherwise: line}
      line: {queue: support, otherwise: box}
      box: {voicemail: 101}
      bye: {hang_up: busy}
      away: {transfer: sales, otherwise: said}
      said: {play: Nobody is there.}
disa: {number: 399, attempts: 2}
modes:
  day: {weekdays: mon-fri, hours: 9-18}
  night: otherwise
numbers:
  "+4930123450": order
  "+4930123451": disa
trunks:
  line: {server: 203.0.113.9, prefix: 9}
"""


@pytest.fixture(scope="module")
def led() -> Callable[..., list[str]]:
    router = Router(load_text(PLACES, Path("/nowhere/places.yaml"), {}))

    def steps(called: str, caller: str = "103", **more: Any) -> list[str]:
        state = Imagined(
            **{name: frozenset(more.pop(name, ())) for name in ("busy", "unregistered", "full", "logged_out")}
        )
        found = journey(router, Question(caller, called, MONDAY, state=state, **more))
        assert all(one.reasons for one in found if one.text.startswith(("step ", "granted")))
        assert all(reason.line for one in found for reason in one.reasons if one.text.startswith("step "))
        return [one.text for one in found][1:]  # without its mode

    return steps


@pytest.mark.parametrize(
    ("imagined", "way"),
    [
        ({}, ["101 answers"]),
        ({"busy": ["101"]}, ["102 answers"]),
        ({"logged_out": ["101"]}, ["102 answers"]),
        ({"answers": frozenset()}, ["has waited too long", "voicemail 101"]),
        ({"keys": "0"}, ["0: leaves the queue", "ring sales", "103 answers"]),
        ({"keys": "1"}, ["1: is called back"]),
        ({"full": ["support"]}, ["the queue is full", "ring sales", "103 answers"]),
        ({"logged_out": ["101"], "unregistered": ["102"]}, ["nobody there", "ring 103", "103 answers"]),
    ],
)
def test_a_queue_is_passed(led: Callable[..., list[str]], imagined: dict[str, Any], way: list[str]) -> None:
    assert led("400", caller="+4930999", trunk="", **imagined)[1:] == way


def test_who_is_in_no_hurry_waits(led: Callable[..., list[str]]) -> None:
    assert led("401", busy=["101"]) == ["queue patient", "waits"]


@pytest.mark.parametrize(
    ("caller", "imagined", "way"),
    [
        (
            "+491711234567",
            {},
            ["step who", "caller is friends", "step direct", "ring 101, 102", "101 answers"],
        ),
        (
            "+491711234567",
            {"answers": frozenset({"102"}), "busy": ["102"]},
            ["step who", "caller is friends", "step direct", "ring 101, 102", "nobody answers", "step line",
             "queue support", "has waited too long", "voicemail 101"],
        ),
        ("+7495123", {}, ["step who", "caller is +7*", "step russian", "step number"]),
        (
            "+4930999",
            {"keys": "1234", "web": {"status": "gold"}},
            ["step who", "caller is nothing named there", "step number", "customer is 1234", "step look",
             "the web answers", "step gold", "status is gold", "step direct", "ring 101, 102", "101 answers"],
        ),
        (
            "+4930999",
            {"keys": "12345"},  # the web does not answer, so the fifth key is pressed in the menu
            ["step who", "caller is nothing named there", "step number", "customer is 1234", "step look",
             "no answer from the web", "step choose", "5: away", "step away", "ring sales", "103 answers"],
        ),
        (
            "+4930999",
            {"keys": ",,,5", "answers": frozenset()},
            ["step who", "caller is nothing named there", "step number", "no good answer", "step choose",
             "5: away", "step away", "ring sales", "nobody answers", "step said", "hang up"],
        ),
        (
            "+4930999",
            {"keys": ",,,9,4"},
            ["step who", "caller is nothing named there", "step number", "no good answer", "step choose",
             "4: bye", "step bye", "hang up busy"],
        ),
        (
            "+4930999",
            {"keys": ",,,,,,"},
            ["step who", "caller is nothing named there", "step number", "no good answer", "step choose",
             "no good answer", "hang up"],
        ),
    ],
)  # fmt: skip
def test_a_scenario_is_walked(
    led: Callable[..., list[str]], caller: str, imagined: dict[str, Any], way: list[str]
) -> None:
    assert led("+4930123450", caller, trunk="line", **imagined) == ["scenario order", *way]


@pytest.mark.parametrize(
    ("imagined", "way"),
    [
        (
            {"keys": "101#445566#901715551234#"},
            ["granted to 101", "dials 901715551234", "ring 01715551234 through line"],
        ),
        (
            {"keys": "901715551234", "disa": "101"},
            ["granted to 101", "dials 901715551234", "ring 01715551234 through line"],
        ),
        ({"keys": "101#1#101#2#"}, ["wrong pin", "wrong pin", "refuse wrong-pin"]),
        ({"keys": "999#445566#"}, ["wrong pin"]),
        ({}, []),
        ({"disa": "101", "keys": "12#102#"}, ["granted to 101", "dials 12", "no such number", "dials 102",
                                              "ring 102", "102 answers"]),
    ],
)  # fmt: skip
def test_an_outside_line_by_pin(
    led: Callable[..., list[str]], imagined: dict[str, Any], way: list[str]
) -> None:
    told = led("+4930123451", "+4930999", trunk="line", **imagined)
    assert told[: 1 + len(way)] == ["disa", *way]
