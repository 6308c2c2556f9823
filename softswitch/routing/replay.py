"""Calls that have been, sent through another dialplan: which of them would go another way.

Pure. Both dialplans are asked the same about each call, with everybody there and free, so that what differs
is the dialplans' doing and not that of the day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from softswitch.routing.imagined import Happening, Question
from softswitch.routing.journey import journey
from softswitch.routing.router import Router


@dataclass(frozen=True, slots=True)
class Detour:
    """A call that would go another way."""

    call: str
    """Its id."""
    question: Question
    before: tuple[Happening, ...]
    after: tuple[Happening, ...]

    @property
    def parting(self) -> tuple[Happening | None, Happening | None]:
        """The first step that differs, before and after; None where that way is at its end."""
        for index in range(max(len(self.before), len(self.after))):
            one = self.before[index] if index < len(self.before) else None
            other = self.after[index] if index < len(self.after) else None
            if one is None or other is None or one.text != other.text:
                return one, other
        return None, None


def detours(before: Router, after: Router, calls: Iterable[tuple[str, Question]]) -> Iterator[Detour]:
    """Those of the calls, each with its id, whose steps differ. A mode's new name alone is no difference."""
    for call, question in calls:
        old, new = _way(before, question), _way(after, question)
        if [one.text for one in old] != [one.text for one in new]:
            yield Detour(call, question, old, new)


def _way(router: Router, question: Question) -> tuple[Happening, ...]:
    return tuple(one for one in journey(router, question) if not one.text.startswith("mode "))
