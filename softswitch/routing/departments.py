"""Calls to departments: whom they ring, in which order, and where they go when nobody takes them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from softswitch.config import Dialplan, Extension
from softswitch.config.by_mode import ByMode, in_mode
from softswitch.config.department import Department
from softswitch.config.member import Member
from softswitch.routing.decision import CallFacts, Diversion, Reason, Refuse, Ring, State, Target
from softswitch.routing.forwarding import ModeOf
from softswitch.routing.outcome import Outcome
from softswitch.routing.strategies import Candidate, candidate, length, targets, turns

Refusal = Callable[[Extension, CallFacts, State], "tuple[Outcome, Reason] | None"]
"""Why an extension cannot be rung; None when it can."""


@dataclass(frozen=True, slots=True)
class _Team:
    """What is known of a department before anybody calls it."""

    people: tuple[tuple[Member, Extension], ...]
    together: dict[str, Target] | None
    """Where all ring at once, whoever they are: the target of each."""
    names: frozenset[str | None]


class Departments:
    """One dialplan's departments."""

    def __init__(self, dialplan: Dialplan, refusal: Refusal, mode_of: ModeOf) -> None:
        self._dialplan = dialplan
        self._line_of = dialplan.line_of
        self._mode_of = mode_of
        self._refusal = refusal
        self._house_time = dialplan.calls.ring_time
        self._teams = {one.key: _team(one, dialplan) for one in dialplan.departments_by_name.values()}

    def ring(self, department: Department, facts: CallFacts, state: State) -> Ring | Refuse:
        """Whom it rings; refused while nobody can be rung."""
        reasons = [Reason(f"{facts.called} is the department {department.name}", self._line(department))]
        able, outcomes = [], []
        team = self._teams[department.key]
        way = {one.number for one in facts.diverted}
        if not team.names.isdisjoint(way):
            why = Reason(f"the call has been at the department {department.name} already")
            return Refuse(Outcome.FORWARD_LOOP, (*reasons, why))
        himself = "" if facts.trunk else facts.caller
        for member, extension in team.people:
            number = member.extension
            if number == himself or number in way:
                continue
            found = self._refusal(extension, facts, state)
            if found is None and not department.ring_busy and state.calls_of(number):
                found = Outcome.BUSY, Reason(f"{number} is in a call", self._line(department, "ring_busy"))
            if found is None:
                able.append(member)
            else:
                outcomes.append(found[0])
                reasons.append(found[1])
        if not able:
            busy = Outcome.BUSY if Outcome.BUSY in outcomes else Outcome.UNREGISTERED
            return Refuse(busy, (*reasons, Reason("nobody of the department can be rung")))
        return self._ring(department, able, facts, state, reasons)

    def onward(
        self, department: Department, facts: CallFacts, outcome: Outcome, state: State
    ) -> tuple[CallFacts, Reason] | None:
        """Where a call goes that nobody there has taken; None for nowhere."""
        nobody = outcome in (Outcome.BUSY, Outcome.UNREGISTERED)
        key = "when_nobody" if nobody and department.when_nobody is not None else "then"
        said: ByMode | None = getattr(department, key)
        found = in_mode(said, self._mode_of(facts, state).key if isinstance(said, Mapping) else "")
        if found is None or outcome is Outcome.FORWARD_LOOP:
            return None
        place, mode = found
        way = (
            *facts.diverted,
            Diversion(department.number or department.key, _WHY.get(outcome, "no-answer")),
        )
        why = "nobody of it can be rung" if key == "when_nobody" else "nobody of it has taken the call"
        when = f" in the mode {mode[0]}" if mode else ""
        line = self._line(department, key, *mode)
        reason = Reason(f"{department.name}: {why}, it goes to {place}{when}", line)
        return facts._replace(called=place, diverted=way, sent=True), reason

    def _ring(
        self,
        department: Department,
        able: Sequence[Member],
        facts: CallFacts,
        state: State,
        reasons: list[Reason],
    ) -> Ring:
        total = department.ring_time
        together = self._teams[department.key].together
        if together is not None:
            rung = tuple([together[member.extension] for member in able])
        else:
            strategy, step = department.ring, department.step_time
            candidates = [self._candidate(one, department.skill, state) for one in able]
            groups = turns(strategy, candidates, state.seed())
            if strategy != "all":
                order = ", ".join(" and ".join(group) for group in groups)
                reasons.append(Reason(f"{strategy}: {order}", self._line(department, "ring")))
            if total is None and len(groups) > 1:
                total = length(groups, step)
            rung = targets(strategy, groups, step, self._house_time if total is None else total)
        return Ring(
            department.number or department.key,
            department.name,
            rung,
            self._house_time if total is None else total,
            tuple(reasons),
            facts.diverted,
            caller_as=department.name if department.display == "department and caller" else "",
            music=department.caller_hears == "music",
            skip_busy=not department.ring_busy,
        )

    def _candidate(self, member: Member, skill: str | None, state: State) -> Candidate:
        number = member.extension
        known = self._dialplan.extensions[number].skills.get(skill or "", 0)
        return candidate(member, known, state.last_call_of(number), state.calls_taken(number))

    def _line(self, department: Department, *keys: str) -> int | None:
        return self._line_of(("departments", department.key, *keys))


def _team(department: Department, dialplan: Dialplan) -> _Team:
    members = department.members
    alike = department.ring == "all" and not any(member.penalty for member in members)
    return _Team(
        tuple((member, dialplan.extensions[member.extension]) for member in members),
        {number: Target(number) for number in department.extensions} if alike else None,
        frozenset((department.key, department.number)),
    )


_WHY = {Outcome.BUSY: "busy", Outcome.UNREGISTERED: "unregistered"}
