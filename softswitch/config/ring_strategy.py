"""In which order colleagues are rung."""

from typing import Final, Literal

Strategy = Literal["all", "in turn", "growing", "least recent", "fewest calls", "random", "by skill"]
"""all: at once. in turn: one after the other, the earlier one stops. growing: the earlier ones ring on.

The others ring in turn, in an order of their own: who has been without a call for the longest first, who has
taken the fewest, by chance, the best ones (all equally good ones at once).
"""
WORDS: Final = (
    "all at once; in turn: one after the other in their order, the earlier one stops; growing: the earlier "
    "ones ring on; least recent: in turn, who is without a call for the longest first; fewest calls: in "
    "turn, who has taken the fewest of the last 24 hours first; random: in turn by chance; by skill: the "
    "best first, equally good ones at once"
)
"""For the reference."""
