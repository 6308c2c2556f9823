"""Which line a call out takes: whose it may be, how many stay free, in what order, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from softswitch.config import Dialplan, Line, Trunk
from softswitch.config.lines import DEAREST, Lines
from softswitch.config.problems import KeyPath
from softswitch.routing.decision import Reason, State
from softswitch.routing.numbers import look_up

_WORDS: Final = {
    "in_order": "in order",
    "evenly": "evenly: it is used least",
    "by_price": "by price: it is the cheapest",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A setting that holds for somebody, and the line where it is said."""

    value: Any
    line: int | None


class LineChoice:
    """One dialplan's choice of lines."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan
        self._country, self._area = dialplan.country or "", dialplan.area_code or ""
        self._known: dict[tuple[str, str], Said] = {}

    def of(self, whose: str, name: str) -> Said:
        """A setting of `lines` as it holds for an extension; "" is nobody: the house's."""
        known = self._known.get((whose, name))
        if known is None:
            known = self._known[whose, name] = self._find(whose, name)
        return known

    def permitted(self, whose: str, trunks: Sequence[Trunk]) -> list[Trunk]:
        """Those that may be used for a call out."""
        use = self.of(whose, "use").value
        found = [trunk for trunk in trunks if not trunk.incoming_only and (not use or trunk.key in use)]
        return sorted(found, key=lambda trunk: use.index(trunk.key)) if use else found

    def ordered(
        self, whose: str, number: str, trunks: Sequence[Trunk], state: State
    ) -> tuple[list[Trunk], Reason | None]:
        """The one to take first, then those to try when it fails; and why that one, where there is a choice.

        Those that do not answer are the last ones.
        """
        choose = self.of(whose, "choose")
        how = choose.value or "in_order"
        if how == "evenly":
            found = sorted(trunks, key=lambda one: (state.trunk_calls(one.key), state.trunk_uses(one.key)))
        elif how == "by_price":
            found = sorted(trunks, key=lambda one: self._price(one, number))
        else:
            found = list(trunks)
        found.sort(key=lambda one: not state.trunk_answers(one.key))
        why = Reason(f"lines are chosen {_WORDS[how]}", choose.line) if len(found) > 1 else None
        return found, why

    def _price(self, trunk: Trunk, number: str) -> float:
        if trunk.cost is None:
            return DEAREST + 1
        price = getattr(trunk.cost, look_up(number, self._country, self._area).kind)
        return DEAREST + 1 if price is None else float(price)

    def _find(self, whose: str, name: str) -> Said:
        plan = self._dialplan
        chain: list[tuple[Lines, KeyPath]] = []
        extension = plan.extensions.get(whose)
        if extension is not None:
            chain.append((extension.lines, ("extensions", whose, "lines")))
            chain += [(one.lines, ("departments", one.key, "lines")) for one in plan.departments_of(whose)]
        chain.append((plan.lines, ("lines",)))
        for lines, path in chain:
            if name in lines.model_fields_set:
                return Said(getattr(lines, name), plan.line_of((*path, name)))
        return Said(Lines.model_fields[name].default, None)


def is_free(trunk: Line, state: State) -> bool:
    """Whether one more call may go out: some lines stay free for calls in."""
    return state.trunk_calls(trunk.key) < trunk.max_calls - trunk.keep_free
