"""What a call does next: the routing engine's decision, turned into a step."""

from typing import TYPE_CHECKING

from softswitch.calls import dialled, emergency, entrances
from softswitch.calls.ending import Ending
from softswitch.calls.no_line import NoLine
from softswitch.calls.pin import AskingPin
from softswitch.calls.ringing import Ringing
from softswitch.calls.step import Step, Unanswered
from softswitch.calls.waiting import is_answered
from softswitch.records.events import CallForwarded, PlaceEntered, Routed
from softswitch.routing import CallFacts, Decision, GoTo, Outcome, Refuse, Ring, State, UseFeature

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
    facts = _complete(call, facts)
    state = call.exchange.state_for(call)
    decision = call.router.decide(facts, state)
    _remember(call, facts, decision, side)
    return _follow(call, facts, state, decision, side, unanswered)


def forward(
    call: "Call",
    ring: Ring,
    facts: CallFacts,
    outcome: Outcome,
    side: "Side | None" = None,
    unanswered: Unanswered | None = None,
) -> Step | Ending | None:
    """The step that the dialplan wants after `ring` has failed; None when nobody forwards the call."""
    # Who is rung for may have changed meanwhile: a transfer.
    facts = _complete(call, facts._replace(caller=call.caller.number, trunk=call.caller.trunk))
    state = call.exchange.state_for(call)
    decision = call.router.unanswered(facts, ring, outcome, state)
    if decision is None:
        return None
    return _follow(call, facts._replace(diverted=ring.diverted), state, decision, side, unanswered)


def _complete(call: "Call", facts: CallFacts) -> CallFacts:
    """With the time, and for a call from outside the number that it has come in by."""
    return facts._replace(at=call.now(), number=call.called if facts.trunk else "")


def _follow(
    call: "Call",
    facts: CallFacts,
    state: State,
    decision: Decision,
    side: "Side | None",
    unanswered: Unanswered | None,
) -> Step | Ending:
    reasons, mode = decision.reasons, call.router.mode_of(facts, state).key
    if isinstance(decision, Refuse):
        slug = decision.outcome.value
        call.publish(
            Routed(
                call.now(),
                call.id,
                f"refuse: {slug}",
                reasons,
                mode,
                "refusal",
                slug,
                trunk=decision.trunk,
            )
        )
        # Nobody is kept in the middle of a transfer, and only phones of the house can be rung later.
        if decision.may_wait and side is None and not facts.diverted and call.is_of_the_house(call.caller):
            return NoLine(call, facts.called)
        return Ending.by_us(decision.outcome)
    if isinstance(decision, UseFeature):
        told = f"{decision.feature.value} {decision.argument}".rstrip()
        call.publish(Routed(call.now(), call.id, told, reasons, mode, "feature", decision.feature.value))
        return dialled.use(call, decision, side)
    if isinstance(decision, GoTo):
        kind, key = decision.kind.value, decision.key
        call.publish(Routed(call.now(), call.id, f"{kind} {key}", reasons, mode, kind, key, decision.name))
        call.publish(PlaceEntered(call.now(), call.id, kind, key))
        call.called_name = decision.name
        return entrances.enter(call, decision, facts._replace(diverted=decision.diverted), side, unanswered)
    kind, key = call.router.what_rings(decision)
    call.publish(
        Routed(call.now(), call.id, f"ring {decision.number}", reasons, mode, kind, key, decision.name)
    )
    _tell_forwardings(call, facts, decision)
    call.called_name = decision.name
    if decision.emergency:
        emergency.begins(call, decision.number)
    there = facts._replace(called=decision.number, diverted=decision.diverted)
    if decision.pin_of:
        # In the middle of a transfer there are others in the call: nobody is asked for a pin then.
        if side is not None or not call.is_of_the_house(call.caller):
            return Ending.by_us(Outcome.NOT_ALLOWED)
        return AskingPin(call, decision, there, unanswered)
    return Ringing(call, decision, there, side, unanswered)


def _remember(call: "Call", facts: CallFacts, decision: Decision, side: "Side | None") -> None:
    """For redial and call back: not what the switch itself, or a transfer, has the call do."""
    if isinstance(decision, UseFeature) or side is not None or facts.diverted or facts.sent:
        return
    remembered = call.exchange.remembered
    if call.is_of_the_house(call.caller) and not is_answered(call.caller):
        remembered.has_dialled(facts.caller, facts.called)
    if isinstance(decision, Refuse) and decision.outcome in (Outcome.BLOCKED, Outcome.ANONYMOUS_REFUSED):
        return
    called = {facts.called}
    if isinstance(decision, Ring):
        called |= {target.number for target in decision.targets if not target.trunk}
    for number in called:
        if call.router.extension(number) is not None:
            remembered.was_called(number, facts.caller)


def _tell_forwardings(call: "Call", facts: CallFacts, ring: Ring) -> None:
    new = ring.diverted[len(facts.diverted) :]
    places = [*(one.number for one in new), ring.number]
    for one, to in zip(new, places[1:], strict=True):
        call.publish(CallForwarded(call.now(), call.id, one.number, to, one.why))
