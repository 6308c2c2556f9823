"""Listening to somebody's call, whispering into it, joining it: for those who have the right.

Who does so is in a call of his own; what he hears and who hears him are pairs of the other call. So it
ends with that call, and goes on through hold and transfers as long as whom he listens to is in it.
"""

import enum
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.identity import asserted
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.calls.talking import Talking
from softswitch.calls.tone import play_once
from softswitch.calls.waiting import is_answered
from softswitch.records.events import SupervisionChanged, SupervisionEnded
from softswitch.routing import Outcome
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Digit, Ended, LegEvent, MediaChanged
from softswitch.sip.player import Player

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class Mode(enum.Enum):
    """Who hears the one who listens."""

    LISTEN = "listen"
    WHISPER = "whisper"
    """Only whom he listens to."""
    BARGE = "barge"
    """Both sides."""


KEYS: Final = {"4": Mode.LISTEN, "5": Mode.WHISPER, "6": Mode.BARGE}
"""Pressed while listening; Asterisk's ChanSpy has the same."""


def supervise(call: "Call", number: str, mode: Mode) -> Step | Ending:
    """The step that listens to the extension's call, the longest one if it has several."""
    if not call.router.may_listen(call.caller.number, number):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    talking = [other for other in call.exchange.calls if _party(other, number) is not None]
    if not talking:
        return Ending.by_us(Outcome.NOBODY_TALKS)
    return Supervising(call, min(talking, key=lambda other: other.started_at), number, mode)


def _party(call: "Call", number: str) -> Leg | None:
    step = call.step
    if not isinstance(step, Talking):
        return None
    return next((leg for leg in step.sides if leg.number == number and call.is_of_the_house(leg)), None)


class Supervising(Step):
    """The caller listens to `other`, a call of the extension `number`."""

    state = "listening"

    def __init__(self, call: "Call", other: "Call", number: str, mode: Mode) -> None:
        super().__init__(call)
        self.number = number
        self.mode = mode
        self._other = other
        self._warning: Player | None = None

    def start(self) -> None:
        call, caller = self.call, self.call.caller
        if not is_answered(caller):
            caller.answer((asserted(call.exchange.domain, self.number, ""),))
        call.has_sound(caller)
        self._other.watchers.append(self)
        if call.router.announces_supervision:
            self._warning = play_once(call, "intrusion")
        self._change(self.mode)

    def leave(self) -> None:
        if self._warning is not None:
            self._warning.close()
        self._stop_watching()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if isinstance(event, Ended):
            self.next = Ending(Outcome.COMPLETED, 200, leg.number)
        elif isinstance(event, MediaChanged):
            self._reconnect(anew=leg)
        elif isinstance(event, Digit) and event.digit in KEYS:
            self._change(KEYS[event.digit])

    def pairs(self, sides: tuple[Leg, Leg]) -> list[Pair]:
        """Who hears whom on his account, in the conversation of these two."""
        me = self.call.caller
        if me.held:
            return []
        heard: list[Pair] = [(leg, me) for leg in sides if not leg.held]
        listeners = [
            leg
            for leg in sides
            if not leg.held
            and (self.mode is Mode.BARGE or (self.mode is Mode.WHISPER and leg.number == self.number))
        ]
        speaks: list[Pair] = [(me, leg) for leg in listeners] or [(me, NOWHERE)]
        warns: list[Pair] = [(self._warning, leg) for leg in sides] if self._warning is not None else []
        return heard + speaks + warns

    def follows(self, sides: tuple[Leg, Leg]) -> bool:
        """Whether whom he listens to is still there."""
        return any(leg.number == self.number for leg in sides)

    def over(self) -> None:
        """There is nothing to listen to any more."""
        self._stop_watching()
        self.go(Ending(Outcome.COMPLETED, 200))

    def _stop_watching(self) -> None:
        other = self._other
        if self in other.watchers:
            other.watchers.remove(self)
            other.publish(SupervisionEnded(other.now(), other.id, self.call.caller.number, self.number))
            self._reconnect()

    def _change(self, mode: Mode) -> None:
        self.mode = mode
        other = self._other
        by = self.call.caller.number
        other.publish(SupervisionChanged(other.now(), other.id, by, self.number, mode.value))
        self._reconnect()

    def _reconnect(self, anew: Leg | None = None) -> None:
        step = self._other.step
        if isinstance(step, Talking):
            step.connect(anew)
