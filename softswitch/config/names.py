"""Which known name was meant by an unknown one."""

import difflib
from collections.abc import Iterable

# Below this likeness (difflib's ratio) a suggestion misleads more than it helps.
LIKENESS = 0.6
LIKENESS_OF_TWO = 0.5
"""Of two letters one is half."""


def nearest(word: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names nearest to `word`: usually one, several if equally near, none if nothing is like it.

    difflib finds who is alike; the fewest slips of the finger (a letter wrong, lost, added or swapped)
    choose among them, since difflib alone takes `rtl` to be as near to `tls` as to `rtp`.
    """
    by_folded = {name.casefold(): name for name in names}
    cutoff = LIKENESS if len(word) > 2 else LIKENESS_OF_TWO
    alike = difflib.get_close_matches(word.casefold(), by_folded, n=max(1, len(by_folded)), cutoff=cutoff)
    slips = {name: _slips(word.casefold(), name) for name in alike}
    fewest = min(slips.values(), default=0)
    return tuple(by_folded[name] for name in alike if slips[name] == fewest)


def did_you_mean(word: str, names: Iterable[str], otherwise: str) -> str:
    """The remedy for a wrong name: the nearest valid ones, or `otherwise`."""
    found = nearest(word, names)
    if not found:
        return otherwise
    return f"did you mean {' or '.join(repr(name) for name in found)}?"


def _slips(one: str, other: str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions, neighbours swapped."""
    before: list[int] = []
    previous = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, previous = previous, row
    return previous[-1]
