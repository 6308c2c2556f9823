"""What a call does next: the routing engine's decision, turned into a step."""

from typing import TYPE_CHECKING

from softswitch.calls import dialled
from softswitch.calls.ending import Ending
from softswitch.calls.ringing import Ringing
from softswitch.calls.step import Step, Unanswered
from softswitch.records.events import Routed
from softswitch.routing import CallFacts, Refuse, UseFeature

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side


def decide(
    call: "Call",
    facts: CallFacts,
    side: "Side | None" = None,
    unanswered: Unanswered | None = None,
) -> Step | Ending:
    """The step that the dialplan wants, or the end.

    `side`: who else is in the call, such as the one that transfers it. `unanswered`: what to do when
    nobody takes the call; without it the call ends then.
    """
    decision = call.router.decide(facts, call.exchange.state_for(call))
    reasons = tuple((reason.text, reason.line) for reason in decision.reasons)
    if isinstance(decision, Refuse):
        call.publish(Routed(call.now(), call.id, f"refuse: {decision.outcome.value}", reasons))
        return Ending.by_us(decision.outcome)
    if isinstance(decision, UseFeature):
        told = f"{decision.feature.value} {decision.argument}".rstrip()
        call.publish(Routed(call.now(), call.id, told, reasons))
        return dialled.use(call, decision, side)
    call.publish(Routed(call.now(), call.id, f"ring {decision.number}", reasons))
    call.called_name = decision.name
    return Ringing(call, decision, facts, side, unanswered)
