"""One side of a conversation dials a number by keys, while the other one hears music."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.calls.talking import Talking
from softswitch.calls.tone import start_tone
from softswitch.routing import Outcome
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent, MediaChanged
from softswitch.sip.player import Player

if TYPE_CHECKING:
    from softswitch.calls.call import Call

FIRST_KEY: Final = 10.0
NEXT_KEY: Final = 3.0
"""Seconds; after that long the number counts as complete."""
LONGEST: Final = 20

Dialled = Callable[[str], "Step | Ending"]


class Dialling(Step):
    """`#` ends the number, `*` before it gives up; so does silence."""

    state = "held"

    def __init__(
        self,
        call: "Call",
        by: Leg,
        waits: Leg,
        dialled: Dialled,
        is_complete: Callable[[str], bool] | None = None,
    ) -> None:
        """`is_complete`: whether nothing can follow; by default that of numbers of the house."""
        super().__init__(call)
        self._is_complete = is_complete or call.router.is_complete
        self._by = by
        self._waits = waits
        self._dialled = dialled
        self._number = ""
        self._tone: Player | None = None

    def start(self) -> None:
        self.after(FIRST_KEY, self._complete)
        self._tone = start_tone(self.call, "dial")
        self._connect()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg not in (self._by, self._waits):
            return
        if isinstance(event, Ended):
            self.next = Ending(Outcome.COMPLETED, 200, leg.number)
        elif isinstance(event, MediaChanged):
            self._connect(anew=leg)
        elif isinstance(event, Digit) and leg is self._by:
            self._press(event.digit)

    def leave(self) -> None:
        if self._tone is not None:
            self._tone.close()
            self._tone = None

    def _press(self, key: str) -> None:
        if key == "#" or (key == "*" and not self._number):
            self._complete()
            return
        self._number += key
        self.leave()  # no dial tone from the first key on
        self.after(NEXT_KEY, self._complete)
        if len(self._number) >= LONGEST or self._is_complete(self._number):
            self._complete()

    def _complete(self) -> None:
        self.next = self._dialled(self._number) if self._number else Talking(self.call)

    def _connect(self, anew: Leg | None = None) -> None:
        call = self.call
        pairs: list[Pair] = [(leg, NOWHERE) for leg in (self._by, self._waits) if not leg.held]
        if self._tone is not None and not self._by.held:
            pairs.append((self._tone, self._by))
        if call.music is not None and not self._waits.held:
            pairs.append((call.music, self._waits))
        call.hearing.let(pairs, anew)
