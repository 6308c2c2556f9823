"""How many lines or people are enough: A. K. Erlang's formulas of 1917.

The offered traffic is in erlangs: calls that would be there at once on average, were there always a free
line. Recursions instead of factorials: they neither overflow nor lose digits (ITU-D, Teletraffic
Engineering Handbook, on recurrence formulas of the E- and C-formula).
"""

import math

MOST_LINES = 1_000_000


def erlang_b(traffic: float, lines: int) -> float:
    """The share of calls that find all lines taken, when such calls are lost.

    By its inverse: 1/B(0) = 1, 1/B(n) = 1 + n/traffic * 1/B(n-1). Raises ValueError for a negative argument.
    """
    _check(traffic, lines)
    if traffic == 0:
        return 0.0 if lines else 1.0
    inverse = 1.0
    for line in range(1, lines + 1):
        inverse = 1.0 + line / traffic * inverse
        if math.isinf(inverse):
            return 0.0
    return 1.0 / inverse


def erlang_c(traffic: float, people: int) -> float:
    """The share of calls that have to wait, when they wait until somebody is free.

    1 when the traffic is more than the people can do: the queue grows without end.
    """
    _check(traffic, people)
    if traffic >= people:
        return 1.0
    blocked = erlang_b(traffic, people)
    return blocked * people / (people - traffic * (1.0 - blocked))


def service_level(traffic: float, people: int, call_seconds: float, within: float) -> float:
    """The share of calls that are answered within so many seconds, in the order in which they came.

    `call_seconds`: how long a call keeps somebody, on average.
    """
    if traffic >= people:
        return 0.0
    waits = erlang_c(traffic, people)
    return 1.0 - waits * math.exp(-(people - traffic) * within / call_seconds)


def mean_wait(traffic: float, people: int, call_seconds: float) -> float:
    """Seconds that a call waits on average, those that do not wait included; infinite when overloaded."""
    if traffic >= people:
        return math.inf
    return erlang_c(traffic, people) * call_seconds / (people - traffic)


def lines_for(traffic: float, blocked: float) -> int:
    """The fewest lines at which no more than that share of calls is lost. 0 < `blocked` < 1."""
    if not 0 < blocked < 1:
        raise ValueError("the share must be between 0 and 1")
    _check(traffic, 0)
    if traffic == 0:
        return 0
    inverse, lines = 1.0, 0
    while inverse * blocked < 1.0:
        lines += 1
        if lines > MOST_LINES:
            raise ValueError("more than a million lines")
        inverse = 1.0 + lines / traffic * inverse
    return lines


def people_for(traffic: float, call_seconds: float, within: float, level: float) -> int:
    """The fewest people who answer the share `level` of calls within so many seconds. 0 <= `level` < 1."""
    if not 0 <= level < 1 or call_seconds <= 0 or within < 0:
        raise ValueError("the level must be below 1, a call longer than nothing")
    _check(traffic, 0)
    if traffic == 0:
        return 0
    people = math.floor(traffic) + 1
    while service_level(traffic, people, call_seconds, within) < level:
        people += 1
    return people


def offered(carried: float, lines: int) -> float:
    """The traffic that was offered, of which `lines` lines have carried so much: more, since some was lost.

    Solves offered * (1 - B(offered, lines)) = carried by halving. Infinite when every line was always taken.
    """
    _check(carried, lines)
    if carried >= lines:
        return math.inf
    low, high = carried, max(1.0, carried)
    while high * (1 - erlang_b(high, lines)) < carried:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        if middle * (1 - erlang_b(middle, lines)) < carried:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _check(traffic: float, lines: int) -> None:
    if not (traffic >= 0 and math.isfinite(traffic)) or lines < 0:
        raise ValueError("traffic and lines must not be negative")
