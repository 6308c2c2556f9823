"""Those of an attempt's legs that have not got the call by answering: each is asked to press a key."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from softswitch.calls.accepting import KEY, PAUSE, Accepting
from softswitch.calls.inbox import Played
from softswitch.sip.hearing import Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Digit, Ended, LegEvent

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class Asking:
    """Feed it the events of its legs; it says what they mean to the call."""

    def __init__(self, call: "Call") -> None:
        self._call = call
        self._legs: set[Leg] = set()
        self._asked: dict[Leg, Accepting] = {}

    def __contains__(self, leg: Leg) -> bool:
        """Whether the leg has to accept."""
        return leg in self._legs

    def must(self, legs: Iterable[Leg]) -> None:
        """These have to."""
        self._legs.update(legs)

    def take_over(self, other: "Asking") -> None:
        """The legs of another call's attempt: who is being asked there is asked anew."""
        self._legs |= other._legs
        for leg in other._asked:
            self._asked[leg] = Accepting(self._call, leg)
            self._asked[leg].ask()
        other.close()

    def asks(self, leg: Leg) -> bool:
        """Whether it has answered and is being asked."""
        return leg in self._asked

    @property
    def until(self) -> float | None:
        """The loop's time at which the last one's silence is a refusal; None when nobody is asked."""
        return max((asked.until for asked in self._asked.values()), default=None)

    @property
    def due(self) -> float | None:
        """The loop's time at which `look` is to be called."""
        dates = [min(asked.until, asked.again_at or asked.until) for asked in self._asked.values()]
        return min(dates, default=None)

    def meaning(self, leg: Leg, event: LegEvent | Played) -> LegEvent | None:
        """What a leg's event means for the call; None when it means nothing yet."""
        asked = self._asked.get(leg)
        if isinstance(event, Answered):
            if asked is None:
                self._call.has_sound(leg)
                self._asked[leg] = asked = Accepting(self._call, leg)
                asked.ask()
            return None
        if asked is None:
            return None if isinstance(event, Played | Digit) else event
        match event:
            case Digit() if event.digit == KEY:
                self._drop(leg)
                return Answered()
            case Ended():
                self._drop(leg)
                return Ended(480, "Not Accepted", event.by_remote)
            case Played():
                asked.again_at = self._call.time() + PAUSE
        return None

    def look(self) -> list[Leg]:
        """Ask again whose time has come. Returns those whose silence is a refusal: his voicemail, perhaps."""
        now = self._call.time()
        silent = [leg for leg, asked in self._asked.items() if asked.until <= now]
        for leg in silent:
            self._legs.discard(leg)
            self._drop(leg)
        for asked in self._asked.values():
            if asked.again_at is not None and asked.again_at <= now:
                asked.ask()
        return silent

    def pairs(self) -> list[Pair]:
        """Who is asked hears the question."""
        return [pair for asked in self._asked.values() for pair in asked.pairs()]

    def close(self) -> None:
        """Nobody is asked any more."""
        for asked in self._asked.values():
            asked.close()
        self._asked.clear()

    def _drop(self, leg: Leg) -> None:
        self._asked.pop(leg).close()
