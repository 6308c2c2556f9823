"""A third party of a call: neither the one that is rung for nor the one that is rung, but not to be lost."""

from typing import TYPE_CHECKING, Protocol

from softswitch.calls.inbox import Played
from softswitch.sip.hearing import Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import LegEvent

if TYPE_CHECKING:
    from softswitch.calls.ending import Ending
    from softswitch.calls.step import Step


class Side(Protocol):
    """What a step that rings asks of who stands beside it."""

    leg: Leg

    def pairs(self) -> list[Pair]:
        """Who hears whom as far as it is concerned."""

    def handle(self, event: LegEvent | Played) -> None:
        """Its phone tells something meanwhile."""

    def tell(self, status: int) -> None:
        """The other side rings."""

    def done(self, status: int) -> None:
        """The attempt is over: 200 when somebody answered."""

    def caller_gone(self) -> bool:
        """Who waited has hung up. True when the side waits in his place from now on, as `call.caller`."""

    def after_answer(self) -> "Step | Ending":
        """What comes when somebody has answered."""
