"""The routing engine: facts in, decision out. Pure: no clock, no socket, no state of its own."""

from softswitch.routing.decision import (
    CallFacts,
    Decision,
    Diversion,
    Forced,
    GoTo,
    Reason,
    Refuse,
    Ring,
    State,
    Target,
    UseFeature,
)
from softswitch.routing.outcome import Blame, Outcome
from softswitch.routing.preferences import Preferences
from softswitch.routing.router import Router

__all__ = [
    "Blame",
    "CallFacts",
    "Decision",
    "Diversion",
    "Forced",
    "GoTo",
    "Outcome",
    "Preferences",
    "Reason",
    "Refuse",
    "Ring",
    "Router",
    "State",
    "Target",
    "UseFeature",
]
