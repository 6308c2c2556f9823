"""A step in which the switch is a fax machine: base of receiving and of sending."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.ending import Ending
from softswitch.calls.inbox import Played
from softswitch.calls.step import Step
from softswitch.routing import Outcome
from softswitch.sip import fax as machines
from softswitch.sip.fax import FaxMachine, FaxNews, FaxStage
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended, LegEvent, MediaChanged

if TYPE_CHECKING:
    from softswitch.calls.call import Call

LAST_TONES: Final = 0.5
"""Seconds after the end of a transfer in which its last tones are on their way still."""
_PATIENCE: Final = 60.0
"""Seconds in which the machines have to find each other. T.30's own timer (T1, 35 s) stops while there is any
sound that may be the beginning of a message."""
NOBODY: Final = "no fax machine was heard"
HUNG_UP: Final = "the call ended in the middle"


class FaxStep(Step):
    """One transfer with one leg. `machine` is set when there is one; `leg` is who is at the other end."""

    state = "fax"
    machine: FaxMachine | None = None
    waits_at_the_end = LAST_TONES
    """Seconds from the end of the transfer to that of the call."""

    def __init__(self, call: "Call") -> None:
        super().__init__(call)
        self.news: FaxNews | None = None
        """The last that the machine has told after it had found the other one."""
        self.outcome: str | None = None
        """Empty: all pages came whole. None while it goes on."""

    @property
    def leg(self) -> Leg:
        """Who is at the other end."""
        return self.call.caller

    @property
    def result(self) -> str:
        """How it has ended, in words; empty if all went well."""
        if self.outcome is not None:
            return self.outcome
        return NOBODY if self.news is None else HUNG_UP

    def heard(self, news: FaxNews) -> None:
        """What the machine tells; for those who derive."""

    def take(self, news: FaxNews) -> None:
        """From the loop, between two notices."""
        if self.machine is None or self.outcome is not None:
            return
        if news.stage is FaxStage.ENDED:
            if self.news is not None:
                self.news = news
            self.close_down(NOBODY if self.news is None and news.outcome else news.outcome)
            return
        self.news = news
        self.heard(news)

    def hung_up(self) -> None:
        """The other side has; `outcome` is set where that is no failure. For those who derive."""

    def close_down(self, outcome: str) -> None:
        """It is over as soon as the last tones are out; the first outcome counts."""
        if self.outcome is None:
            self.outcome = outcome
            self.after(self.waits_at_the_end, self._over)
            self.call.inbox.wake()

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        if leg is not self.leg:
            return
        if isinstance(event, Ended):
            machines.take()  # it may have heard the end a moment ago
            self.hung_up()
            self._over(leg.number)
        elif isinstance(event, MediaChanged):
            self.connect(anew=leg)

    def connect(self, anew: Leg | None = None) -> None:
        """The machine and the leg hear each other. Raises SipError."""
        machine, leg = self.machine, self.leg
        if machine is None:
            return
        if machine.slot is None and leg.slot is not None:
            machine.enter()
            self.after(_PATIENCE, self._not_found)
        self.call.hearing.let([(machine, leg), (leg, machine)], anew)

    def _not_found(self) -> None:
        if self.news is None:
            self.close_down(NOBODY)

    def _over(self, by: str = "") -> None:
        outcome = Outcome.FAX_FAILED if self.result else Outcome.COMPLETED
        self.next = Ending(outcome, outcome.status, by)
