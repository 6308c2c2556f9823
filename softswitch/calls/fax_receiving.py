"""A fax comes in: the switch answers as a fax machine, until the other one has sent its pages or is gone."""

from dataclasses import replace
from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.fax_step import FaxStep
from softswitch.calls.identity import asserted
from softswitch.calls.speaking import let_sender_go
from softswitch.calls.step import Enter, Step, Unanswered
from softswitch.calls.waiting import is_answered
from softswitch.config.durations import format_duration
from softswitch.config.fax import FaxPlace
from softswitch.faxes.fax import RECEIVED, Fax
from softswitch.faxes.store import FaxDraft, FaxStore
from softswitch.records.events import FaxReceived
from softswitch.routing import CallFacts, GoTo, Outcome
from softswitch.routing.callers import is_hidden
from softswitch.sip.errors import SipError
from softswitch.sip.fax import FaxMachine, FaxNews, FaxSetting
from softswitch.sip.leg import Leg

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side


def enter(
    call: "Call", decision: GoTo, facts: CallFacts, side: "Side | None", unanswered: Unanswered | None
) -> Step | Ending:
    """The call comes to a fax place."""
    del facts, unanswered  # a machine always answers, and sends nobody on
    place, store = call.router.dialplan.faxes.get(decision.key), call.exchange.faxes
    if place is None or store is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    if store.count(place.key) >= place.max_faxes:
        call.log.warning("no more faxes are kept: the call is refused", place=place.key)
        return Ending.by_us(Outcome.FAX_FULL)
    return FaxReceiving(call, store, place, side)


class FaxReceiving(FaxStep):
    """One call, one fax of any number of pages."""

    waits_at_the_end = 4.0  # who has called hangs up

    def __init__(self, call: "Call", store: FaxStore, place: FaxPlace, side: "Side | None" = None) -> None:
        super().__init__(call)
        self._store = store
        self._place = place
        self._side = side
        self._draft: FaxDraft | None = None

    def start(self) -> None:
        call, place = self.call, self._place
        let_sender_go(call, self._side)
        try:
            self.leg.fax()
        except SipError as error:
            call.log.info("no fax: the caller's phone offers no G.711", error=str(error))
            self.next = Ending.by_us(Outcome.NO_COMMON_CODEC)
            return
        setting = FaxSetting(place.station or "", corrected=place.error_correction, speed=place.speed)
        try:
            self._draft = self._store.begin(self._fax())
            self.machine = FaxMachine(self._draft.part, sending=False, setting=setting, on_news=self.take)
        except (SipError, OSError) as error:
            call.log.error("fax not received", place=place.key, error=str(error))
            self.next = Ending.by_us(Outcome.FAILED)
            return
        if not is_answered(self.leg):
            self.leg.answer((asserted(call.exchange.domain, call.called, place.name),))
        call.callee = None
        if call.answered_at is None:
            call.answered_at = call.now()
        call.has_sound(self.leg)
        self.after(place.max_length, self._too_long)
        self.connect()

    def heard(self, news: FaxNews) -> None:
        if news.pages >= self._place.max_pages:
            self.close_down(f"it was ended after {news.pages} pages: no more are taken")

    def leave(self) -> None:
        """Whatever has ended it: pages that came whole are a fax."""
        machine, draft, news = self.machine, self._draft, self.news
        self.machine = None
        if machine is None or draft is None:
            return
        fax = replace(draft.fax, outcome=self.result, ended_at=self.call.now())
        if news is not None:
            fax = replace(
                fax, station=news.station, pages=news.pages, speed=news.speed, corrected=news.corrected
            )
        self._store.finish(draft, fax, machine.complete())
        at, call = self.call.now(), self.call.id
        self.call.publish(
            FaxReceived(
                at, call, fax.place, fax.id, fax.pages, fax.station, fax.speed, fax.corrected, fax.outcome
            )
        )

    def give(self, leg: Leg) -> Enter | None:
        """An attended transfer to here: who is brought sends, if nobody has begun to."""
        if self.next is not None or leg is not self.leg or self.news is not None:
            return None
        return lambda call, _: FaxReceiving(call, self._store, self._place)

    def _fax(self) -> Fax:
        call, caller = self.call, self.leg
        at = call.now()
        number = "" if is_hidden(caller.number) else caller.number
        fax_id = f"{int(at * 1000):013d}-{call.id}"
        return Fax(fax_id, self._place.key, RECEIVED, at, number, caller.name, call=call.id)

    def _too_long(self) -> None:
        self.close_down(f"it was ended after {format_duration(self._place.max_length)}: it took too long")
