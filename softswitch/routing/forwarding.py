"""Where an extension's calls go instead: by the user's own codes first, then by the dialplan."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from softswitch.config import Dialplan, Extension
from softswitch.config.by_mode import ByMode, in_mode
from softswitch.config.voicemail import PREFIX
from softswitch.routing.decision import CallFacts, Diversion, Reason, State
from softswitch.routing.modes import ModeNow
from softswitch.routing.outcome import Outcome
from softswitch.routing.preferences import NONE_SET

ModeOf = Callable[[CallFacts, State], ModeNow]
"""The mode of a call."""
MOST: Final = 10
"""Forwardings of one call. Nobody is on its way twice, so that only a very long chain comes so far."""


class Why(enum.Enum):
    """What makes a call go on. The value is that of `Diversion.why`."""

    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    UNREGISTERED = "unregistered"
    DO_NOT_DISTURB = "do-not-disturb"

    def __init__(self, value: str) -> None:
        self.key = value.replace("-", "_")
        """Its key in `extensions.N.forward`."""


_FALLBACK: Final = {Why.UNREGISTERED: Why.NO_ANSWER}
"""Nobody answers either where no phone is: users have a code for that only."""
_WORDS: Final = {
    Why.ALWAYS: "every call",
    Why.BUSY: "calls while it is busy",
    Why.NO_ANSWER: "calls that nobody answers",
    Why.UNREGISTERED: "calls while no phone of it can be reached",
    Why.DO_NOT_DISTURB: "calls while it is not to be disturbed",
}
_AFTER_RINGING: Final = {
    Outcome.BUSY: Why.BUSY,
    Outcome.DECLINED: Why.BUSY,
    Outcome.NO_ANSWER: Why.NO_ANSWER,
    Outcome.UNREGISTERED: Why.UNREGISTERED,
    Outcome.UNREACHABLE: Why.UNREGISTERED,
    Outcome.DEVICE_REFUSED: Why.UNREGISTERED,
}
_BEFORE_RINGING: Final = {
    Outcome.BUSY: Why.BUSY,
    Outcome.UNREGISTERED: Why.UNREGISTERED,
    Outcome.DO_NOT_DISTURB: Why.DO_NOT_DISTURB,
}


@dataclass(frozen=True, slots=True)
class Onward:
    """A forwarding that holds."""

    facts: CallFacts
    """Of the call as it goes on."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Cut:
    """A forwarding that would lead in a circle, or too far."""

    reason: Reason


class Forwarding:
    """One dialplan's forwardings."""

    def __init__(self, dialplan: Dialplan, mode_of: ModeOf) -> None:
        self._dialplan = dialplan
        self._line_of = dialplan.line_of
        self._mode_of = mode_of
        self._secretaries = dialplan.secretary_places

    def always(self, extension: Extension, facts: CallFacts, state: State) -> Onward | Cut | None:
        """Where every call of the extension goes; None when they ring there."""
        return self._onward(extension, facts, state, Why.ALWAYS)

    def instead_of_ringing(
        self, extension: Extension, facts: CallFacts, state: State, outcome: Outcome
    ) -> Onward | Cut | None:
        """Where a call goes that cannot ring, for that reason."""
        why = _BEFORE_RINGING.get(outcome)
        return None if why is None else self._onward(extension, facts, state, why)

    def after_ringing(
        self, extension: Extension, facts: CallFacts, state: State, outcome: Outcome
    ) -> Onward | Cut | None:
        """Where a call goes that has rung in vain, or was not taken by the phones."""
        why = _AFTER_RINGING.get(outcome)
        return None if why is None else self._onward(extension, facts, state, why)

    def seconds(self, extension: Extension, facts: CallFacts, state: State) -> float:
        """How long the extension rings."""
        after = extension.forward.after
        if after is None or self._place(extension, facts, state, Why.NO_ANSWER) is None:
            return self._dialplan.ring_time_of(extension.number)
        return after

    def _place(
        self, extension: Extension, facts: CallFacts, state: State, why: Why
    ) -> tuple[str, Reason] | None:
        own = state.preferences(extension.number)
        if own is NONE_SET and extension.voicemail is None and not extension.forward.model_fields_set:
            return None  # as with most
        return self._forwarded(extension, facts, state, why) or self._box(extension, why)

    def _forwarded(
        self, extension: Extension, facts: CallFacts, state: State, why: Why
    ) -> tuple[str, Reason] | None:
        number = extension.number
        by_code: str | None = getattr(state.preferences(number), f"forward_{why.key}", None)
        if by_code is not None:
            if not by_code:
                return None
            return by_code, Reason(f"{number} forwards {_WORDS[why]} to {by_code}, by code")
        said: ByMode | None = getattr(extension.forward, why.key)
        if said is not None:
            found = in_mode(said, "" if isinstance(said, str) else self._mode_of(facts, state).key)
            if found is None:
                return None  # in this mode it does not
            place, mode = found
            line = self._line_of(("extensions", number, "forward", why.key, *mode))
            when = f" in the mode {mode[0]}" if mode else ""
            return place, Reason(f"{number} forwards {_WORDS[why]} to {place}{when}", line)
        fallback = _FALLBACK.get(why)
        return None if fallback is None else self._forwarded(extension, facts, state, fallback)

    def _box(self, extension: Extension, why: Why) -> tuple[str, Reason] | None:
        """Its voicemail takes what no forwarding does."""
        box, number = extension.voicemail, extension.number
        if box is None or why.key not in box.answers:
            return None
        line = self._line_of(("extensions", number, "voicemail"))
        return PREFIX + number, Reason(f"{number} has voicemail for {_WORDS[why]}", line)

    def _onward(self, extension: Extension, facts: CallFacts, state: State, why: Why) -> Onward | Cut | None:
        found = self._place(extension, facts, state, why)
        if found is None:
            return None
        place, reason = found
        place = self._secretaries.get(place, place)
        way = (*facts.diverted, Diversion(extension.number, why.value))
        department = self._dialplan.department(place)
        target = place if department is None or place in self._dialplan.extensions else department.key
        if self._was_there(target, facts, way):
            return Cut(reason._replace(text=f"{reason.text}, which the call comes from"))
        if len(way) > MOST:
            return Cut(
                reason._replace(text=f"{reason.text}, but the call was forwarded {MOST} times already")
            )
        return Onward(facts._replace(called=target, diverted=way, sent=False), reason)

    @staticmethod
    def _was_there(target: str, facts: CallFacts, way: tuple[Diversion, ...]) -> bool:
        if way[-1].number in facts.came_by:
            return True  # he has forwarded it already, and another office has sent it back
        is_caller = not facts.trunk and target == facts.caller
        return is_caller or any(target == one.number for one in way)
