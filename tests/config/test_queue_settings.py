"""Queues and their members in the file: what can be said, and what is told when it cannot be."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load_text
from softswitch.config.member import Member

OFFICE = """\
domain: office.example
extensions:
  101: {name: Anna Berg, password: k7mp-x3wq-9fht, skills: {english: 8}}
  0102: {name: Boris Ivanov, password: r2vd-8hnc-4tbe}
departments:
  sales: {members: [101], ring: by skill, skill: english, then: support}
queues:
  support: {number: 400, agents: [101, {extension: 0102, penalty: 2}], leave_key: 0, leave_to: sales}
agents: {pause_reasons: {1: lunch}}
"""


def test_what_is_read() -> None:
    office = load_text(OFFICE, Path("office.yaml"), {})
    assert office.warnings == ()
    support = office.queues["support"]
    assert support.agents == (Member("101"), Member("0102", penalty=2))
    assert (support.leave_key, support.callback_key, support.ring) == ("0", None, "least recent")
    assert office.queue("400") is office.queue("support") is support
    assert office.agents.pause_reasons == {"1": "lunch"}
    assert office.extensions["101"].skills == {"english": 8}


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("agents: [101,", "agents: [1O1,", "queues.support.agents[0]: this is not a number in the house"),
        ("agents: [101,", "agents: [103,", "queues.support.agents[0]: there is no extension 103"),
        ("agents: [101,", "agents: [101, 101,", "is listed twice"),
        ("agents: [101,", "agents: [0102,", "queues.support.agents[1]: 0102 is listed twice"),
        ("penalty: 2", "penlaty: 2", "unknown key 'penlaty'; did you mean 'penalty'?"),
        ("penalty: 2", "penalty: -2", "this is no penalty; write a whole number from 0 to 100"),
        ("penalty: 2", "weight: 2", "ring: least recent looks at nobody's weight"),
        ("{extension: 0102, penalty: 2}", "{penalty: 2}", "a member's extension is missing"),
        ("number: 400", "number: 101", "queues.support.number: 101 is the extension of Anna Berg already"),
        (", leave_to: sales", "", "queues.support.leave_key: leave_key does nothing without leave_to"),
        ("leave_key: 0", "leave_key: 1, callback_key: 1", "this key is callback_key already"),
        ("leave_to: sales", "leave_to: slaes", "queues.support.leave_to: 'slaes' is no extension"),
        ("leave_to: sales", "leave_to: 400", "queues.support.leave_to: this leads back to itself"),
        ("leave_to: sales", "leave_to: sales, music: jazz", "there is no music of this name"),
        ("then: support", "then: sales", "departments.sales.then: this leads back to itself"),
        ("skill: english", "skill: englisch", "nobody of them has the skill englisch; did you mean"),
        ("ring: by skill, skill: english", "ring: by skill", "nobody's skill is known here"),
        ("ring: by skill, skill: english", "skill: english", "ring: all looks at nobody's skills"),
        ("{1: lunch}", "{lunch: 1}", "this is no digit"),
        ("english: 8", "english: 11", "this number is too large"),
    ],
)
def test_what_cannot_be(wrong: str, right: str, said: str) -> None:
    assert wrong in OFFICE
    with pytest.raises(DialplanError) as caught:
        load_text(OFFICE.replace(wrong, right), Path("office.yaml"), {})
    assert said in str(caught.value), str(caught.value)


def test_a_skill_that_nobody_asks_for_is_told() -> None:
    text = OFFICE.replace("{english: 8}", "{english: 8, repair: 2}")
    (warning,) = load_text(text, Path("office.yaml"), {}).warnings
    assert "no department or queue asks for the skill repair" in str(warning)
