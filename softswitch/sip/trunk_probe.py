"""Asking trunks by OPTIONS whether they are there (RFC 3261 §11): what a static one tells in no other way."""

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from softswitch.sip.destination import Destination
from softswitch.sip.engine import Engine
from softswitch.sip.errors import SipError
from softswitch.sip.trunks import Trunks

log = structlog.get_logger("softswitch.sip.trunks")

_TICK: Final = 1.0
_SILENCE: Final = frozenset({0, 408, 503})
"""Statuses that PJSIP makes itself when nothing comes back."""


@dataclass(slots=True)
class _Asked:
    destination: Destination
    due: float
    answers: bool | None = None
    rtt: float | None = None


class TrunkProbe:
    """Asks each trunk as often as its `qualify` says; any answer at all shows that it is there."""

    def __init__(self, engine: Engine, trunks: Trunks) -> None:
        self._engine = engine
        self._trunks = trunks
        self._asked: dict[str, _Asked] = {}

    def answers(self, trunk: str) -> bool | None:
        """Whether it has answered the last time; None while nobody knows."""
        asked = self._asked.get(trunk)
        return asked.answers if asked else None

    def rtt(self, trunk: str) -> float | None:
        """How long its last answer took, in seconds; None while it does not answer."""
        asked = self._asked.get(trunk)
        return asked.rtt if asked else None

    async def run(self) -> None:
        """Until cancelled. A trunk that is new or has moved is asked at once."""
        while True:
            self.ask_those_due(time.monotonic())
            await asyncio.sleep(_TICK)

    def ask_those_due(self, now: float) -> None:
        """Ask those whose time has come; forget those that are asked no longer."""
        before, self._asked = self._asked, {}
        for trunk in self._trunks.all:
            destination = self._trunks.destination(trunk.key)
            if trunk.qualify is None or destination is None:
                continue
            asked = before.get(trunk.key)
            if asked is None or asked.destination != destination:
                asked = _Asked(destination, now)
            self._asked[trunk.key] = asked
            asked.due = min(asked.due, now + trunk.qualify)  # a reload may want it asked more often
            if asked.due <= now:
                asked.due = now + trunk.qualify
                self._ask(trunk.key, asked)

    def _ask(self, key: str, asked: _Asked) -> None:
        domain = self._engine.settings.domain
        try:
            self._engine.send(
                "OPTIONS",
                asked.destination,
                from_=f"<sip:softswitch@{domain}>",
                to=f"<{asked.destination.uri}>",
                on_reply=partial(self._answered, key, asked, time.perf_counter()),
            )
        except SipError as error:
            log.debug("trunk not asked", trunk=key, error=str(error))
            self._answered(key, asked, 0.0, 0)

    def _answered(self, key: str, asked: _Asked, asked_at: float, status: int) -> None:
        there = status not in _SILENCE
        if self._asked.get(key) is not asked:
            return
        if not there and asked.answers is not False:
            log.warning("trunk does not answer", trunk=key, server=asked.destination.uri)
            self._trunks.failed(key, "no answer to OPTIONS")
        elif there and asked.answers is False:
            log.info("trunk answers again", trunk=key)
        asked.answers = there
        asked.rtt = time.perf_counter() - asked_at if there else None
