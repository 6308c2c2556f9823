"""Numbers of the telephone network: where those that are ours lead, and which trunk reaches the others."""

import re
from collections.abc import Iterator
from typing import Final

from softswitch.config import Dialplan, Trunk
from softswitch.routing.decision import CallFacts, Reason, Refuse, Ring, State, Target
from softswitch.routing.outcome import Outcome

_NUMBER: Final = re.compile(r"\+?[0-9]{2,20}")
_LONGEST_RINGING: Final = 180.0
"""Seconds. Carriers give up earlier: how long a number outside rings is theirs to say."""


class Outside:
    """One dialplan's `numbers` and `trunks`, compiled."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan
        self._places = {_bare(number): (number, place) for number, place in dialplan.numbers.items()}
        self._trunks = dict(dialplan.trunks)
        self._allowed = {
            key: frozenset(_bare(number) for number in trunk.numbers)
            for key, trunk in dialplan.trunks.items()
        }
        with_prefix = [trunk for trunk in dialplan.trunks.values() if trunk.prefix is not None]
        # The longest prefix is the one that was meant.
        self._prefixes = sorted(with_prefix, key=lambda trunk: -len(trunk.prefix or ""))
        self._plus = sorted(dialplan.trunks.values(), key=lambda trunk: trunk.prefix is not None)

    # ---- calls in ----

    def knows(self, number: str) -> bool:
        """Whether it is one of the company's own numbers outside, with or without its +."""
        return _bare(number) in self._places

    def place_of(self, facts: CallFacts, state: State) -> tuple[str, Reason] | Refuse:
        """Where a call leads that has just come in by its trunk: a number of the house or a department's key.

        Digits compare, a + before them or not; what is not in the file leads nowhere.
        """
        trunk = self._trunks.get(facts.trunk)
        if trunk is None:
            return Refuse(
                Outcome.UNKNOWN_NUMBER, (Reason(f"the trunk {facts.trunk} is no longer in the dialplan"),)
            )
        arrived = Reason(f"{facts.called} is called through the trunk {trunk.key}", self._line(trunk))
        if state.trunk_calls(trunk.key) > trunk.max_calls:
            return Refuse(Outcome.NO_FREE_LINE, (arrived, self._taken(trunk)))
        found = self._places.get(_bare(facts.called))
        if found is None:
            why = Reason(f"{facts.called} is not in numbers")
            return Refuse(Outcome.UNKNOWN_NUMBER, (arrived, why))
        number, place = found
        if trunk.numbers and _bare(number) not in self._allowed[trunk.key]:
            line = self._dialplan.line_of(("trunks", trunk.key, "numbers"))
            why = Reason(f"{number} is not among the numbers of the trunk {trunk.key}", line)
            return Refuse(Outcome.UNKNOWN_NUMBER, (arrived, why))
        leads = Reason(f"{number} leads to {place}", self._dialplan.line_of(("numbers", number)))
        return place, leads

    # ---- calls out ----

    def reaches(self, dialled: str) -> bool:
        """Whether a trunk leads to what is dialled, whoever dials it."""
        return next(self._ways(dialled), None) is not None

    def target(self, dialled: str, facts: CallFacts, state: State) -> tuple[Target, Reason] | Refuse | None:
        """The way to a number outside, if the call may take it; None when no trunk leads there.

        Whose rights count says `facts.on_behalf`: a caller from outside has none of his own.
        """
        ways = list(self._ways(dialled))
        if not ways:
            return None
        outcome = self._forbidden(facts)
        if outcome is not None:
            return outcome
        reasons = []
        for trunk, number in ways:
            why = Reason(f"{dialled} goes out through the trunk {trunk.key}", self._line(trunk))
            if state.trunk_calls(trunk.key) < trunk.max_calls:
                return Target(number, trunk.key), why
            reasons += [why, self._taken(trunk)]
        return Refuse(Outcome.NO_FREE_LINE, tuple(reasons))

    def ring(self, facts: CallFacts, state: State) -> Ring | Refuse | None:
        """The decision about what is dialled, when it is a number outside; None when it is none."""
        found = self.target(facts.called, facts, state)
        if found is None or isinstance(found, Refuse):
            return found
        target, reason = found
        return Ring(target.number, target.number, (target,), _LONGEST_RINGING, (reason,))

    def _ways(self, dialled: str) -> Iterator[tuple[Trunk, str]]:
        if dialled.startswith("+"):
            if _NUMBER.fullmatch(dialled):
                for trunk in self._plus:
                    yield trunk, dialled
            return
        for trunk in self._prefixes:
            prefix = trunk.prefix or ""
            number = dialled[len(prefix) :]
            if dialled.startswith(prefix) and _NUMBER.fullmatch(number):
                yield trunk, number
                return

    def _forbidden(self, facts: CallFacts) -> Refuse | None:
        if facts.sent:
            return None  # who wrote the file has written this number
        whose = facts.on_behalf
        extension = self._dialplan.extensions.get(whose)
        if not whose or extension is None:
            why = Reason(
                f"{facts.called} is outside, and so is {facts.caller}: nobody here lets the call go out"
            )
            return Refuse(Outcome.NOT_ALLOWED, (why,))
        if not extension.rights.outside:
            line = self._dialplan.line_of(("extensions", whose, "rights", "outside"))
            return Refuse(Outcome.NOT_ALLOWED, (Reason(f"{whose} may not call outside numbers", line),))
        return None

    def _line(self, trunk: Trunk) -> int | None:
        return self._dialplan.line_of(("trunks", trunk.key))

    def _taken(self, trunk: Trunk) -> Reason:
        line = self._dialplan.line_of(("trunks", trunk.key, "max_calls"))
        return Reason(f"all {trunk.max_calls} lines of the trunk {trunk.key} are taken", line)


def _bare(number: str) -> str:
    return number.removeprefix("+")
