"""In which order colleagues are rung, and when each begins and stops. Pure: chance comes as a seed."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from softswitch.config.member import Member
from softswitch.config.ring_strategy import Strategy
from softswitch.routing.decision import Target

Groups = tuple[tuple[str, ...], ...]
"""Numbers by turns: those of one turn ring together."""
_Order = Callable[[list["Candidate"], str], list[tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be rung."""

    number: str
    weight: int = 1
    skill: int = 0
    penalty: int = 0
    last_call: float = 0.0
    """When his last call was over, in seconds since 1970; 0 for none."""
    calls: int = 0
    """How many calls he has taken lately."""


def candidate(member: Member, known: int, last_call: float, calls: int) -> Candidate:
    """A member as the strategies see it; `known`: the skill that its extension has."""
    return Candidate(
        member.extension,
        member.weight or 1,
        known if member.skill is None else member.skill,
        member.penalty or 0,
        last_call,
        calls,
    )


def turns(strategy: Strategy, candidates: Sequence[Candidate], seed: str) -> Groups:
    """Who is rung when: those with the lowest penalty before all others, then by the strategy.

    Where the strategy does not tell two apart they keep their order.
    """
    found: list[tuple[str, ...]] = []
    for _, tier in groupby(sorted(candidates, key=lambda one: one.penalty), key=lambda one: one.penalty):
        found += _ORDERS[strategy](list(tier), seed)
    return tuple(found)


def targets(strategy: Strategy, groups: Groups, step: float, total: float | None) -> tuple[Target, ...]:
    """Each turn begins `step` seconds after the one before it, and ends it unless the strategy is growing.

    `total`: seconds that it rings in all. In turn they begin anew when everybody has had his turn. None:
    until then.
    """
    if strategy == "growing" or len(groups) == 1:
        return tuple(
            Target(number, delay=turn * step)
            for turn, group in enumerate(groups)
            if total is None or turn * step < total
            for number in group
        )
    seconds = length(groups, step) if total is None else total
    count = math.ceil(seconds / step)
    return tuple(
        Target(number, delay=turn * step, until=(turn + 1) * step if (turn + 1) * step < seconds else None)
        for turn in range(count)
        for number in groups[turn % len(groups)]
    )


def length(groups: Groups, step: float) -> float:
    """Seconds that one round takes."""
    return len(groups) * step


def _together(candidates: list[Candidate], _: str) -> list[tuple[str, ...]]:
    return [tuple(one.number for one in candidates)]


def _one_by_one(
    order: Callable[[Candidate, str], float],
) -> Callable[[list[Candidate], str], list[tuple[str, ...]]]:
    def sort(candidates: list[Candidate], seed: str) -> list[tuple[str, ...]]:
        return [(one.number,) for one in sorted(candidates, key=lambda one: order(one, seed))]

    return sort


def _chance(one: Candidate, seed: str) -> float:
    """Sorted by it, each comes first as often as his weight says (Efraimidis and Spirakis, 2006)."""
    digest = hashlib.blake2b(f"{seed}\0{one.number}".encode(), digest_size=8).digest()
    return -math.log((int.from_bytes(digest) + 1) / 2**64) / one.weight


def _best_first(candidates: list[Candidate], _: str) -> list[tuple[str, ...]]:
    ranked = sorted(candidates, key=lambda one: -one.skill)
    return [tuple(one.number for one in equals) for _, equals in groupby(ranked, key=lambda one: one.skill)]


_ORDERS: Final[dict[Strategy, _Order]] = {
    "all": _together,
    "in turn": _one_by_one(lambda one, _: 0.0),
    "growing": _one_by_one(lambda one, _: 0.0),
    "least recent": _one_by_one(lambda one, _: one.last_call),
    "fewest calls": _one_by_one(lambda one, _: one.calls / one.weight),
    "random": _one_by_one(_chance),
    "by skill": _best_first,
}
