"""Ready-made calls, as their events."""

from softswitch.records.events import CallAnswered, CallEnded, CallEvent, CallStarted, DeviceCalled, Routed
from softswitch.routing.outcome import Outcome

T = 1_800_000_000.0


def call(name: str, *, ends: bool = True, caller_name: str = "Anna") -> list[CallEvent]:
    """101 calls 102, who answers after four seconds; a minute later it is over."""
    done = Outcome.COMPLETED
    events: list[CallEvent] = [
        CallStarted(T, name, "101", caller_name, "102", "192.0.2.1:5060", f"{name}-a"),
        Routed(
            T, name, "ring 102", (("102 is the extension of Boris", 12),), "day", "extension", "102", "Boris"
        ),
        DeviceCalled(T, name, "102", "192.0.2.2:5060", f"{name}-b"),
        CallAnswered(T + 4, name, "102", "Boris", f"{name}-b"),
    ]
    if ends:
        events.append(CallEnded(T + 64, name, done.value, done.blame.value, done.words, done.status, "101"))
    return events
