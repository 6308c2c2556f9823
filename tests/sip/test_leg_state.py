"""A leg goes from state to state as its INVITE dialog does (RFC 3261 §12, §13), and no other way."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.errors import IllegalTransition
from softswitch.sip.leg_state import LegState, follow

NEW, CALLING, INCOMING, EARLY, ANSWERED, CONFIRMED, ENDED = LegState


@pytest.mark.parametrize(
    "way",
    [
        (NEW, CALLING, EARLY, EARLY, ANSWERED, CONFIRMED, ENDED),
        (NEW, INCOMING, EARLY, ANSWERED, CONFIRMED, ENDED),
        (NEW, INCOMING, ANSWERED, ENDED),
        (NEW, CALLING, CONFIRMED, ENDED),
        (NEW, CALLING, ENDED),
        (NEW, INCOMING, ENDED),
        (NEW, ENDED),
    ],
)
def test_ways_of_a_call(way: tuple[LegState, ...]) -> None:
    for now, then in itertools.pairwise(way):
        assert follow(now, then) is then


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (CONFIRMED, EARLY),
        (CONFIRMED, ANSWERED),
        (ANSWERED, EARLY),
        (EARLY, CALLING),
        (NEW, CONFIRMED),
        (CALLING, NEW),
    ],
)
def test_no_way_back(now: LegState, then: LegState) -> None:
    with pytest.raises(IllegalTransition, match=f"from {now.value} to {then.value}"):
        follow(now, then)


@given(st.sampled_from(LegState))
def test_the_end_is_the_end_and_can_come_from_anywhere(state: LegState) -> None:
    with pytest.raises(IllegalTransition):
        follow(ENDED, state)
    if state is not ENDED:
        assert follow(state, ENDED) is ENDED


@given(st.lists(st.sampled_from(LegState), max_size=30))
def test_whatever_is_tried_the_order_of_a_dialog_holds(tried: list[LegState]) -> None:
    """Nobody is confirmed before calling or being called, and nothing but early media happens twice."""
    state, past = NEW, [NEW]
    for then in tried:
        try:
            state = follow(state, then)
        except IllegalTransition:
            continue
        past.append(state)
    passed = [one for one in past if one is not EARLY]
    assert len(passed) == len(set(passed))
    assert [list(LegState).index(one) for one in past] == sorted(list(LegState).index(one) for one in past)
    if CONFIRMED in past or ANSWERED in past:
        assert CALLING in past or INCOMING in past
