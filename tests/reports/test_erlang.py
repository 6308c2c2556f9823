"""Erlang's formulas against printed tables and against the sums that they are defined by."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.reports.erlang import (
    erlang_b,
    erlang_c,
    lines_for,
    mean_wait,
    offered,
    people_for,
    service_level,
)

# Lines, and the traffic at which 1 % and 0.1 % of the calls are lost: the usual Erlang B table.
TABLE = [
    (1, 0.0101, 0.0010),
    (2, 0.1526, 0.0458),
    (3, 0.4555, 0.1938),
    (5, 1.3608, 0.7621),
    (10, 4.4612, 3.0920),
    (15, 8.1080, 6.0772),
    (20, 12.0306, 9.4115),
    (30, 20.3373, 16.6839),
    (50, 37.9014, 32.5119),
    (100, 84.0642, 75.2420),
]


@pytest.mark.parametrize(("lines", "at_1", "at_01"), TABLE)
def test_the_table_of_erlang_b(lines: int, at_1: float, at_01: float) -> None:
    assert erlang_b(at_1, lines) == pytest.approx(0.01, rel=0.01)
    assert erlang_b(at_01, lines) == pytest.approx(0.001, rel=0.05)
    assert lines_for(at_1 * 0.99, 0.01) == lines
    assert lines_for(at_1 * 1.01, 0.01) == lines + 1


def test_erlang_c_of_a_call_centre() -> None:
    # 10 erlangs and 12 people: 44.9 % wait. 360 calls of 240 s an hour (24 erlangs), 30 people.
    assert erlang_c(10, 12) == pytest.approx(0.4494, abs=1e-4)
    assert erlang_c(24, 30) == pytest.approx(_by_sums(24, 30), rel=1e-9)
    assert service_level(24, 30, 240, 0) == pytest.approx(1 - erlang_c(24, 30))
    assert mean_wait(10, 12, 180) == pytest.approx(0.4494 * 180 / 2, rel=1e-3)


def _by_sums(traffic: float, people: int) -> float:
    top = traffic**people / math.factorial(people) * people / (people - traffic)
    return top / (sum(traffic**k / math.factorial(k) for k in range(people)) + top)


@given(st.floats(0.01, 60), st.integers(1, 100))
def test_erlang_b_is_what_its_definition_says(traffic: float, lines: int) -> None:
    terms = [traffic**k / math.factorial(k) for k in range(lines + 1)]
    assert erlang_b(traffic, lines) == pytest.approx(terms[-1] / sum(terms), rel=1e-9, abs=1e-300)


@given(st.floats(0, 2000), st.sampled_from([0.5, 0.1, 0.01, 0.001]))
def test_no_line_fewer_would_be_enough(traffic: float, blocked: float) -> None:
    lines = lines_for(traffic, blocked)
    assert traffic == 0 or erlang_b(traffic, lines) <= blocked * (1 + 1e-9)
    assert lines == 0 or erlang_b(traffic, lines - 1) > blocked * (1 - 1e-9)


@given(st.floats(0.01, 300), st.floats(10, 600), st.floats(0, 60), st.floats(0.1, 0.99))
def test_no_person_fewer_would_be_enough(traffic: float, seconds: float, within: float, level: float) -> None:
    people = people_for(traffic, seconds, within, level)
    assert service_level(traffic, people, seconds, within) >= level
    assert service_level(traffic, people - 1, seconds, within) < level or people - 1 <= traffic


@given(st.floats(0.1, 99), st.integers(1, 100))
def test_what_was_offered_is_found_again(traffic: float, lines: int) -> None:
    carried = traffic * (1 - erlang_b(traffic, lines))
    if carried < lines * 0.999:
        assert offered(carried, lines) == pytest.approx(traffic, rel=1e-4)


def test_large_and_empty_systems() -> None:
    assert erlang_b(10_000, 10_000) == pytest.approx(0.0079, abs=1e-4)  # about sqrt(2 / (pi * n))
    assert erlang_b(0.001, 10_000) == 0.0
    assert (erlang_b(0, 0), erlang_b(0, 5), lines_for(0, 0.01), people_for(0, 60, 20, 0.8)) == (1, 0, 0, 0)
    assert (erlang_c(5, 5), service_level(5, 4, 60, 20), mean_wait(5, 5, 60)) == (1, 0, math.inf)
    assert offered(3, 3) == math.inf
    for wrong in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="negative"):
            erlang_b(wrong, 3)
