"""What the control socket can do with queues."""

from collections.abc import Callable
from typing import Any, Final

from softswitch.api.control import Refused
from softswitch.calls.exchange import Exchange
from softswitch.calls.queue_codes import queues_of, set_logged_in, set_paused
from softswitch.config.queue import Queue

Action = Callable[[Exchange, str, list[Queue], str], None]
BY_OPERATOR: Final = "by an operator"


def _set_login(exchange: Exchange, agent: str, queues: list[Queue], comes: bool) -> None:
    for queue in queues:
        set_logged_in(exchange, agent, queue, comes)


_ACTIONS: Final[dict[str, Action]] = {
    "login": lambda exchange, agent, queues, _: _set_login(exchange, agent, queues, True),
    "logout": lambda exchange, agent, queues, _: _set_login(exchange, agent, queues, False),
    "pause": lambda exchange, agent, _, reason: set_paused(exchange, agent, reason or BY_OPERATOR),
    "unpause": lambda exchange, agent, _, __: set_paused(exchange, agent, None),
}


def queues(exchange: Exchange, arguments: dict[str, Any]) -> dict[str, Any]:
    """Lists all queues; `action` with `agent`, and `queue` or `reason`, changes an agent first.

    Raises Refused.
    """
    action = arguments.get("action")
    if action is not None:
        agent, queue = str(arguments.get("agent") or ""), str(arguments.get("queue") or "")
        _act(exchange, str(action), agent, queue, str(arguments.get("reason") or ""))
    return {"queues": [_shown(exchange, one) for one in exchange.router.dialplan.queues.values()]}


def _act(exchange: Exchange, name: str, agent: str, queue: str, reason: str) -> None:
    action = _ACTIONS.get(name)
    if action is None:
        raise Refused(f"a queue knows no {name!r}", f"say one of {', '.join(_ACTIONS)}")
    his = queues_of(exchange, agent)
    if not his:
        raise Refused(f"{agent or 'nobody'} is no agent of any queue", "name an extension that a queue lists")
    if queue:
        his = [one for one in his if queue in (one.key, one.number)]
        if not his:
            raise Refused(f"{agent} is no agent of a queue {queue}", "`softswitch queues` lists them")
    action(exchange, agent, his, reason)


def _shown(exchange: Exchange, queue: Queue) -> dict[str, Any]:
    all_of_them, now = exchange.queues, exchange.clock()
    figures = all_of_them.figures(queue.key)
    return {
        "key": queue.key,
        "number": queue.number,
        "name": queue.name,
        "waiting": [
            {
                "call": entry.call,
                "number": entry.number,
                "name": entry.name,
                "priority": entry.priority,
                "waited": now - entry.since,
                "expected_wait": all_of_them.expected_wait(queue, place),
                "callback": not entry.call,
                "rung": entry.offered,
            }
            for place, entry in enumerate(all_of_them.line(queue.key), 1)
        ],
        "agents": [_agent(exchange, queue, number) for number in queue.extensions],
        "today": {
            "entered": figures.entered,
            "answered": figures.answered,
            "abandoned": figures.abandoned,
            "left": figures.left,
            "in_time": figures.in_time,
            "service_level": figures.service_level,
            "target": queue.service_level,
            "average_wait": figures.average_wait,
            "longest_wait": figures.longest,
        },
    }


def _agent(exchange: Exchange, queue: Queue, number: str) -> dict[str, Any]:
    agents = exchange.queues.agents
    state, extension = agents.of(number), exchange.router.extension(number)
    return {
        "number": number,
        "name": extension.name if extension is not None else number,
        "state": _state(exchange, queue, number),
        "reason": state.reason if state.paused else "",
        "since": state.since if state.paused else None,
        "calls": exchange.taken.count(number),
        "last_call": exchange.taken.last(number) or None,
    }


STATES: Final = ("free", "ringing", "talking", "in a call", "wrap-up", "paused", "logged out", "no phone")
"""What `_state` says."""


def _state(exchange: Exchange, queue: Queue, number: str) -> str:
    """What keeps an agent from the next call, in one word or two; `free` for nothing."""
    queues = exchange.queues
    talks_for = queues.talks_for(number)
    states = (
        ("logged out", not queues.agents.is_logged_in(number, queue)),
        ("no phone", not exchange.is_reachable(number)),
        ("talking", talks_for == queue.key),
        ("ringing", queues.rung_for(number) is not None),
        ("paused", queues.agents.of(number).paused),
        ("in a call", not exchange.is_free(number)),
        ("wrap-up", queues.agents.peace(number, exchange.clock()) > 0),
    )
    return next((state for state, is_so in states if is_so), "free")
