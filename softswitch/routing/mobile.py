"""Follow me: the mobile that rings along with an extension's phones."""

from collections.abc import Callable
from typing import Final

from softswitch.config import Dialplan, Extension
from softswitch.routing.callers import same_number
from softswitch.routing.decision import CallFacts, Decision, Diversion, Reason, Ring, State, Target

WHY: Final = "mobile"
"""`Diversion.why` of the branch to a mobile: it goes by the extension's own rights."""

Decide = Callable[[CallFacts, State], Decision]


class Mobiles:
    """One dialplan's mobiles."""

    def __init__(self, dialplan: Dialplan, decide: Decide) -> None:
        self._dialplan = dialplan
        self._decide = decide

    def targets(
        self, extension: Extension, facts: CallFacts, state: State, *, alone: bool
    ) -> tuple[tuple[Target, ...], Reason | None]:
        """What rings beside the desk, and why, or why not. `alone`: no desk rings, so that it is not late."""
        place, number = extension.mobile, extension.number
        if place is None or extension.mobile_ring == "off" or _is_branch(facts):
            return (), None
        line = self._dialplan.line_of(("extensions", number, "mobile"))
        way = (*facts.diverted, Diversion(number, WHY))
        found = self._decide(facts._replace(called=place, diverted=way), state)
        if not isinstance(found, Ring):
            why = found.reasons[-1].text if found.reasons else "it leads nowhere"
            return (), Reason(f"the mobile {place} does not ring: {why}", line)
        delay = extension.mobile_after if extension.mobile_ring == "after" and not alone else 0.0
        targets = tuple(
            target._replace(must_accept=True, delay=delay)
            for target in found.targets
            if not same_number(target.number, facts.caller)
        )
        if not targets:
            return (), Reason(f"the mobile {place} does not ring: it is the caller", line)
        late = f" {delay:g} s later" if delay else ""
        return targets, Reason(f"the mobile {place} rings{late} too", line)


def _is_branch(facts: CallFacts) -> bool:
    return any(one.why == WHY for one in facts.diverted)
