"""Numbers of the telephone network: where those that are ours lead, and which trunk reaches the others."""

import re
from collections.abc import Iterator
from typing import Final

from softswitch.config import Dialplan, Trunk
from softswitch.config.direct_number import DirectNumber
from softswitch.routing.calling_rights import CallingRights
from softswitch.routing.decision import CallFacts, Reason, Refuse, Ring, State, Target
from softswitch.routing.limits import SpendingLimits
from softswitch.routing.lines import LineChoice, is_free
from softswitch.routing.modes import Modes
from softswitch.routing.numbers import canonical, rewritten
from softswitch.routing.outcome import Outcome

_NUMBER: Final = re.compile(r"\+?[0-9]{2,20}")
_LONGEST_SHORT: Final = 12
"""Digits of a prefix and an emergency number."""
_LONGEST_RINGING: Final = 180.0
"""Seconds. Carriers give up earlier: how long a number outside rings is theirs to say."""


class Outside:
    """One dialplan's `numbers` and `trunks`, compiled."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan
        self._line_of = dialplan.line_of
        self._country, self._area = dialplan.country or "", dialplan.area_code or ""
        self._rights = CallingRights(dialplan)
        self.limits = SpendingLimits(dialplan)
        """What may be spent."""
        self._lines = LineChoice(dialplan)
        self._emergency = dialplan.emergency_numbers
        self._numbers = {_bare(number): one for number, one in dialplan.numbers.items()}
        self.modes = Modes(dialplan)
        """Day, night and so on."""
        self._trunks = dict(dialplan.trunks)
        self._allowed = {
            key: frozenset(self._spelling(number) for number in trunk.numbers)
            for key, trunk in dialplan.trunks.items()
        }
        self._leads: dict[tuple[str, str], tuple[str | None, Reason]] = {}
        self._spelt = {self._spelling(number): one for number, one in dialplan.numbers.items()}
        with_prefix = [trunk for trunk in dialplan.trunks.values() if trunk.prefix is not None]
        # The longest prefix is the one that was meant.
        self._prefixes = sorted(with_prefix, key=lambda trunk: -len(trunk.prefix or ""))
        self._plus = sorted(dialplan.trunks.values(), key=lambda trunk: trunk.prefix is not None)

    # ---- calls in ----

    def knows(self, number: str) -> bool:
        """Whether it is one of the company's own numbers outside, with or without its +."""
        return self.direct(number) is not None

    def direct(self, number: str, trunk: Trunk | None = None) -> DirectNumber | None:
        """One of the company's own numbers, in whatever form the carrier writes it; None for any other."""
        found = self._numbers.get(_bare(number))
        if found or not number or not self._country or (trunk and trunk.format in ("e164", "digits")):
            return found
        return self._spelt.get(self._spelling(number))

    def _spelling(self, number: str) -> str:
        """Digits that are equal for all forms of a number."""
        if number.startswith("+") or not self._country:
            return _bare(number)
        return canonical(number, self._country, self._area) or number

    def place_of(self, facts: CallFacts, state: State) -> tuple[str, tuple[Reason, ...]] | Refuse:
        """Where a call leads that has just come in by its trunk, in the mode that holds: a place's name.

        Digits compare, a + before them or not; what is not in the file leads nowhere.
        """
        trunk = self._trunks.get(facts.trunk)
        if trunk is None:
            return Refuse(
                Outcome.UNKNOWN_NUMBER, (Reason(f"the trunk {facts.trunk} is no longer in the dialplan"),)
            )
        if state.trunk_calls(trunk.key) > trunk.max_calls:
            line = self._line_of(("trunks", trunk.key, "max_calls"))
            taken = Reason(f"all {trunk.max_calls} lines of the trunk {trunk.key} are taken", line)
            return Refuse(Outcome.NO_FREE_LINE, (self._arrived(facts, trunk), taken))
        direct = self.direct(facts.called, trunk)
        if direct is None:
            why = Reason(f"{facts.called} is not in numbers")
            return Refuse(Outcome.UNKNOWN_NUMBER, (self._arrived(facts, trunk), why))
        number = direct.number
        if trunk.numbers and self._spelling(number) not in self._allowed[trunk.key]:
            line = self._line_of(("trunks", trunk.key, "numbers"))
            why = Reason(f"{number} is not among the numbers of the trunk {trunk.key}", line)
            return Refuse(Outcome.UNKNOWN_NUMBER, (self._arrived(facts, trunk), why))
        return self._by_mode(direct, facts, state)

    def _arrived(self, facts: CallFacts, trunk: Trunk) -> Reason:
        return Reason(f"{facts.called} is called through the trunk {trunk.key}", self._line(trunk))

    def _by_mode(
        self, direct: DirectNumber, facts: CallFacts, state: State
    ) -> tuple[str, tuple[Reason, ...]] | Refuse:
        mode = self.modes.now(facts, direct, state)
        reasons = () if mode.reason is None else (mode.reason,)
        asked = direct.number, mode.key
        found = self._leads.get(asked)
        if found is None:
            found = self._leads[asked] = self._lead(direct, mode.key)
        place, why = found
        if place is None:
            return Refuse(Outcome.UNKNOWN_NUMBER, (*reasons, why))
        return place, (*reasons, why)

    def _lead(self, direct: DirectNumber, mode: str) -> tuple[str | None, Reason]:
        """Where a number leads in a mode, and why; None for nowhere."""
        number, found = direct.number, direct.place_in(mode)
        if found is None:
            line = self._line_of(("numbers", number))
            return None, Reason(f"{number} leads nowhere in this mode", line)
        place, key = found
        when = f" in the mode {key}" if key == mode else ""
        line = self._dialplan.line_of_number(number, key)
        return place, Reason(f"{number} leads to {place}{when}", line)

    # ---- calls out ----

    def reaches(self, dialled: str) -> bool:
        """Whether a trunk leads to what is dialled, whoever dials it."""
        return next(self._ways(dialled), None) is not None

    def ring(self, facts: CallFacts, state: State) -> Ring | Refuse | None:
        """The decision about what is dialled, when it is a number outside; None when it is none.

        Whose rights count says `facts.on_behalf`: a caller from outside has none of his own.
        """
        ways = list(self._ways(facts.called))
        if not ways:
            return None
        dialled = ways[0][1]
        pin = None
        if not facts.sent:  # else who wrote the file has written this number
            mode = self._mode(facts, state)
            refusal = self._forbidden(facts, dialled, mode)
            if refusal is not None:
                return refusal
            spent = self.limits.reached(facts.on_behalf, state)
            if spent is not None:
                return Refuse(Outcome.LIMIT_REACHED, (spent,))
            pin = self._rights.asks_pin(facts.on_behalf, dialled, mode)
            if pin is not None and facts.on_behalf != facts.caller:
                why = Reason(f"nobody can be asked for the pin of {facts.on_behalf}", pin.line)
                return Refuse(Outcome.NOT_ALLOWED, (why,))
        return self._through(ways, facts, state, pin)

    def _through(
        self, ways: list[tuple[Trunk, str]], facts: CallFacts, state: State, pin: Reason | None
    ) -> Ring | Refuse:
        """The line that the call takes, and those after it."""
        number, whose = ways[0][1], "" if facts.sent else facts.on_behalf
        may_use = self._lines.permitted(whose, [trunk for trunk, _ in ways])
        if not may_use:
            names = " or ".join(trunk.key for trunk, _ in ways)
            said = self._lines.of(whose, "use")
            why = Reason(f"{whose or 'this call'} may not use the trunk {names}", said.line)
            return Refuse(Outcome.NOT_ALLOWED, (why,))
        free = [trunk for trunk in may_use if is_free(trunk, state)]
        if not free:
            reasons = [self._taken(trunk) for trunk in may_use]
            wait = bool(self._lines.of(whose, "wait").value)
            return Refuse(Outcome.NO_FREE_LINE, tuple(reasons), may_wait=wait, trunk=may_use[0].key)
        ordered, why_first = self._lines.ordered(whose, number, free, state)
        targets = [Target(self._as_wanted(number, trunk), trunk.key) for trunk in ordered]
        reasons = [] if pin is None else [pin]
        line = self._line(ordered[0])
        reasons.append(Reason(f"{facts.called} goes out through the trunk {ordered[0].key}", line))
        if why_first is not None:
            others = ", then ".join(trunk.key for trunk in ordered[1:])
            reasons.append(Reason(f"{why_first.text}; should it fail, {others}", why_first.line))
        first = targets[0]._replace(then=tuple(targets[1:]))
        asked = facts.caller if pin is not None else ""
        return Ring(number, number, (first,), _LONGEST_RINGING, tuple(reasons), pin_of=asked)

    def emergency(self, facts: CallFacts, state: State) -> Ring | Refuse | None:
        """The decision about a number for emergencies; None when what is dialled is none.

        With a trunk's prefix or without, whatever the rights, over any trunk: the first that has a line
        free, else the first one, where another call loses its line.
        """
        number = None if facts.trunk else self._emergency_number(facts.called)
        if number is None:
            return None
        line = self._line_of(("emergency",)) if number in self._dialplan.emergency else None
        known = Reason(f"{number} is an emergency number", line or self._line_of(("country",)))
        trunks = sorted(self._plus, key=lambda one: _need(one, state))
        if not trunks:
            return Refuse(Outcome.NO_FREE_LINE, (known, Reason("there is no trunk to call it through")))
        first, *others = (Target(number, trunk.key, makes_room=True) for trunk in trunks)
        first = first._replace(then=tuple(others))
        why = Reason(f"it goes out through the trunk {trunks[0].key}", self._line(trunks[0]))
        return Ring(number, number, (first,), _LONGEST_RINGING, (known, why), emergency=True)

    def pin_of(self, extension: str, facts: CallFacts, state: State) -> str | None:
        """The pin that is asked of the extension before calls outside; None when it has none."""
        return self._rights.pin_of(extension, self._mode(facts, state))

    def _mode(self, facts: CallFacts, state: State) -> str:
        """The house's mode, by which rights go; empty where they are the same in all."""
        return self.modes.now(facts, None, state).key if self._rights.by_mode else ""

    def is_emergency(self, dialled: str) -> bool:
        """Whether what was dialled is an emergency number, with the prefix or without it."""
        return bool(self._emergency_number(dialled))

    def _emergency_number(self, dialled: str) -> str | None:
        if dialled in self._emergency:
            return dialled
        if len(dialled) <= _LONGEST_SHORT:
            for trunk in self._prefixes:
                number = dialled.removeprefix(trunk.prefix or "")
                if number in self._emergency:
                    return number
        return None

    def _as_wanted(self, number: str, trunk: Trunk) -> str:
        if trunk.format == "as_dialled":
            return number
        return rewritten(number, trunk.format, self._country, self._area)

    def _ways(self, dialled: str) -> Iterator[tuple[Trunk, str]]:
        if dialled.startswith("+"):
            if _NUMBER.fullmatch(dialled):
                for trunk in self._plus:
                    yield trunk, dialled
            return
        meant: str | None = None
        for trunk in self._prefixes:
            prefix = trunk.prefix or ""
            number = dialled[len(prefix) :]
            if meant in (None, prefix) and dialled.startswith(prefix) and _NUMBER.fullmatch(number):
                meant = prefix
                yield trunk, number

    def _forbidden(self, facts: CallFacts, dialled: str, mode: str) -> Refuse | None:
        whose = facts.on_behalf or facts.trunk
        if whose not in (self._dialplan.extensions if facts.on_behalf else self._dialplan.offices):
            why = Reason(
                f"{facts.called} is outside, and so is {facts.caller}: nobody here lets the call go out"
            )
            return Refuse(Outcome.NOT_ALLOWED, (why,))
        reason = self._rights.forbidden(whose, dialled, mode)
        return None if reason is None else Refuse(Outcome.NOT_ALLOWED, (reason,))

    def _line(self, trunk: Trunk) -> int | None:
        return self._line_of(("trunks", trunk.key))

    def _taken(self, trunk: Trunk) -> Reason:
        path = ("trunks", trunk.key)
        if trunk.keep_free:
            line = self._line_of((*path, "keep_free"))
            text = f"of the {trunk.max_calls} lines of the trunk {trunk.key} {trunk.keep_free} stay free"
            return Reason(f"{text} for calls in, and the others are taken", line)
        line = self._line_of((*path, "max_calls"))
        return Reason(f"all {trunk.max_calls} lines of the trunk {trunk.key} are taken", line)


def _need(trunk: Trunk, state: State) -> tuple[bool, bool, bool]:
    """How little an emergency call wants the trunk: one that answers, and has a line free, goes first."""
    full = state.trunk_calls(trunk.key) >= trunk.max_calls
    return not state.trunk_answers(trunk.key), full, trunk.incoming_only


def _bare(number: str) -> str:
    return number.removeprefix("+")
