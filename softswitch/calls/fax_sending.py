"""A fax goes out: the switch calls by itself, and is a fax machine as soon as somebody answers."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from softswitch.calls import device, outside
from softswitch.calls.call import Call
from softswitch.calls.ending import Ending
from softswitch.calls.fax_step import FaxStep
from softswitch.calls.hunting import Hunt, has_failed
from softswitch.calls.identity import address
from softswitch.calls.inbox import Played
from softswitch.config.fax import FaxPlace
from softswitch.faxes.fax import Fax
from softswitch.records.events import DeviceEnded, DeviceRinging, FaxSent, Routed
from softswitch.routing import CallFacts, GoTo, Outcome, Refuse, Ring, Target
from softswitch.routing.outcome import outcome_of_status
from softswitch.sip.destination import Destination
from softswitch.sip.errors import SipError
from softswitch.sip.fax import FOR_FAX, FaxMachine, FaxSetting
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Ended, LegEvent, Ringing
from softswitch.sip.leg_state import Direction, LegState
from softswitch.sip.source import Source

if TYPE_CHECKING:
    from softswitch.calls.exchange import Exchange

_RINGS: Final = 60.0
"""Seconds until a fax machine has to have answered."""
_FOR_GOOD: Final = frozenset(
    {
        Outcome.UNKNOWN_NUMBER,
        Outcome.NO_SUCH_NUMBER,
        Outcome.NOT_ALLOWED,
        Outcome.LIMIT_REACHED,
        Outcome.NO_COMMON_CODEC,
        Outcome.ONESELF,
        Outcome.FORWARD_LOOP,
    }
)
"""It would end in the same way an hour later."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What has become of one call."""

    call: str
    pages: int
    station: str
    speed: int
    corrected: bool
    outcome: str
    """Empty if all pages were taken."""
    may_try_again: bool


def send(
    exchange: "Exchange",
    fax: Fax,
    place: FaxPlace,
    tiff: Path,
    zone: str,
    on_end: Callable[[Attempt], None],
) -> None:
    """Call its number and send it. `zone`: the clock of the line above the pages, as POSIX writes it.

    `on_end` is called exactly once.
    """
    # Nobody's phone has asked for this call: in the caller's place stands a leg that is over.
    nobody = Leg(
        exchange.engine, Direction.INBOUND, secrets.token_hex(12), fax.by or place.number or place.key, ""
    )
    nobody.state = LegState.ENDED
    call = Call(exchange, exchange.new_id(), nobody, None, Source("", 0, "", ""), fax.number)
    call.disown(nobody)  # whose fax it is, is not busy with it
    if not fax.by:
        nobody.name = place.name
    exchange.begin(call, lambda: FaxSending(call, fax, place, tiff, zone, on_end))


class FaxSending(FaxStep):
    """One call, one attempt."""

    def __init__(
        self,
        call: Call,
        fax: Fax,
        place: FaxPlace,
        tiff: Path,
        zone: str,
        on_end: Callable[[Attempt], None],
    ) -> None:
        super().__init__(call)
        self._fax = fax
        self._place = place
        self._tiff = tiff
        self._zone = zone
        self._on_end = on_end
        self._leg: Leg | None = None
        self._ways: Iterator[Callable[[], Leg]] = iter(())
        self._refused: Outcome | None = None
        """Why nobody has answered."""

    @property
    def leg(self) -> Leg:
        return self._leg or self.call.caller

    # ---- calling ----

    def start(self) -> None:
        call, by = self.call, self._fax.by
        facts = CallFacts(call.caller.number, call.called, call.hops, sent=not by, at=call.now())
        decision = call.router.decide(facts, call.exchange.state_for(call))
        reasons = tuple((reason.text, reason.line) for reason in decision.reasons)
        mode = call.router.mode_of(facts, call.exchange.state_for(call)).key
        if isinstance(decision, Ring):
            told, (kind, key) = f"ring {decision.number}", call.router.what_rings(decision)
        else:
            told, kind, key = "no number for a fax", "refusal", self._place.key
        call.publish(Routed(call.now(), call.id, told, reasons, mode, kind, key))
        if isinstance(decision, Refuse):
            self._nobody(decision.outcome)
        elif isinstance(decision, Ring) and not decision.pin_of:
            call.called_name = decision.name
            self._ways = self._ways_to(decision.targets[0])
            self.after(_RINGS, self._no_answer)
            self._dial()
        else:
            is_place = isinstance(decision, GoTo)
            self._nobody(Outcome.UNKNOWN_NUMBER if is_place else Outcome.NOT_ALLOWED)

    def _ways_to(self, target: Target) -> Iterator[Callable[[], Leg]]:
        if target.trunk:
            hunt = Hunt(self.call, target)
            while (way := hunt.next()) is not None:
                line, destination = way
                yield lambda line=line, destination=destination: outside.dial(  # type: ignore[misc]
                    self.call, line, (), destination, FOR_FAX
                )
            return
        for destination in self.call.exchange.devices(target.number, ()):
            yield lambda destination=destination: self._dial_device(  # type: ignore[misc]
                target.number, destination
            )

    def _dial_device(self, number: str, destination: Destination) -> Leg:
        call, caller = self.call, self.call.caller
        by = address(call.exchange.domain, caller.number, caller.name)
        leg = device.invite(
            call.exchange,
            number,
            destination,
            from_=by,
            headers=(("P-Asserted-Identity", by),),
            first_codec=FOR_FAX,
        )
        device.called(call, leg)
        return leg

    def _dial(self) -> None:
        """The next way that is open, or nobody is reached."""
        for way in self._ways:
            try:
                self._leg = way()
            except SipError as error:
                self.call.log.warning("fax not sent this way", error=str(error))
                continue
            return
        self._nobody(self._refused or Outcome.UNREACHABLE)

    def _nobody(self, outcome: Outcome) -> None:
        self._refused = outcome
        self.outcome = outcome.words.rstrip(".")
        self.next = Ending.by_us(outcome)

    def _no_answer(self) -> None:
        if self.machine is None:
            self._nobody(Outcome.NO_ANSWER)

    # ---- what the other side does ----

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        call = self.call
        if leg is not self._leg:
            return
        if self.machine is not None:
            super().handle(leg, event)
        elif isinstance(event, Ringing):
            call.publish(DeviceRinging(call.now(), call.id, leg.number, event.code, leg.call_id))
        elif isinstance(event, Ended):
            call.publish(DeviceEnded(call.now(), call.id, leg.number, event.code, event.reason, leg.call_id))
            self._refused = outcome_of_status(event.code, from_trunk=bool(leg.trunk))
            outside.note(call, leg, self._refused, event.code, event.reason)
            if has_failed(event):
                self._dial()
            else:
                self._nobody(self._refused)
        elif isinstance(event, Answered):
            self._begin(leg)

    def _begin(self, leg: Leg) -> None:
        place, call = self._place, self.call
        setting = FaxSetting(
            place.station or "", place.header or "", self._zone, place.error_correction, place.speed
        )
        self.not_after_all(self._no_answer)
        call.answered(leg)
        call.has_sound(leg)
        self.machine = FaxMachine(self._tiff, sending=True, setting=setting, on_news=self.take)
        self.after(place.max_length, self._too_long)
        self.connect()

    def hung_up(self) -> None:
        if self.outcome is None and self.news is not None and self.news.pages >= self._fax.pages:
            self.outcome = ""  # all pages were confirmed; some machines do not wait for the farewell

    def _too_long(self) -> None:
        self.close_down("it took too long")

    def leave(self) -> None:
        if self.machine is not None:
            self.machine.close()
            self.machine = None
        call, fax, news = self.call, self._fax, self.news
        attempt = Attempt(
            call.id,
            news.pages if news else 0,
            news.station if news else "",
            news.speed if news else 0,
            bool(news and news.corrected),
            self.result,
            self._refused not in _FOR_GOOD,
        )
        call.publish(
            FaxSent(
                call.now(),
                call.id,
                fax.place,
                fax.id,
                attempt.pages,
                attempt.station,
                attempt.speed,
                attempt.corrected,
                attempt.outcome,
            )
        )
        self._on_end(attempt)


def after(fax: Fax, attempt: Attempt, place: FaxPlace, now: float) -> Fax:
    """How it stands after an attempt: sent, to be tried again, or given up."""
    from softswitch.faxes.fax import FAILED, SENT, WAITING

    fax = replace(
        fax,
        tries=fax.tries + 1,
        call=attempt.call,
        station=attempt.station,
        speed=attempt.speed,
        corrected=attempt.corrected,
        outcome=attempt.outcome,
    )
    if not attempt.outcome:
        return replace(fax, state=SENT, ended_at=now)
    if attempt.may_try_again and fax.tries < place.attempts:
        return replace(fax, state=WAITING, due=now + place.retry_after)
    return replace(fax, state=FAILED, ended_at=now)
