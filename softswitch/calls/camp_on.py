"""Camp on: who has found somebody busy is rung when both are free, and then the other one.

The camper is rung first and his phone shows whom it is about; when he answers it is his call like any other.
If the other one is busy again by then, he waits on. He waits for an hour at the most, also
over a restart of the switch: see completion.py.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from softswitch.calls.confirming import Confirming
from softswitch.calls.ending import Ending
from softswitch.calls.no_line import wait_for_line
from softswitch.calls.originate import originate
from softswitch.calls.step import Step
from softswitch.records.events import (
    CallEnded,
    CallEvent,
    CampCancelled,
    CampedOn,
    CamperReached,
    LegClosed,
)
from softswitch.routing import CallFacts, Outcome, Refuse

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.exchange import Exchange
    from softswitch.calls.side import Side

log = structlog.get_logger("softswitch.calls")

PATIENCE: Final = 3600.0
"""Seconds that somebody waits."""


@dataclass(eq=False, slots=True)
class Camp:
    """One extension waits for another one."""

    camper: str
    on: str
    until: asyncio.TimerHandle
    for_line: bool = False
    """He waits for a line to a number outside."""
    call: str = ""
    """The id of the call that is being made for it; empty while it waits."""


IsFree = Callable[[str], bool]
HasLine = Callable[[str, str], bool]
"""Whether a line is free for the camper to that number outside."""
Connect = Callable[[str, str], str]
"""Begins the call of a camper to whom he waits for; returns its id, or nothing when no phone can be rung."""


class Camps:
    """Who waits for whom, in the order in which they came."""

    TAKES: Final = (CallEnded, LegClosed)
    """Kinds of events."""

    def __init__(
        self,
        is_free: IsFree,
        connect: Connect,
        patience: float = PATIENCE,
        has_line: HasLine = lambda _camper, _on: False,
    ) -> None:
        self._is_free = is_free
        self._connect = connect
        self._has_line = has_line
        self._patience = patience
        self._camps: dict[tuple[str, str], Camp] = {}
        self._looks = False
        self._closed = False
        self.changes = 0
        """How often somebody has begun to wait, or waits no longer."""

    def __len__(self) -> int:
        return len(self._camps)

    def waiting(self, *, for_line: bool = False) -> list[tuple[str, str, float]]:
        """Who waits for whom, or for a line to which number, and for how many seconds more; in order."""
        now = asyncio.get_running_loop().time()
        camps = [one for one in self._camps.values() if one.for_line is for_line]
        return [(one.camper, one.on, max(0.0, one.until.when() - now)) for one in camps]

    def add(self, camper: str, on: str, seconds: float | None = None, *, for_line: bool = False) -> None:
        """He waits from now on; who waits already begins his hour anew, and keeps his place."""
        if self._closed:
            return
        self.changes += 1
        patience = self._patience if seconds is None else seconds
        timer = asyncio.get_running_loop().call_later(patience, self._too_long, camper, on)
        known = self._camps.get((camper, on))
        if known is None:
            self._camps[camper, on] = Camp(camper, on, timer, for_line)
        else:
            known.until.cancel()
            known.until = timer

    def cancel(self, camper: str) -> tuple[str, ...]:
        """He waits for nobody any more; returns for whom he has waited."""
        mine = [camp for camp in self._camps.values() if camp.camper == camper and not camp.call]
        for camp in mine:
            self._forget(camp)
        return tuple(camp.on for camp in mine)

    def take(self, event: CallEvent) -> None:
        """Something has happened in some call: somebody may be free now."""
        if not self._camps:
            return
        if isinstance(event, CallEnded):
            for camp in [camp for camp in self._camps.values() if camp.call == event.call]:
                camp.call = ""
                # A phone that says busy, and is in no call of ours, would say so again at once.
                busy_again = event.outcome == Outcome.BUSY.value and not self._is_free(camp.on)
                # Somebody else may have had the line by then.
                busy_again |= camp.for_line and event.outcome == Outcome.NO_FREE_LINE.value
                if not busy_again:
                    self._forget(camp)
        self.look_soon()

    def look_soon(self) -> None:
        """Look whether somebody is free, when what happens now is over."""
        if self._camps and not self._looks and not self._closed:
            self._looks = True
            asyncio.get_running_loop().call_soon(self._look)

    def close(self) -> None:
        """Nobody is rung any more: the switch stops."""
        self._closed = True
        for camp in tuple(self._camps.values()):
            self._forget(camp)

    def _look(self) -> None:
        self._looks = False
        for camp in tuple(self._camps.values()):
            if self._camps.get((camp.camper, camp.on)) is not camp or camp.call:
                continue
            ready = self._has_line(camp.camper, camp.on) if camp.for_line else self._is_free(camp.on)
            if ready and self._is_free(camp.camper):
                camp.call = self._connect(camp.camper, camp.on)

    def _too_long(self, camper: str, on: str) -> None:
        camp = self._camps.get((camper, on))
        if camp is not None and not camp.call:
            log.info("camped on in vain", camper=camper, on=on)
            self._forget(camp)

    def _forget(self, camp: Camp) -> None:
        camp.until.cancel()
        self.changes += 1
        self._camps.pop((camp.camper, camp.on), None)


# ---- by code ----


def camp_on(call: "Call", number: str, side: "Side | None") -> Step | Ending:
    """Wait for the extension, or for the one dialled last. Who is in no call is called at once."""
    exchange, router, camper = call.exchange, call.router, call.caller.number
    if side is not None or not call.is_of_the_house(call.caller):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    number = number or exchange.remembered.dialled(camper)
    extension = router.extension(number)
    if not number:
        return Ending.by_us(Outcome.NOTHING_DIALLED)
    if number == camper:
        return Ending.by_us(Outcome.ONESELF)
    facts, state = CallFacts(camper, number, call.hops, at=call.now()), exchange.state_for(call)
    if extension is None:
        decision = router.decide(facts, state)
        if isinstance(decision, Refuse) and decision.outcome is Outcome.NO_FREE_LINE:
            return wait_for_line(call, number)
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    if not state.calls_of(number):
        return call.decide(facts)
    decision = router.decide(facts, state)
    if isinstance(decision, Refuse) and decision.outcome is not Outcome.BUSY:
        return Ending.by_us(decision.outcome)  # it would not ring later either
    exchange.camps.add(camper, number)
    call.publish(CampedOn(call.now(), call.id, camper, number))
    return Confirming(call, "camped-on", f"Waiting for {extension.name}")


def cancel(call: "Call", side: "Side | None") -> Step | Ending:
    """Wait for nobody any more."""
    if side is not None or not call.is_of_the_house(call.caller):
        return Ending.by_us(Outcome.NOT_ALLOWED)
    for number in call.exchange.camps.cancel(call.caller.number):
        call.publish(CampCancelled(call.now(), call.id, call.caller.number, number))
    return Confirming(call, "camp-cancelled", "Waiting for nobody")


def has_line(exchange: "Exchange", camper: str, on: str) -> bool:
    """See HasLine."""
    decision = exchange.router.decide(CallFacts(camper, on, at=exchange.clock()), exchange.state_for(None))
    return not (isinstance(decision, Refuse) and decision.outcome is Outcome.NO_FREE_LINE)


def connect(exchange: "Exchange", camper: str, on: str) -> str:
    """Both are free: see Connect."""
    extension = exchange.router.extension(on)
    name = extension.name if extension is not None else on  # who waited on hold, and calls from outside

    def then(call: "Call") -> Step | Ending:
        call.publish(CamperReached(call.now(), call.id, camper, on))
        return call.decide(CallFacts(camper, on, call.hops))

    call = originate(exchange, camper, on, name, then, exchange.router.ring_time_of(camper))
    return call.id if call is not None else ""
