"""Paging: whoever dials a group's number speaks through the speakers of its phones, until he hangs up."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.consulting import Consultation
from softswitch.calls.ending import Ending
from softswitch.calls.identity import asserted
from softswitch.calls.inbox import Played
from softswitch.calls.page import Page
from softswitch.calls.step import Step, Unanswered
from softswitch.calls.tone import play_once
from softswitch.calls.transferor import Transferor
from softswitch.calls.waiting import is_answered
from softswitch.config.paging import PagingGroup
from softswitch.routing import CallFacts, GoTo, Outcome
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Answered, Ended, LegEvent, MediaChanged
from softswitch.sip.player import Player

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side

ANSWER_WITHIN: Final = 8.0
"""Seconds after which a phone that has not answered by itself is let go."""


def enter(
    call: "Call", decision: GoTo, facts: CallFacts, side: "Side | None", unanswered: Unanswered | None
) -> Step | Ending:
    """The caller speaks to the group."""
    del facts, unanswered
    if isinstance(side, Consultation):
        return Ending.by_us(Outcome.NOT_ALLOWED)  # a group cannot be asked about somebody who waits
    group = call.router.paging(decision.key)
    if group is None:
        return Ending.by_us(Outcome.UNKNOWN_NUMBER)
    return Paging(call, group, side)


class Paging(Step):
    """One speaks, all others listen. A tone tells him that the first phone is on."""

    state = "paging"

    def __init__(self, call: "Call", group: PagingGroup, side: "Side | None" = None) -> None:
        super().__init__(call)
        self._group = group
        self._side = side
        self._page = Page(call, group)
        self._tone: Player | None = None
        self._spoke = False

    def start(self) -> None:
        call = self.call
        call.callee, call.called_name = None, self._group.name
        self._page.start(besides=frozenset({call.caller.number}))
        if not self._page.is_there:
            self._nobody()
            return
        if isinstance(self._side, Transferor):
            self._side.done(200)
        self.after(ANSWER_WITHIN, self._no_more)
        self.after(self._group.limit, self._enough)
        self._connect()

    def leave(self) -> None:
        self._hush()
        self._page.close()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is self.call.caller:
            if isinstance(event, Ended):
                self.next = Ending(Outcome.COMPLETED, 200, leg.number)
            elif isinstance(event, MediaChanged):
                self._connect(anew=leg)
        elif self._page.has(leg):
            self._page.take(leg, event)
            if isinstance(event, Answered):
                self._is_on()
            self._connect(anew=leg if isinstance(event, MediaChanged) else None)
            if not self._page.is_there:
                self._nobody()

    def _is_on(self) -> None:
        """A phone hears him: he is answered with the first one, so that he does not speak to nobody."""
        call = self.call
        if self._spoke:
            return
        self._spoke = True
        if not is_answered(call.caller):
            shown = asserted(call.exchange.domain, self._group.number, self._group.name)
            call.caller.answer((shown,))
        if call.answered_at is None:
            call.answered_at = call.now()
        call.has_sound(call.caller)
        self._tone = play_once(call, "enter")

    def _no_more(self) -> None:
        self._page.no_more()
        if not self._page.is_there:
            self._nobody()

    def _nobody(self) -> None:
        if self._side is not None and not self._spoke:
            self._side.done(480)
        self.next = Ending(Outcome.COMPLETED, 200) if self._spoke else Ending.by_us(Outcome.UNREGISTERED)

    def _enough(self) -> None:
        self.next = Ending.by_us(Outcome.COMPLETED)

    def _hush(self) -> None:
        if self._tone is not None:
            self._tone.close()
            self._tone = None

    def _connect(self, anew: Leg | None = None) -> None:
        caller = self.call.caller
        pairs: list[Pair] = [] if caller.held else [(caller, NOWHERE)]
        if self._tone is not None and not caller.held:
            pairs.append((self._tone, caller))
        pairs += self._page.pairs(None if caller.held else caller)
        self.call.hearing.let(pairs, anew)
