"""What agents do by code: log in and out, pause and go on."""

from typing import TYPE_CHECKING

from softswitch.calls.confirming import Confirming
from softswitch.calls.ending import Ending
from softswitch.calls.step import Step
from softswitch.config.queue import Queue
from softswitch.records.events import AgentLoggedIn, AgentLoggedOut, AgentPaused, AgentResumed
from softswitch.routing import Outcome

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.exchange import Exchange
    from softswitch.calls.side import Side


def queues_of(exchange: "Exchange", agent: str) -> list[Queue]:
    """The queues that somebody is an agent of."""
    return [one for one in exchange.router.dialplan.queues.values() if agent in one.extensions]


def log_in(call: "Call", number: str, side: "Side | None") -> Step | Ending:
    """Into all queues of the caller, or the one of that number; out again when he is in one of them."""
    agent, exchange = call.caller.number, call.exchange
    if side is not None or not call.is_of_the_house(call.caller):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    queues = [one for one in queues_of(exchange, agent) if not number or one.number == number]
    if not queues:
        return Ending.by_us(Outcome.NOT_ALLOWED)
    comes = not any(exchange.queues.agents.is_logged_in(agent, one) for one in queues)
    for queue in queues:
        set_logged_in(exchange, agent, queue, comes, call.id)
    names = ", ".join(one.name for one in queues)
    shown = f"Logged in: {names}" if comes else f"Logged out: {names}"
    return Confirming(call, "agent-logged-in" if comes else "agent-logged-out", shown)


def pause(call: "Call", digit: str, side: "Side | None") -> Step | Ending:
    """Pause with the reason of that digit; without one pause, or go on."""
    agent, exchange = call.caller.number, call.exchange
    if side is not None or not call.is_of_the_house(call.caller) or not queues_of(exchange, agent):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    reasons = exchange.router.dialplan.agents.pause_reasons
    if digit and (len(digit) > 1 or not digit.isdigit() or (reasons and digit not in reasons)):
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    if not digit and exchange.queues.agents.of(agent).paused:
        set_paused(exchange, agent, None, call.id)
        return Confirming(call, "agent-resumed", "You take calls again")
    reason = reasons.get(digit, f"reason {digit}" if digit else "")
    set_paused(exchange, agent, reason, call.id)
    return Confirming(call, "agent-paused", f"Paused: {reason}" if reason else "Paused")


def set_logged_in(exchange: "Exchange", agent: str, queue: Queue, comes: bool, call: str = "") -> None:
    """He takes calls of the queue from now on, or does not. `call`: the one by which he has said so."""
    exchange.queues.agents.log_in(agent, queue, comes)
    event = AgentLoggedIn if comes else AgentLoggedOut
    exchange.publish(event(exchange.clock(), call, agent, queue.key))
    exchange.queues.look_soon()


def set_paused(exchange: "Exchange", agent: str, reason: str | None, call: str = "") -> None:
    """No queue rings him, for that reason; None: they do again."""
    now = exchange.clock()
    if reason is None:
        exchange.queues.agents.resume(agent)
        exchange.publish(AgentResumed(now, call, agent))
    else:
        exchange.queues.agents.pause(agent, reason, now)
        exchange.publish(AgentPaused(now, call, agent, reason))
    exchange.queues.look_soon()
