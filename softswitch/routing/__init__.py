"""The routing engine: facts in, decision out. Pure: no clock, no socket, no state of its own."""

from softswitch.routing.decision import CallFacts, Decision, Reason, Refuse, Ring, State
from softswitch.routing.outcome import Blame, Outcome
from softswitch.routing.router import Router

__all__ = ["Blame", "CallFacts", "Decision", "Outcome", "Reason", "Refuse", "Ring", "Router", "State"]
