"""People: their departments, roles, secretaries, and what the file may not say of them."""

from pathlib import Path

import pytest

from softswitch.config import DialplanError, load_text
from softswitch.config.speeches import names_of
from softswitch.config.ways import unreachable
from softswitch.routing import CallFacts, Diversion, Outcome, Refuse, Ring, Router
from softswitch.routing.exposure import exposures
from softswitch.routing.picture import mermaid, picture
from tests.routing.company import arriving
from tests.routing.state import Known

TEXT = """\
domain: office.example
company: Berg
extensions:
  101:
    name: Anna Berg
    password: geheimnis-1
    do_not_disturb: true
    secretary: 105
    forward: {do_not_disturb: secretary 101}
    email: anna@office.example
    greeting_name: Doctor Berg
    voicemail: {answers: [no_answer]}
  102: {name: B, password: geheimnis-2, department: sales, secretary: 105, forward: {always: secretary 102}}
  103: {name: Clara, password: geheimnis-3, department: sales, role: administrator}
  105: {name: Emil, password: geheimnis-5, role: secretary}
  106: {name: Fatima, password: geheimnis-6, role: secretary, rights: {modes: false}}
mail: {server: 127.0.0.1, sender: pbx@office.example}
departments: {sales: {members: [{extension: 103}, 101]}, empty: {members: [106]}}
numbers: {"+4930123450": secretary, "+4930123451": secretary 101}
trunks: {line: {server: 203.0.113.9, prefix: 9}}
modes: {day: by hand, night: otherwise}
"""


def router(text: str = TEXT) -> Router:
    return Router(load_text(text, Path("office.yaml"), {}))


def test_people_say_their_department() -> None:
    plan = router().dialplan
    assert plan.departments["sales"].extensions == ("103", "101", "102")
    assert [one.key for one in plan.departments_of("102")] == ["sales"]
    # No list needed: who says so is in it.
    alone = TEXT.replace("sales: {members: [{extension: 103}, 101]}", "sales: {}")
    assert router(alone).dialplan.departments["sales"].extensions == ("102", "103")


def test_the_secretaries_are_a_place_and_give_no_rights() -> None:
    office = router()
    ring = office.decide(arriving("+4930123450", "line"), Known())
    assert isinstance(ring, Ring)
    assert [one.number for one in ring.targets] == ["105", "106"]
    assert (ring.number, ring.name) == ("secretary", "Secretary")
    assert office.what_rings(ring) == ("department", "secretary")
    only = office.decide(arriving("+4930123450", "line"), Known(away={"105"}))
    assert isinstance(only, Ring)
    assert [one.number for one in only.targets] == ["106"]
    assert office.unanswered(arriving("+4930123450", "line"), ring, Outcome.NO_ANSWER, Known()) is None
    assert office.dialplan.departments_of("105") == ()
    one = office.decide(arriving("+4930123451", "line"), Known())
    assert isinstance(one, Ring)
    assert one.number == "105"
    # Nobody dials the word.
    assert isinstance(office.decide(CallFacts("102", "secretary"), Known()), Refuse)


def test_calls_go_to_ones_own_secretary_and_come_through_from_her() -> None:
    office = router()
    for called, why in (("101", "do-not-disturb"), ("102", "always")):
        away = office.decide(CallFacts("103", called), Known())
        assert isinstance(away, Ring)
        assert (away.number, away.diverted) == ("105", (Diversion(called, why),))
        through = office.decide(CallFacts("105", called), Known())
        assert isinstance(through, Ring), through
        assert [one.number for one in through.targets] == [called]
        assert through.reasons[0].text.endswith(", whose secretary calls")
        assert through.reasons[0].line in (8, 13)
        handed = CallFacts("+49171", called, trunk="line", diverted=(Diversion("105", "transfer"),))
        assert isinstance(office.decide(handed, Known()), Ring)
        other = handed._replace(diverted=(Diversion("106", "transfer"),))
        decision = office.decide(other, Known())
        assert isinstance(decision, Ring)
        assert decision.number == "105"
    # Who says he is 105, from outside, is not.
    claimed = office.decide(CallFacts("105", "101", trunk="line"), Known())
    assert isinstance(claimed, Ring)
    assert claimed.number == "105"
    # She is not sent to herself when nobody answers her.
    ring = office.decide(CallFacts("105", "102"), Known(away={"102"}))
    assert isinstance(ring, Refuse)


def test_roles_give_rights_that_rights_take_away() -> None:
    office = router()
    people = office.dialplan.extensions
    assert {number: one.may_set_modes for number, one in people.items()} == {
        "101": False,
        "102": False,
        "103": True,
        "105": True,
        "106": False,
    }
    assert office.may_listen("103", "105")
    assert not office.may_listen("105", "103")
    without = router(TEXT.replace("role: administrator", "role: administrator, rights: {listen: nobody}"))
    assert not without.may_listen("103", "105")


def test_names_are_spoken_as_people_want() -> None:
    assert "Doctor Berg" in names_of(router().dialplan)


def test_pictures_and_exposure_know_the_secretaries() -> None:
    plan = router().dialplan
    assert "Secretary" in mermaid(picture(plan, "+4930123450"))
    assert any("+4930123450" in one.came_by for one in exposures(plan) if one.who == "105")
    assert not [one.words for one in unreachable(plan)]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("department: sales", "department: sale", "extensions.102.department: there is no department 'sale'"),
        (
            "    secretary: 105",
            "    secretary: 103",
            "extensions.101.secretary: nobody of that number has the role",
        ),
        ("    secretary: 105", "    secretary: 101", "extensions.101.secretary: he is his own secretary"),
        ("    voicemail: {answers: [no_answer]}\n", "", "extensions.101.email: nothing is sent there"),
        ("    voicemail: {answers: [no_answer]}\n", "", "extensions.101.greeting_name: nobody hears it"),
        (
            "mail: {server: 127.0.0.1, sender: pbx@office.example}\n",
            "",
            "extensions.101.email: no server takes this mail",
        ),
        ("role: administrator", "role: admin", "extensions.103.role"),
        ("empty: {members: [106]}", "secretary: {members: [106]}", "departments.secretary: this name means"),
        ("empty: {members: [106]}", "empty: {}", "departments.empty.members: nothing is listed here"),
        (
            '1": secretary 101}',
            '1": secretary 103}',
            "'secretary 103' is no extension, department or other place",
        ),
    ],
)
def test_what_cannot_be_is_told_at_its_place(old: str, new: str, said: str) -> None:
    with pytest.raises(DialplanError) as caught:
        router(TEXT.replace(old, new, 1))
    assert said in "\n".join(map(str, caught.value.problems))
