"""Asking registered phones whether they are there, by OPTIONS, and how long they take to say so."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import structlog

from softswitch.sip.destination import Destination
from softswitch.sip.engine import Engine
from softswitch.sip.errors import SipError
from softswitch.sip.location import Binding, Location

log = structlog.get_logger("softswitch.sip.qualify")

_RECHECK = 1.0
"""How often to look whether qualifying has been switched on, or the first phone has come, seconds."""


class Qualifier:
    """Spreads one OPTIONS to each contact evenly over the interval."""

    def __init__(self, engine: Engine, location: Location, interval: Callable[[], float | None]) -> None:
        self._engine = engine
        self._location = location
        self._interval = interval

    async def run(self) -> None:
        """Until cancelled. A changed interval takes effect with the next round."""
        while True:
            interval = self._interval()
            if interval is None:
                await asyncio.sleep(_RECHECK)
                continue
            bindings = [binding for bindings in self._location.everything().values() for binding in bindings]
            pause = interval / max(len(bindings), 1)
            for binding in bindings:
                self.ask(binding)
                await asyncio.sleep(pause)
            if not bindings:
                await asyncio.sleep(min(interval, _RECHECK))

    def ask(self, binding: Binding) -> None:
        """One OPTIONS (RFC 3261 §11). Any answer but a timeout shows that the phone is there."""
        source = binding.source
        destination = Destination(binding.contact, source.ip, source.port, source.transport, source.local)
        domain = self._engine.settings.domain
        try:
            self._engine.send(
                "OPTIONS",
                destination,
                from_=f"<sip:softswitch@{domain}>",
                to=f"<sip:{binding.aor}@{domain}>",
                on_reply=partial(self._answered, binding, time.perf_counter()),
            )
        except SipError as error:
            log.info("phone not asked", number=binding.aor, contact=binding.contact, error=str(error))
            self._location.measured(binding.aor, binding.contact, None)

    def _answered(self, binding: Binding, asked_at: float, status: int) -> None:
        there = status not in (0, 408, 503)
        if not there and binding.answers is not False:
            log.warning("phone does not answer", number=binding.aor, contact=binding.contact)
        self._location.measured(
            binding.aor, binding.contact, time.perf_counter() - asked_at if there else None
        )
