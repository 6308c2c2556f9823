"""Park and announce: "Anna Berg. Call on line seven zero one", from the speakers of a paging group."""

from typing import TYPE_CHECKING, Final

from softswitch.calls.inbox import Played
from softswitch.calls.page import Page
from softswitch.config.paging import PagingGroup
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import Pair
from softswitch.sip.leg import Leg
from softswitch.sip.leg_events import LegEvent
from softswitch.sip.player import Player

if TYPE_CHECKING:
    from pathlib import Path

    from softswitch.calls.call import Call

AFTER: Final = 2.5
"""Seconds that phones have to answer by themselves before it is said, so that all hear it together."""


class OrbitPage:
    """Says once where a call is parked."""

    def __init__(self, call: "Call", group: PagingGroup, orbit: str) -> None:
        self.is_over = False
        """It has been said, or nobody hears it."""
        self._call = call
        self._orbit = orbit
        self._page = Page(call, group)
        self._player: Player | None = None
        self._words()  # a name that was never said is made meanwhile
        self._page.start()

    def has(self, leg: Leg) -> bool:
        """Whether it is one of its legs."""
        return self._page.has(leg)

    def pairs(self) -> list[Pair]:
        """All of the group hear it."""
        return self._page.pairs(self._player)

    def say(self) -> None:
        """To all that have answered by now."""
        self._page.no_more()
        listeners, words = self._page.listeners, self._words()
        if not listeners or not words:
            self.close()
            return
        call, first = self._call, listeners[0]
        try:
            self._player = Player(words, lambda: call.inbox.post(first, Played()))
        except SipError as error:
            call.log.warning("not announced", orbit=self._orbit, error=str(error))
            self.close()

    def take(self, leg: Leg, event: LegEvent | Played) -> None:
        """What one of its legs tells."""
        self._page.take(leg, event)
        self.is_over = isinstance(event, Played) or not self._page.is_there

    def close(self) -> None:
        """All are let go. Harmless when repeated."""
        self.is_over = True
        if self._player is not None:
            self._player.close()
            self._player = None
        self._page.close()

    def _words(self) -> "list[Path]":
        """For whom the call was, if that is one of the house; else the line only."""
        call = self._call
        language, prompts = call.router.language_of(""), call.exchange.prompts
        meant = call.router.extension(call.called)
        if meant is not None:
            files = prompts.files(language, "parked-for", name=meant.name, line=self._orbit)
            if files:
                return list(files)
        return list(prompts.files(language, "parked", line=self._orbit))
