"""In which order colleagues ring, and who rings when: for any people and any times."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from softswitch.routing import Target
from softswitch.routing.strategies import Candidate, targets, turns

PEOPLE = st.lists(
    st.builds(
        Candidate,
        number=st.sampled_from([str(number) for number in range(100, 112)]),
        weight=st.integers(1, 5),
        skill=st.integers(0, 10),
        penalty=st.integers(0, 2),
        last_call=st.floats(0, 1e9),
        calls=st.integers(0, 50),
    ),
    min_size=1,
    unique_by=lambda one: one.number,
)
STEPS = st.integers(1, 60)
TOTALS = st.none() | st.integers(1, 600)
ONE_BY_ONE = st.sampled_from(["in turn", "least recent", "fewest calls", "random"])
EACH = st.sampled_from(["all", "in turn", "growing", "least recent", "fewest calls", "random", "by skill"])


def flat(people: list[Candidate]) -> list[Candidate]:
    return [Candidate(one.number, one.weight, one.skill, 0, one.last_call, one.calls) for one in people]


def ringing_at(time: float, rung: tuple[Target, ...]) -> list[str]:
    return [one.number for one in rung if one.delay <= time and (one.until is None or time < one.until)]


@given(people=PEOPLE, step=STEPS, total=TOTALS, strategy=ONE_BY_ONE, seed=st.text())
def test_in_turn_never_rings_two(
    people: list[Candidate], step: int, total: int | None, strategy: str, seed: str
) -> None:
    rung = targets(strategy, turns(strategy, people, seed), step, total)  # type: ignore[arg-type]
    for one in rung:
        assert len(ringing_at(one.delay, rung)) == 1
        assert one.until is None or one.until == one.delay + step
    assert [one for one in rung if one.until is None] == [rung[-1]]
    assert total is None or all(one.delay < total for one in rung)


@given(people=PEOPLE, step=STEPS, total=TOTALS)
def test_growing_only_adds(people: list[Candidate], step: int, total: int | None) -> None:
    rung = targets("growing", turns("growing", people, ""), step, total)
    assert all(one.until is None for one in rung)
    assert len({one.number for one in rung}) == len(rung)
    times = [one.delay for one in rung]
    assert times == sorted(times)
    assert times[0] == 0


@given(people=PEOPLE, strategy=EACH, seed=st.text())
def test_everybody_has_his_turn_once(people: list[Candidate], strategy: str, seed: str) -> None:
    groups = turns(strategy, people, seed)  # type: ignore[arg-type]
    assert sorted(number for group in groups for number in group) == sorted(one.number for one in people)
    penalties = {one.number: one.penalty for one in people}
    order = [[penalties[number] for number in group] for group in groups]
    assert all(len(set(group)) == 1 for group in order)
    assert [group[0] for group in order] == sorted(group[0] for group in order)


@given(people=PEOPLE)
def test_by_their_figures(people: list[Candidate]) -> None:
    people = flat(people)
    known = {one.number: one for one in people}
    recent = [known[number] for (number,) in turns("least recent", people, "")]
    assert [one.last_call for one in recent] == sorted(one.last_call for one in people)
    fewest = [known[number] for (number,) in turns("fewest calls", people, "")]
    shares = [one.calls / one.weight for one in fewest]
    assert shares == sorted(shares)
    skills = [{known[number].skill for number in group} for group in turns("by skill", people, "")]
    assert [max(group) for group in skills] == sorted({one.skill for one in people}, reverse=True)
    assert turns("all", people, "") == (tuple(one.number for one in people),)
    assert turns("in turn", people, "") == tuple((one.number,) for one in people)


def test_chance_keeps_to_the_weights() -> None:
    people = [Candidate("101"), Candidate("102", weight=2), Candidate("103", weight=5)]
    first = Counter(turns("random", people, f"call-{call}")[0][0] for call in range(8000))
    assert {number: round(count / 1000) for number, count in first.items()} == {"101": 1, "102": 2, "103": 5}
    assert turns("random", people, "x") == turns("random", people, "x")


def test_fewest_calls_keeps_to_the_weights() -> None:
    """Whoever takes each call counts it: shares come out as the weights are."""
    calls = {"101": 0, "102": 0, "103": 0}
    weights = {"101": 1, "102": 2, "103": 5}
    for _ in range(800):
        people = [Candidate(number, weights[number], calls=calls[number]) for number in calls]
        calls[turns("fewest calls", people, "")[0][0]] += 1
    assert calls == {"101": 100, "102": 200, "103": 500}


def test_in_turn_begins_anew_while_there_is_time() -> None:
    rung = targets("in turn", (("101",), ("102",)), 10, 35)
    assert [(one.number, one.delay, one.until) for one in rung] == [
        ("101", 0, 10),
        ("102", 10, 20),
        ("101", 20, 30),
        ("102", 30, None),
    ]
