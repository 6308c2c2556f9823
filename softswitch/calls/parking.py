"""Parking: a caller waits in an orbit, a number that any phone dials to have him.

He is parked by a transfer to the parking number, by keys or the phone's own. Who parks him hears the orbit or
sees it. After a while he rings back where he was parked, and if nobody is there he waits on: nobody is lost.
"""

from functools import partial
from typing import TYPE_CHECKING

from softswitch.calls.announcement import Announcement
from softswitch.calls.consulting import Consultation
from softswitch.calls.ending import Ending
from softswitch.calls.identity import address, asserted
from softswitch.calls.inbox import Played
from softswitch.calls.orbit_page import AFTER, OrbitPage
from softswitch.calls.side import Side
from softswitch.calls.step import Enter, Step
from softswitch.calls.talking import Talking
from softswitch.calls.transferor import Transferor
from softswitch.calls.waiting import is_answered
from softswitch.records.events import CallParked, CallRetrieved, ParkedTooLong
from softswitch.routing import CallFacts, Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended, LegEvent, MediaChanged

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class ParkingLot:
    """Who is where. An orbit is taken from the moment that it is announced."""

    def __init__(self) -> None:
        self._taken: dict[str, Step] = {}

    def take(self, orbits: tuple[str, ...], step: Step) -> str | None:
        """The first free orbit, for that step; None when all are taken."""
        orbit = next((orbit for orbit in orbits if orbit not in self._taken), None)
        if orbit is not None:
            self._taken[orbit] = step
        return orbit

    def move(self, orbit: str, step: Step) -> None:
        """Another step has it from now on."""
        self._taken[orbit] = step

    def leave(self, orbit: str, step: Step) -> None:
        """The step has no use for it any more."""
        if self._taken.get(orbit) is step:
            del self._taken[orbit]

    def at(self, orbit: str) -> Step | None:
        """Who is there."""
        return self._taken.get(orbit)


def park(call: "Call", side: Side | None) -> Step | Ending:
    """The call has come to the parking number: by a transfer, or dialled by who will transfer somebody."""
    lot, orbits = call.exchange.lot, call.router.orbits
    step: Step
    if isinstance(side, Consultation):
        if not side.caller_gone():
            return Ending.by_us(Outcome.NOT_ALLOWED)  # who was to be parked has gone
        # Nobody can be asked there: who waits is parked, and who would have asked hears where.
        side = Transferor(call, side.by, call.router.dialplan.parking.number or "", by_keys=True)
    if side is None and not is_answered(call.caller):
        step = Reserving(call)
        orbit = step.orbit = lot.take(orbits, step) or ""
    else:
        transferor = side if isinstance(side, Transferor) else None
        step = Parked(call, transferor.number if transferor else call.caller.number, transferor)
        orbit = step.orbit = lot.take(orbits, step) or ""
    return step if orbit else Ending.by_us(Outcome.NO_FREE_ORBIT)


def retrieve(call: "Call", orbit: str) -> Step | Ending:
    """A phone dials an orbit: it has whoever is parked there."""
    step = call.exchange.lot.at(orbit)
    if step is None or not step.join(call.caller, call):
        return Ending.by_us(Outcome.NOBODY_PARKED)
    step.call.publish(CallRetrieved(call.now(), step.call.id, call.caller.number, orbit))
    return Ending(Outcome.HANDED_ON, 200, call.caller.number)


class Parked(Step):
    """He waits and hears music."""

    state = "parked"

    def __init__(self, call: "Call", parker: str, transferor: Transferor | None = None) -> None:
        super().__init__(call)
        self.orbit = ""
        self._parker = parker
        self._transferor = transferor
        self._says: Announcement | None = None
        self._page: OrbitPage | None = None

    def start(self) -> None:
        call = self.call
        call.callee, call.called_name = None, self.orbit
        call.has_sound(call.caller)
        call.publish(CallParked(call.now(), call.id, self._parker, self.orbit))
        self.after(call.router.parking_timeout, self._too_long)
        self._tell_parker()
        self._tell_group()
        self._connect()

    def _tell_group(self) -> None:
        """The speakers of a paging group say for whom a call is on which line."""
        group = self.call.router.parking_announced_to
        if group is not None:
            self._page = OrbitPage(self.call, group, self.orbit)
            self.after(AFTER, self._say_to_group)

    def _say_to_group(self) -> None:
        if self._page is not None:
            self._page.say()
            self._connect()

    def _end_page(self) -> None:
        if self._page is not None:
            self._page.close()
            self._page = None

    def _tell_parker(self) -> None:
        transferor = self._transferor
        if transferor is None or not transferor.is_there:
            return
        if transferor.by_keys:
            self._says = Announcement(self.call, transferor.leg, "parked", line=self.orbit)
            return
        try:
            name = f"Parked: {self.orbit}"
            transferor.leg.show(address(self.call.exchange.domain, self.orbit, name))
        except SipError as error:
            self.call.log.debug("display not changed", error=str(error))
        transferor.done(200)

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        transferor = self._transferor
        if leg is self.call.caller:
            if isinstance(event, Ended):
                self.next = Ending(Outcome.COMPLETED, 200, leg.number)
            elif isinstance(event, MediaChanged):
                self._connect(anew=leg)
        elif self._page is not None and self._page.has(leg):
            self._page.take(leg, event)
            if self._page.is_over:
                self._end_page()
            self._connect(anew=leg if isinstance(event, MediaChanged) else None)
        elif transferor is not None and leg is transferor.leg and isinstance(event, Played | Ended):
            self._hush()
            transferor.done(200)
            self._connect()

    def join(self, leg: Leg, giver: "Call", instead_of: Leg | None = None) -> bool:
        """Somebody takes him back."""
        if self.next is not None:
            return False
        call = self.call
        if self._transferor is not None:
            self._transferor.done(200)
        call.adopt(leg, giver)
        if not is_answered(leg):
            leg.answer((asserted(call.exchange.domain, call.caller.number, call.caller.name),))
        call.answered(leg)
        call.show_each_other()
        self.go(Talking(call))
        return True

    def leave(self) -> None:
        self.call.exchange.lot.leave(self.orbit, self)
        self._hush()
        self._end_page()

    def _hush(self) -> None:
        if self._says is not None:
            self._says.close()
            self._says = None

    def _too_long(self) -> None:
        """Back to whoever parked him; meanwhile he can be fetched. Nobody there, he stays where he is."""
        call, lot, orbit = self.call, self.call.exchange.lot, self.orbit
        call.publish(ParkedTooLong(call.now(), call.id, self._parker, self.orbit))
        facts = CallFacts(call.caller.number, self._parker, call.hops, call.caller.trunk)
        step = call.decide(facts, unanswered=lambda _: self._again())
        if isinstance(step, Ending):
            self.after(call.router.parking_timeout, self._too_long)
        else:
            lot.move(orbit, step)
            step.afterwards = partial(lot.leave, orbit, step)
            self.next = step

    def _again(self) -> Step:
        """On the same line, unless somebody else has it by now; without any, if need be."""
        call = self.call
        parked = Parked(call, self._parker)
        parked.orbit = self._line_of_old(parked)
        return parked

    def _line_of_old(self, parked: "Parked") -> str:
        call, lot = self.call, self.call.exchange.lot
        there = lot.at(self.orbit)
        if there is not None and there.call is call:
            lot.move(self.orbit, parked)
            return self.orbit
        return lot.take((self.orbit, *call.router.orbits), parked) or ""

    def _connect(self, anew: Leg | None = None) -> None:
        caller, music = self.call.caller, self.call.music
        pairs: list[Pair] = [] if caller.held else [(caller, NOWHERE)]
        if music is not None and not caller.held:
            pairs.append((music, caller))
        if self._says is not None:
            pairs += self._says.pairs()
        if self._page is not None:
            pairs += self._page.pairs()
        self.call.hearing.let(pairs, anew)


class Reserving(Step):
    """A phone has dialled the parking number: it hears the orbit that its next transfer leads to."""

    state = "parking"

    def __init__(self, call: "Call") -> None:
        super().__init__(call)
        self.orbit = ""
        self._says: Announcement | None = None

    def start(self) -> None:
        call = self.call
        call.caller.answer((asserted(call.exchange.domain, self.orbit, f"Parking {self.orbit}"),))
        call.has_sound(call.caller)
        self._say()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if isinstance(event, Ended):
            self.next = Ending(Outcome.COMPLETED, 200, leg.number)
        elif isinstance(event, MediaChanged) and self._says is not None:
            self.call.hearing.let(self._says.pairs(), anew=leg)
        elif isinstance(event, Played):
            self.after(2.0, self._say)

    def give(self, leg: Leg) -> Enter | None:
        """An attended transfer to the parking number: the party comes into the orbit that was announced."""
        if self.next is not None:
            return None
        return lambda call, _: self._to(call)

    def _to(self, call: "Call") -> Step:
        parked = Parked(call, self.call.caller.number)
        parked.orbit = self.orbit
        call.exchange.lot.move(self.orbit, parked)
        return parked

    def _say(self) -> None:
        self._hush()
        self._says = Announcement(self.call, self.call.caller, "parked", line=self.orbit)
        self.call.hearing.let(self._says.pairs())

    def leave(self) -> None:
        self.call.exchange.lot.leave(self.orbit, self)
        self._hush()

    def _hush(self) -> None:
        if self._says is not None:
            self._says.close()
            self._says = None
