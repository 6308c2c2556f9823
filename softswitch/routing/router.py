"""From facts to a decision."""

from collections.abc import Mapping
from dataclasses import replace

from softswitch.config import Dialplan, Extension, Feature
from softswitch.config.department import Department
from softswitch.config.feature import Where
from softswitch.config.rights import Reach
from softswitch.routing.codes import Codes
from softswitch.routing.decision import (
    CallFacts,
    Decision,
    Reason,
    Refuse,
    Ring,
    State,
    Target,
    UseFeature,
)
from softswitch.routing.outcome import Outcome
from softswitch.routing.outside import Outside


class Router:
    """One dialplan, compiled. Immutable: a reload makes a new one, running calls keep theirs."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan
        self._codes = Codes(dialplan)
        self.outside = Outside(dialplan)
        """Numbers of the telephone network."""
        self._extensions = dict(dialplan.extensions)
        self._departments = {one.number: one for one in dialplan.departments.values() if one.number}
        self._lines = {number: dialplan.line_of(("extensions", number)) for number in dialplan.extensions}
        self._dnd_lines = {
            number: dialplan.line_of(("extensions", number, "do_not_disturb"))
            for number in dialplan.extensions
        }
        self._waiting_lines = {
            number: dialplan.line_of(("extensions", number, "call_waiting")) for number in dialplan.extensions
        }
        self._ring_times = {number: dialplan.ring_time_of(number) for number in dialplan.extensions}
        self._numbers = (*self._extensions, *self._departments, *self._codes.numbers)

    # ---- look-ups ----

    def extension(self, number: str) -> Extension | None:
        """The extension of that number, or None."""
        return self._extensions.get(number)

    def language_of(self, number: str) -> str:
        """The language that a party is spoken to in."""
        return self._dialplan.language_of(number)

    @property
    def keys_in_call(self) -> Mapping[str, Feature]:
        """Codes that are pressed during a call."""
        return self._codes.in_call

    @property
    def orbits(self) -> tuple[str, ...]:
        """Where calls are parked."""
        return self._dialplan.parking.places

    @property
    def parking_timeout(self) -> float:
        """Seconds after which a parked call goes back to who parked it."""
        return self._dialplan.parking.timeout

    @property
    def announces_supervision(self) -> bool:
        """Whether a tone tells both sides that somebody listens to them."""
        return self._dialplan.supervision.announce

    def is_complete(self, number: str) -> bool:
        """Whether it is a number of the house, and no longer one begins with it."""
        return number in self._numbers and not any(
            one != number and one.startswith(number) for one in self._numbers
        )

    def group_of(self, number: str) -> frozenset[str]:
        """The colleagues in all departments of an extension."""
        departments = self._dialplan.departments_of(number)
        return frozenset(member for one in departments for member in one.members) - {number}

    def may_pick_up(self, by: str, of: str) -> bool:
        """Whether an extension may answer a call that rings another one."""
        extension = self._extensions.get(by)
        return extension is not None and self._reaches(extension.rights.pickup, by, of)

    def may_listen(self, by: str, to: str) -> bool:
        """Whether an extension may listen to, whisper into and join another one's calls."""
        extension = self._extensions.get(by)
        return extension is not None and self._reaches(extension.rights.listen, by, to)

    def _reaches(self, reach: Reach, by: str, of: str) -> bool:
        return reach == "anyone" or (reach == "department" and of in self.group_of(by))

    # ---- decisions ----

    def decide(self, facts: CallFacts, state: State) -> Decision:
        """Never raises. The reasons tell the whole way, in order."""
        if facts.max_forwards <= 0:
            return Refuse(Outcome.TOO_MANY_HOPS, (Reason("Max-Forwards has reached 0"),))
        if facts.arrives and not facts.diverted:
            return self._arriving(facts, state)
        called = facts.called
        extension = self._extensions.get(called)
        if extension is not None:
            return self._to_extension(extension, state)
        department = self._departments.get(called)
        if department is not None:
            return self._to_department(department, facts, state)
        found = self._codes.find(called)
        # A caller from outside uses no codes. Parked or sent into a conference he is by whom he talks to.
        if found and (not facts.trunk or (facts.diverted and found[0].where is Where.NUMBER)):
            feature, argument = found
            reason = Reason(f"{called}: {feature.words}", self._codes.line_of(feature))
            return UseFeature(feature, argument, (reason,))
        goes_out = self.outside.ring(facts, state)
        if goes_out is not None:
            return goes_out
        return Refuse(Outcome.UNKNOWN_NUMBER, (Reason(f"{called} is no number of the house"),))

    def _arriving(self, facts: CallFacts, state: State) -> Decision:
        """A call that has just come in by a trunk."""
        found = self.outside.place_of(facts, state)
        if isinstance(found, Refuse):
            return found
        place, leads = found
        department = self._dialplan.department(place)
        decision: Decision
        if place in self._extensions:
            decision = self.decide(replace(facts, called=place, arrives=False), state)
        elif department is not None:
            decision = self._to_department(department, facts, state)
        else:
            why = Reason(f"{place} is a conference", self._dialplan.line_of(("conferences", place)))
            decision = UseFeature(Feature.CONFERENCE, place, (why,))
        return replace(decision, reasons=(leads, *decision.reasons))

    def _to_extension(self, extension: Extension, state: State) -> Decision:
        number = extension.number
        found = Reason(f"{number} is the extension of {extension.name}", self._lines[number])
        refusal = self._refusal(extension, state)
        if refusal is not None:
            outcome, why = refusal
            return Refuse(outcome, (found, why))
        return Ring(number, extension.name, (Target(number),), self._ring_times[number], (found,))

    def _refusal(self, extension: Extension, state: State) -> tuple[Outcome, Reason] | None:
        number = extension.number
        if extension.do_not_disturb:
            why = Reason(f"{number} is set to do not disturb", self._dnd_lines[number])
            return Outcome.DO_NOT_DISTURB, why
        if not state.registered(number):
            return Outcome.UNREGISTERED, Reason(f"no phone is registered as {number}")
        if not extension.call_waiting and state.calls_of(number):
            why = Reason(f"{number} is in a call and has no call waiting", self._waiting_lines[number])
            return Outcome.BUSY, why
        return None

    def _to_department(self, department: Department, facts: CallFacts, state: State) -> Decision:
        line = self._dialplan.line_of(("departments", department.key))
        reasons = [Reason(f"{facts.called} is the department {department.name}", line)]
        targets, outcomes = [], []
        for member in department.members:
            if member == facts.caller and not facts.trunk:
                continue
            refusal = self._refusal(self._extensions[member], state)
            if refusal is None:
                targets.append(Target(member))
            else:
                outcomes.append(refusal[0])
                reasons.append(refusal[1])
        if not targets:
            busy = Outcome.BUSY if Outcome.BUSY in outcomes else Outcome.UNREGISTERED
            return Refuse(busy, (*reasons, Reason("nobody of the department can be rung")))
        seconds = self._dialplan.ring_time_of_department(department.key)
        return Ring(department.number or "", department.name, tuple(targets), seconds, tuple(reasons))
