"""A line and its figures: nobody is overtaken but by who is more urgent, and numbers add up."""

from collections import deque
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from softswitch.calls.agents import AgentBook, AgentState
from softswitch.calls.queue import Entry, Figures, Line, expected_wait
from softswitch.config.queue import Queue

QUEUE = Queue(key="support", agents=("101",))
MANUAL = Queue(key="manual", agents=("101",), log_in=True)


def entry(number: str, since: float, priority: int = 0) -> Entry:
    return Entry(QUEUE, number, number, since, priority, f"call-{number}")


@given(callers=st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=20))
def test_nobody_is_overtaken_but_by_who_is_more_urgent(callers: list[tuple[int, bool]]) -> None:
    """They come one after the other; some go before it is their turn."""
    line, there = Line(), []
    for time, (priority, goes) in enumerate(callers):
        one = entry(str(time), time, priority)
        place = line.join(one)
        there.append(one)
        assert place == 1 + sum(other.priority >= priority for other in there[:-1])
        if goes:
            first = there.pop(0)
            assert line.leave(first) > 0
            assert line.leave(first) == 0
            assert first not in line
    order = list(line)
    assert order == sorted(there, key=lambda one: (-one.priority, one.since))
    assert [line.place(one) for one in order] == list(range(1, len(there) + 1))


def test_expected_wait() -> None:
    assert expected_wait(3, 0, deque([60.0])) is None
    assert expected_wait(3, 2, deque()) is None
    assert expected_wait(3, 2, deque([60.0, 120.0])) == 135


def test_figures_of_the_day() -> None:
    figures = Figures().of(date(2026, 7, 1))
    assert figures.service_level is figures.average_wait is None
    figures.note_answer(10, service_level=20)
    figures.note_answer(40, service_level=20)
    figures.abandoned += 2
    figures.lengths.append(90.0)
    assert figures.service_level == 0.25
    assert figures.average_wait == 25
    assert figures.longest == 40
    assert figures.of(date(2026, 7, 1)).answered == 2
    tomorrow = figures.of(date(2026, 7, 2))
    assert (tomorrow.answered, tomorrow.abandoned, tomorrow.longest) == (0, 0, 0)
    assert list(tomorrow.lengths) == [90.0]


def test_agents_say_what_differs_from_the_dialplan() -> None:
    kept: list[dict[str, AgentState]] = []
    book = AgentBook()
    book.on_change = lambda states: kept.append(dict(states))
    assert book.is_logged_in("101", QUEUE)
    assert not book.is_logged_in("101", MANUAL)
    book.log_in("101", MANUAL, True)
    book.pause("101", "lunch", 5.0)
    assert kept[-1] == {"101": AgentState({"manual": True}, True, "lunch", 5.0)}
    again = AgentBook()
    again.restore(kept[-1])
    assert again.is_logged_in("101", MANUAL)
    assert again.of("101").reason == "lunch"
    book.resume("101")
    book.log_in("101", MANUAL, False)
    assert kept[-1] == {}


def test_missed_in_a_row_and_left_in_peace() -> None:
    book = AgentBook()
    assert [book.missed("101"), book.missed("101")] == [1, 2]
    book.answered("101")
    assert book.missed("101") == 1
    book.leave_in_peace("101", 30.0)
    assert book.peace("101", 10.0) == 20
    assert book.peace("101", 30.0) == 0
