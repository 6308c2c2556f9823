"""An announcement: it is said, and then the caller goes on or is let go."""

from typing import TYPE_CHECKING

from softswitch.calls.ending import Ending
from softswitch.calls.onward import send_on
from softswitch.calls.speaking import Speaking
from softswitch.calls.step import Step
from softswitch.config.announcement import AnnouncementPlace
from softswitch.routing import CallFacts, GoTo, Outcome

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.calls.side import Side
    from softswitch.calls.step import Unanswered


def enter(
    call: "Call", decision: GoTo, facts: CallFacts, side: "Side | None", unanswered: "Unanswered | None"
) -> Step | Ending:
    """The caller hears the announcement of that key."""
    del unanswered  # an announcement always answers
    place = call.router.dialplan.announcements.get(decision.key)
    return Ending.by_us(Outcome.UNKNOWN_NUMBER) if place is None else Announcing(call, place, facts, side)


class Announcing(Speaking):
    """Says it as often as the file wants."""

    def __init__(
        self, call: "Call", place: AnnouncementPlace, facts: CallFacts, side: "Side | None" = None
    ) -> None:
        super().__init__(call, place.name, side)
        self._place = place
        self._facts = facts
        self._left = place.repeat

    def begin(self) -> None:
        self._left -= 1
        self.say(self._place.say)

    def begins_for(self, call: "Call", unanswered: "Unanswered") -> Step:
        del unanswered
        return Announcing(call, self._place, self._facts)

    def said(self) -> None:
        if self._left > 0:
            self.begin()
            return
        self.go_on(send_on(self.call, self._place.then, self._facts))
