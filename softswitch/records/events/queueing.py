"""Queues and their agents."""

from typing import NamedTuple


class QueueEntered(NamedTuple):
    """The caller waits in line from now on."""

    at: float
    call: str
    queue: str
    position: int
    """His place, from 1."""


class QueueLeft(NamedTuple):
    """He waits no longer."""

    at: float
    call: str
    queue: str
    reason: str
    """answered, abandoned, key, timeout, empty, handed-over, callback, or called-back in the call that is
    made for it; given-up when he could not be called back."""
    waited: float
    """Seconds."""
    position: int
    """The place that he had."""


class AgentMissed(NamedTuple):
    """An agent's phones rang for a caller of a queue, and he did not answer."""

    at: float
    call: str
    queue: str
    agent: str


class AgentPaused(NamedTuple):
    """No queue rings the agent from now on. `call` is empty when an operator has done it."""

    at: float
    call: str
    agent: str
    reason: str


class AgentResumed(NamedTuple):
    """Queues ring him again. `call` as above."""

    at: float
    call: str
    agent: str


class AgentLoggedIn(NamedTuple):
    """He takes calls of the queue. `call` as above."""

    at: float
    call: str
    agent: str
    queue: str


class AgentLoggedOut(NamedTuple):
    """He takes no calls of the queue. `call` as above."""

    at: float
    call: str
    agent: str
    queue: str
