"""From facts to a decision."""

from softswitch.config import Dialplan, Extension
from softswitch.routing.decision import CallFacts, Decision, Reason, Refuse, Ring, State, Target
from softswitch.routing.outcome import Outcome


class Router:
    """One dialplan, compiled. Immutable: a reload makes a new one, running calls keep theirs."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._extensions = dict(dialplan.extensions)
        self._lines = {number: dialplan.line_of(("extensions", number)) for number in dialplan.extensions}
        self._dnd_lines = {
            number: dialplan.line_of(("extensions", number, "do_not_disturb"))
            for number in dialplan.extensions
        }
        self._waiting_lines = {
            number: dialplan.line_of(("extensions", number, "call_waiting")) for number in dialplan.extensions
        }
        self._ring_times = {number: dialplan.ring_time_of(number) for number in dialplan.extensions}

    def extension(self, number: str) -> Extension | None:
        """The extension of that number, or None."""
        return self._extensions.get(number)

    def decide(self, facts: CallFacts, state: State) -> Decision:
        """Never raises. The reasons tell the whole way, in order."""
        if facts.max_forwards <= 0:
            return Refuse(Outcome.TOO_MANY_HOPS, (Reason("Max-Forwards has reached 0"),))
        extension = self._extensions.get(facts.called)
        if extension is None:
            return Refuse(Outcome.UNKNOWN_NUMBER, (Reason(f"no extension has the number {facts.called}"),))
        return self._to_extension(extension, state)

    def _to_extension(self, extension: Extension, state: State) -> Decision:
        number = extension.number
        found = Reason(f"{number} is the extension of {extension.name}", self._lines[number])
        if extension.do_not_disturb:
            why = Reason(f"{number} is set to do not disturb", self._dnd_lines[number])
            return Refuse(Outcome.DO_NOT_DISTURB, (found, why))
        if not state.registered(number):
            return Refuse(Outcome.UNREGISTERED, (found, Reason(f"no phone is registered as {number}")))
        if not extension.call_waiting and state.calls_of(number):
            why = Reason(f"{number} is in a call and has no call waiting", self._waiting_lines[number])
            return Refuse(Outcome.BUSY, (found, why))
        return Ring(number, extension.name, (Target(number),), self._ring_times[number], (found,))
