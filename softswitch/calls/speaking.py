"""The switch alone talks with the caller: base of the steps of announcements, menus and scenarios."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.identity import address, asserted
from softswitch.calls.in_band import InBandKeys
from softswitch.calls.inbox import Played
from softswitch.calls.onward import send_on
from softswitch.calls.saying import Said, ready, waited_for
from softswitch.calls.step import Enter, Step
from softswitch.calls.tone import start_tone
from softswitch.calls.transferor import Transferor
from softswitch.calls.waiting import is_answered
from softswitch.records.events import DigitPressed
from softswitch.routing import CallFacts, Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.fax import FaxEar
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Digit, Ended, LegEvent, MediaChanged
from softswitch.sip.leg_state import LegState
from softswitch.sip.player import Player

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

_UNACKNOWLEDGED: Final = 32.0
"""Seconds after which a phone that has not acknowledged our answer is let go all the same (64*T1)."""


def let_sender_go(call: "Call", side: "Side | None") -> None:
    """Who has sent the caller to a machine need not wait: it answers at once."""
    if side is None:
        return
    if isinstance(side, Transferor):
        side.done(200)
        return
    asker = call.caller
    if side.caller_gone():
        side.done(200)
        call.dismiss(asker, at_once=True)


class Speaking(Step):
    """Answers the caller, plays to him, takes his keys. Override `begin`, `said` and `pressed`.

    `shown` is what his phone's display says. `side` is who has sent him here: he is let go, since a machine
    answers at once and is not asked about anybody.
    """

    keeps_keys = False
    """Whether records may hold the keys that are pressed here: not where they are a pin, or a secret."""

    state = "announcement"

    def __init__(self, call: "Call", shown: str, side: "Side | None" = None) -> None:
        super().__init__(call)
        self._shown = shown
        self._side = side
        self._player: Player | None = None
        self._over = False
        """What was played last has come to its end."""
        self._making: asyncio.Task[None] | None = None
        self._last: Ending | None = None
        self._in_band: InBandKeys | None = None
        self._ear: FaxEar | None = None

    @property
    def leg(self) -> Leg:
        """The caller."""
        return self.call.caller

    @property
    def speaks(self) -> bool:
        """Whether he is being told something."""
        return self._player is not None or self._making is not None

    begins_for: Enter | None = None
    """Brings another call here; None where nobody can be brought to."""

    def begin(self) -> None:
        """He is answered, and hears us."""

    def said(self) -> None:
        """What `say` was given has been heard to its end."""

    def pressed(self, key: str) -> None:
        """He has pressed a key."""

    def fax_calls(self) -> None:
        """It is a fax machine that calls: it goes elsewhere now."""

    def start(self) -> None:
        call = self.call
        let_sender_go(call, self._side)
        identity = call.exchange.domain, call.called, self._shown
        if not is_answered(self.leg):
            self.leg.answer((asserted(*identity),))
        elif self.leg.state is LegState.CONFIRMED:
            self._show(address(*identity))
        call.callee = None
        if call.answered_at is None:
            call.answered_at = call.now()
        call.has_sound(self.leg)
        if call.keys_are_sound(self.leg):
            self._listen_for_keys()
        if self.leg.trunk:
            self._listen_for_a_fax()
        self._connect()
        self.begin()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is not self.leg:
            return
        match event:
            case Ended():
                self.next = Ending(Outcome.COMPLETED, 200, leg.number)
            case MediaChanged():
                self._connect(anew=leg)
            case Answered():
                if self._last is not None:
                    self.next = self._last
            case Played():
                if self._over:
                    self.hush()
                    self.said()
            case Digit() if self._last is None:
                if event.by_info:
                    self._listen_no_more()  # else each key might come twice
                digit = event.digit if self.keeps_keys else ""
                self.call.publish(DigitPressed(self.call.now(), self.call.id, leg.number, digit))
                self.pressed(event.digit)

    def leave(self) -> None:
        self.hush()
        self._listen_no_more()
        if self._ear is not None:
            self._ear.close()
            self._ear = None

    def give(self, leg: Leg) -> Enter | None:
        """An attended transfer to here: who is brought hears it from the beginning."""
        if self.next is not None or leg is not self.leg:
            return None
        return self.begins_for

    # ---- for those who derive ----

    def say(self, *parts: Said) -> None:
        """One after the other, in place of what was being said. Nothing sayable is over at once."""
        self.hush()
        files = ready(self.call, self.leg, parts)
        if files is not None:
            self._play(files)
        else:
            self._making = asyncio.get_running_loop().create_task(self._say_later(parts))

    def play_tone(self) -> None:
        """The dial tone, until something is said or `hush`."""
        self.hush()
        self._player = start_tone(self.call, "dial")
        self._connect()

    def hush(self) -> None:
        """Silence."""
        self._over = False
        if self._making is not None:
            self._making.cancel()
            self._making = None
        if self._player is not None:
            self._player.close()
            self._player = None

    def finish(self, ending: Ending) -> None:
        """The call is over; no BYE goes out before the ACK (RFC 3261 section 15)."""
        self.hush()
        self._due.clear()
        if self.leg.state is LegState.CONFIRMED:
            self.next = ending
        else:
            self._last = ending
            self.after(_UNACKNOWLEDGED, self._finish_anyway)

    def go_on(self, onward: Step | Ending) -> None:
        """Leave for what comes next, be it the end."""
        if isinstance(onward, Ending):
            self.finish(onward)
        else:
            self.next = onward

    # ---- inside ----

    def _listen_for_keys(self) -> None:
        try:
            self._in_band = InBandKeys(self.call, self.leg)
        except SipError as error:
            self.call.log.warning("keys are not listened for", error=str(error))

    def _listen_for_a_fax(self) -> None:
        number = self.call.router.outside.direct(self.call.called)
        if number is not None and number.fax is not None:
            place = number.fax
            try:
                self._ear = FaxEar(lambda: self._fax_calls(place))
            except SipError as error:
                self.call.log.warning("a fax machine is not listened for", error=str(error))

    def _fax_calls(self, place: str) -> None:
        if self.next is None and self._last is None:
            self.call.log.info("a fax machine calls", place=place)
            self.fax_calls()
            self.go(send_on(self.call, place, CallFacts(self.leg.number, place, self.call.hops)))

    def _listen_no_more(self) -> None:
        if self._in_band is not None:
            self._in_band.close()
            self._in_band = None

    def _finish_anyway(self) -> None:
        self.next = self._last

    def _show(self, who: str) -> None:
        try:
            self.leg.show(who)
        except SipError as error:
            self.call.log.debug("display not changed", error=str(error))

    async def _say_later(self, parts: tuple[Said, ...]) -> None:
        files: list[Path] = []
        try:
            files = await waited_for(self.call, self.leg, parts)
        except Exception:  # what cannot be said must not leave the caller in silence for ever
            self.call.log.exception("words not made")
        self._making = None
        self._play(files)

    def _play(self, files: list[Path]) -> None:
        call, leg = self.call, self.leg
        try:
            if files:
                self._player = Player(files, self._ended)
                self._connect()
                return
            call.log.warning("nothing to say", step=type(self).__name__)
        except SipError as error:
            call.log.warning("words not played", error=str(error))
        self._over = True
        call.inbox.post(leg, Played())

    def _ended(self) -> None:
        self._over = True
        self.call.inbox.post(self.leg, Played())

    def _heard(self) -> list[Pair]:
        """Who reads the caller: nobody, or who listens for keys, or for a fax machine."""
        pairs: list[Pair] = [(self.leg, NOWHERE if self._in_band is None else self._in_band)]
        if self._ear is not None:
            pairs.append((self.leg, self._ear))
        return pairs

    def _connect(self, anew: Leg | None = None) -> None:
        leg = self.leg
        pairs = self._heard()
        if self._player is not None and not leg.held:
            pairs.append((self._player, leg))
        self.call.hearing.let(pairs, anew)
