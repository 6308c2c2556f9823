"""Which mode a call is in: by its number's times or the house's, or as somebody has set it by hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from softswitch.config import Dialplan
from softswitch.config.direct_number import DirectNumber
from softswitch.config.schedule import Held, Schedule
from softswitch.routing.decision import CallFacts, Forced, Reason


class KnowsModes(Protocol):
    """As much of State as modes need."""

    def forced_mode(self, number: str) -> Forced | None:
        """See State."""


@dataclass(frozen=True, slots=True)
class ModeNow:
    """The mode of a call, and why."""

    key: str
    """Empty where the dialplan has no modes, or none fits."""
    reason: Reason | None
    """None where the dialplan has no modes."""


_NONE = ModeNow("", None)


class Modes:
    """One dialplan's modes."""

    def __init__(self, dialplan: Dialplan) -> None:
        self._dialplan = dialplan
        self._house = Schedule(dialplan.modes, dialplan.timezone)
        self._own = {
            number: Schedule(one.modes, dialplan.timezone)
            for number, one in dialplan.numbers.items()
            if one.modes is not None
        }
        self._lines = {key: dialplan.line_of(("modes", key)) for key in dialplan.modes}
        # What holds by the time holds for a while, for the house and for each number.
        self._latest: dict[str, tuple[Held, ModeNow]] = {}

    def schedule(self, number: str = "") -> Schedule:
        """The times that hold for an outside number, written as in the file; the house's for any other."""
        return self._own.get(number, self._house)

    def numbers_apart(self, forced: Iterable[str]) -> tuple[str, ...]:
        """Outside numbers whose mode may not be the house's: with modes of their own, or set by hand."""
        apart = {*self._own, *forced}
        return tuple(number for number in self._dialplan.numbers if number in apart)

    def now(self, facts: CallFacts, direct: DirectNumber | None, state: KnowsModes) -> ModeNow:
        """The mode of a call that has come in by an outside number, or by none. Never raises."""
        number = direct.number if direct else ""
        schedule = self.schedule(number)
        if not schedule.modes:
            return _NONE
        forced = self.forced(number, schedule, facts.at, state)
        if forced is not None:
            return ModeNow(forced.mode, self._by_hand(number, forced))
        held, latest = schedule.at(facts.at), self._latest.get(number)
        if latest is None or latest[0] is not held:
            latest = self._latest[number] = held, ModeNow(held.key, self._by_time(number, held))
        return latest[1]

    @staticmethod
    def forced(number: str, schedule: Schedule, at: float, state: KnowsModes) -> Forced | None:
        """What somebody has set by hand, for the number or for all, as long as it holds."""
        for whose in (number, "") if number else ("",):
            forced = state.forced_mode(whose)
            if forced is not None and forced.holds(at) and forced.mode in schedule.modes:
                return forced
        return None

    def _by_hand(self, number: str, forced: Forced) -> Reason:
        until = "" if forced.until is None else f" until {self.clock(forced.until)}"
        return Reason(
            f"the mode is {forced.mode}: set by {forced.by}{until}", self.line_of(number, forced.mode)
        )

    def _by_time(self, number: str, held: Held) -> Reason:
        if held.mode is None:
            return Reason("no mode fits the time")
        return Reason(f"the mode is {held.key}: {held.why}", self.line_of(number, held.key))

    def line_of(self, number: str, mode: str) -> int | None:
        """The dialplan's line of a mode."""
        if number in self._own:
            return self._dialplan.line_of(("numbers", number, "modes", mode))
        return self._lines.get(mode)

    def clock(self, moment: float) -> str:
        """A moment as people say it, by the house's clock: `Fri 2026-12-24 18:00`."""
        return f"{datetime.fromtimestamp(moment, self._dialplan.timezone):%a %Y-%m-%d %H:%M}"
