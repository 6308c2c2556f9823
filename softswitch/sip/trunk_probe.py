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
    due: float
    answers: bool | None = None
    rtt: float | None = None


class TrunkProbe:
    """Asks each server of each trunk as often as its `qualify` says; any answer shows that it is there."""

    def __init__(self, engine: Engine, trunks: Trunks) -> None:
        self._engine = engine
        self._trunks = trunks
        self._asked: dict[tuple[str, Destination], _Asked] = {}

    def answers(self, trunk: str) -> bool | None:
        """Whether one of its servers has answered the last time; None while nobody knows."""
        known = [one.answers for one in self._of(trunk)]
        return True if True in known else None if None in known or not known else False

    def rtt(self, trunk: str) -> float | None:
        """How long the quickest of its last answers took, in seconds; None while none answers."""
        return min((one.rtt for one in self._of(trunk) if one.rtt is not None), default=None)

    def silent(self, trunk: str) -> tuple[str, ...]:
        """Addresses of its servers that have not answered the last time."""
        return tuple(
            f"{to.ip}:{to.port}"
            for (key, to), asked in self._asked.items()
            if key == trunk and asked.answers is False
        )

    async def run(self) -> None:
        """Until cancelled. A server that is new or has moved is asked at once."""
        while True:
            self.ask_those_due(time.monotonic())
            await asyncio.sleep(_TICK)

    def ask_those_due(self, now: float) -> None:
        """Ask those whose time has come; forget those that are asked no longer."""
        before, self._asked = self._asked, {}
        for trunk in self._trunks.all:
            if trunk.qualify is None:
                continue
            for destination in self._trunks.destinations(trunk.key):
                key = trunk.key, destination
                asked = self._asked[key] = before.get(key) or _Asked(now)
                asked.due = min(asked.due, now + trunk.qualify)  # a reload may want it asked more often
                if asked.due <= now:
                    asked.due = now + trunk.qualify
                    self._ask(*key, asked)

    def _of(self, trunk: str) -> list[_Asked]:
        return [asked for (key, _), asked in self._asked.items() if key == trunk]

    def _ask(self, key: str, destination: Destination, asked: _Asked) -> None:
        domain = self._engine.settings.domain
        try:
            self._engine.send(
                "OPTIONS",
                destination,
                from_=f"<sip:softswitch@{domain}>",
                to=f"<{destination.uri}>",
                on_reply=partial(self._answered, key, destination, asked, time.perf_counter()),
            )
        except SipError as error:
            log.debug("trunk not asked", trunk=key, error=str(error))
            self._answered(key, destination, asked, 0.0, 0)

    def _answered(
        self, key: str, destination: Destination, asked: _Asked, asked_at: float, status: int
    ) -> None:
        there = status not in _SILENCE
        if self._asked.get((key, destination)) is not asked:
            return
        if not there and asked.answers is not False:
            log.warning("trunk does not answer", trunk=key, server=destination.uri, address=destination.ip)
            self._trunks.failed(key, f"no answer to OPTIONS from {destination.ip}:{destination.port}")
        elif there and asked.answers is False:
            log.info("trunk answers again", trunk=key, server=destination.uri, address=destination.ip)
        asked.answers = there
        asked.rtt = time.perf_counter() - asked_at if there else None
        self._trunks.answers(key, destination, there)
