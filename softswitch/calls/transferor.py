"""Who sends a party on: he is told how it goes, until he hangs up or it is decided."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.inbox import Played
from softswitch.calls.talking import Talking
from softswitch.records.events import TransferEnded
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import LegEvent
from softswitch.sip.leg_state import LegState

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.step import Step


_PHRASES: Final = {
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    403: "Forbidden",
    404: "Not Found",
    480: "Temporarily Unavailable",
    481: "Call Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    491: "Request Pending",
    603: "Decline",
}


class Transferor:
    """One transfer's sender: by REFER (RFC 3515), told by NOTIFY; or by keys, who hears."""

    def __init__(self, call: "Call", leg: Leg, to: str, by_keys: bool = False) -> None:
        self.leg = leg
        self.number = leg.number
        self.by_keys = by_keys
        """His phone knows nothing of the transfer: he listens."""
        self._call = call
        self._to = to
        self._done = False

    @property
    def is_there(self) -> bool:
        """Whether he has not left yet."""
        return self.leg.state is not LegState.ENDED and self.leg in self._call.legs

    def leave(self) -> None:
        """He need not wait: his part in the call is over, whatever comes of it."""
        if self.is_there:
            self._call.dismiss(self.leg, at_once=self.by_keys)

    # ---- a side of what rings ----

    def pairs(self) -> list[Pair]:
        """His phone has put the call on hold, or he has been let go: he hears nothing."""
        return []

    def handle(self, event: LegEvent | Played) -> None:
        """Nothing that he does changes what becomes of who was sent on."""

    def tell(self, status: int) -> None:
        """How far it is."""
        if not self._done:
            self._notify(status)

    def done(self, status: int) -> None:
        """How it ended. After a success his part in the call is over."""
        if self._done:
            return
        self._done = True
        call = self._call
        call.publish(TransferEnded(call.now(), call.id, self.number, self._to, status))
        self._notify(status)
        if status < 300:
            self.leave()

    def caller_gone(self) -> bool:
        """Who was to be sent on has hung up: there is nobody to wait."""
        return False

    def after_answer(self) -> "Step":
        """The party talks with whom it was sent to."""
        return Talking(self._call)

    def _notify(self, status: int) -> None:
        if self.by_keys or not self.is_there:
            return
        try:
            self.leg.tell_progress(status, _PHRASES.get(status, "Unavailable"))
        except SipError as error:
            self._call.log.debug("transferor not told", error=str(error))
