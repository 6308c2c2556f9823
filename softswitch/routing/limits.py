"""Whether an extension, or one of its departments, has spent what it may."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from softswitch.config import Dialplan
from softswitch.config.problems import KeyPath
from softswitch.routing.decision import Reason, State


@dataclass(frozen=True, slots=True)
class _Limit:
    who: str
    """In words."""
    members: tuple[str, ...]
    per: str
    """day or month."""
    amount: Decimal
    path: KeyPath


class SpendingLimits:
    """One dialplan's limits, compiled."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan
        self._of = {number: tuple(self._limits(number)) for number in dialplan.extensions}

    def reached(self, number: str, state: State) -> Reason | None:
        """Why the extension may not spend more; None while it may."""
        for limit in self._of.get(number, ()):
            if _spent(limit, state) >= limit.amount:
                text = f"{limit.who} has spent the {limit.amount} of this {limit.per}"
                return Reason(text, self._dialplan.line_of(limit.path))
        return None

    def warnings(self, number: str, state: State) -> list[str]:
        """Of each limit that the extension comes near to, or has reached, a sentence."""
        percent = self._dialplan.limits.warn_at
        return [
            f"{limit.who} has spent {spent} of the {limit.amount} of this {limit.per}"
            for limit in self._of.get(number, ())
            if (spent := _spent(limit, state)) * 100 >= limit.amount * percent
        ]

    def _limits(self, number: str) -> Iterator[_Limit]:
        own, house = self._dialplan.extensions[number].limit, self._dialplan.limits
        for per in ("day", "month"):
            amount = getattr(own, per)
            path: KeyPath = ("extensions", number, "limit", per)
            if amount is None:
                amount, path = getattr(house, per), ("limits", per)
            if amount is not None:
                yield _Limit(number, (number,), per, amount, path)
        for one in self._dialplan.departments_of(number):
            for per in ("day", "month"):
                amount = getattr(one.limit, per)
                if amount is not None:
                    path = ("departments", one.key, "limit", per)
                    yield _Limit(f"the department {one.name}", one.extensions, per, amount, path)


def _spent(limit: _Limit, state: State) -> Decimal:
    """Day and month are places 0 and 1 of what the state knows."""
    place = 0 if limit.per == "day" else 1
    return sum((state.spent(member)[place] for member in limit.members), Decimal(0))
