"""A step: what a call is doing. A call walks from step to step until one of them is its end.

One feature is one step, or a few, in one file. A step is told what happens and says what comes next; what
other calls want of this one (pick it up, take its party over) they ask of its step, on the spot: everything
runs on one thread, so who asks first has it, and nobody waits for anybody.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.inbox import Played
from softswitch.routing import Outcome
from softswitch.sip.errors import SipError
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import Ended, LegEvent, Referred
from softswitch.sip.leg_state import LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call


class Step:
    """Base of all steps. Override `start` and `handle`; set `next` to leave."""

    state = "talking"
    """What `softswitch calls` shows."""
    answers_refer: int | None = 603
    """What a REFER comes to here, told by NOTIFY; None where the step acts on it."""

    def __init__(self, call: "Call") -> None:
        self.call = call
        self.next: Step | Ending | None = None
        self.afterwards: Callable[[], None] | None = None
        """What else is to be done when it is over, whatever the reason."""
        self._due: dict[Callable[[], None], float] = {}

    async def run(self) -> "Step | Ending":
        """Until there is a next step."""
        try:
            self.start()
            return await self._until_next()
        finally:
            self._due.clear()  # no cycle stays behind: the step is freed at once, without the collector
            self.leave()
            if self.afterwards is not None:
                self.afterwards()
                self.afterwards = None
            self._due.clear()  # its functions are the step's own: no cycle stays behind

    async def _until_next(self) -> "Step | Ending":
        inbox = self.call.inbox
        while self.next is None:
            await inbox.ready(min(self._due.values()) if self._due else None)
            if self.next is not None:
                break  # somebody took the call over: what waits in the inbox is the next step's
            notice = inbox.take()
            if notice is not None:
                leg, event = notice
                if isinstance(event, Ended) and leg.state is LegState.ENDED:  # the watchdog tells it too
                    self.call.leg_ended(leg)
                if isinstance(event, Referred) and self.answers_refer is not None:
                    self._no_transfer(leg, self.answers_refer)
                else:
                    self.handle(leg, event)
            elif self._due:
                self._look_at_the_clock()
        return self.next

    def _no_transfer(self, leg: Leg, status: int) -> None:
        """His phone must not wait for the outcome of a transfer that nobody makes."""
        try:
            leg.tell_progress(status, "Request Pending" if status == 491 else "Decline")
        except SipError as error:
            self.call.log.debug("not told that there is no transfer", error=str(error))

    # ---- what happens ----

    def start(self) -> None:
        """Before the first notice."""

    def handle(self, leg: Leg, event: LegEvent | Played) -> None:
        """A leg of the call tells something."""

    def leave(self) -> None:
        """The step is over, whatever the reason: what it plays ends."""

    def after(self, seconds: float, function: Callable[[], None]) -> None:
        """Call the step's `function` in so many seconds, if it still is the call's. One date a function."""
        self._due[function] = self.call.time() + seconds

    def not_after_all(self, function: Callable[[], None]) -> None:
        """Do not call it."""
        self._due.pop(function, None)

    def remaining(self, function: Callable[[], None]) -> float | None:
        """Seconds until it is called; None when it is not going to be."""
        due = self._due.get(function)
        return None if due is None else max(0.0, due - self.call.time())

    def _look_at_the_clock(self) -> None:
        now = self.call.time()
        for function, due in sorted(self._due.items(), key=lambda item: item[1]):
            if due <= now and self._due.pop(function, None) is not None and self.next is None:
                function()

    # ---- what other calls ask ----

    def go(self, step: "Step | Ending") -> None:
        """Leave for another step, also from outside of `handle`."""
        self.next = step
        self.call.inbox.wake()

    def join(self, leg: Leg, giver: "Call", instead_of: Leg | None = None) -> bool:
        """Another call's leg wants to be the other side here, in the place of one of ours if that is named.

        Returns whether it was taken; then it is this call's leg.
        """
        return False

    def give(self, leg: Leg) -> "Enter | None":
        """Another call wants to be where our `leg` is: with whom it talks, who is rung for it, its room.

        What is returned moves the other party over and is to be called at once; then this call is over.
        """
        return None


Enter = Callable[["Call", "Unanswered"], Step]
"""Brings a call, given by its first argument, to where another one was."""
Unanswered = Callable[[Outcome], "Step | Ending"]
"""What to do when nobody takes a call."""
