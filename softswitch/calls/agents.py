"""Agents: who is logged in, who pauses, who is left in peace after a call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from softswitch.config.queue import Queue


@dataclass(frozen=True, slots=True)
class AgentState:
    """What an agent has set; it outlives a restart."""

    logged_in: Mapping[str, bool] = field(default_factory=dict)
    """By queue, where it differs from how the dialplan lets him begin."""
    paused: bool = False
    reason: str = ""
    """Why he pauses: a word of the dialplan's, or `missed calls`."""
    since: float = 0.0
    """When the pause began, in seconds since 1970."""


NOTHING_SET = AgentState()
OnChange = Callable[[Mapping[str, AgentState]], None]
"""Is given the states of all agents; must not wait for a disk."""


class AgentBook:
    """Extension → what it has set, and what has become of its last calls."""

    def __init__(self) -> None:
        self._states: dict[str, AgentState] = {}
        self._missed: dict[str, int] = {}
        self._peace: dict[str, float] = {}
        self.on_change: OnChange = lambda _: None

    def of(self, number: str) -> AgentState:
        """What the agent has set."""
        return self._states.get(number, NOTHING_SET)

    def is_logged_in(self, number: str, queue: Queue) -> bool:
        """Whether he takes calls of that queue."""
        return self.of(number).logged_in.get(queue.key, not queue.log_in)

    def log_in(self, number: str, queue: Queue, logged_in: bool) -> None:
        """He takes calls of the queue from now on, or does not."""
        state = self.of(number)
        queues = {key: one for key, one in state.logged_in.items() if key != queue.key}
        if logged_in is queue.log_in:
            queues[queue.key] = logged_in
        self._change(number, replace(state, logged_in=queues))

    def pause(self, number: str, reason: str, at: float) -> None:
        """No queue rings him."""
        self._change(number, replace(self.of(number), paused=True, reason=reason, since=at))

    def resume(self, number: str) -> None:
        """Queues ring him again."""
        self._missed.pop(number, None)
        self._change(number, replace(self.of(number), paused=False, reason="", since=0.0))

    def missed(self, number: str) -> int:
        """He has not answered; returns how often in a row by now."""
        self._missed[number] = self._missed.get(number, 0) + 1
        return self._missed[number]

    def answered(self, number: str) -> None:
        """He has answered."""
        self._missed.pop(number, None)

    def leave_in_peace(self, number: str, until: float) -> None:
        """Nobody rings him before `until`, in seconds since 1970."""
        self._peace[number] = until

    def peace(self, number: str, now: float) -> float:
        """Seconds for which he is still left in peace."""
        until = self._peace.get(number, 0.0)
        if until <= now:
            self._peace.pop(number, None)
        return max(0.0, until - now)

    def restore(self, states: Mapping[str, AgentState]) -> None:
        """Those of an earlier run."""
        self._states.update(states)

    def _change(self, number: str, state: AgentState) -> None:
        if state == NOTHING_SET:
            self._states.pop(number, None)
        else:
            self._states[number] = state
        self.on_change(self._states)
