"""Recordings of calls, put together: the archive, and who keeps it small."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from softswitch.app.recording_keeper import Keeper
from softswitch.calls.exchange import Exchange
from softswitch.calls.recording_archive import Archive
from softswitch.config.dialplan import Dialplan

log = structlog.get_logger("softswitch.recordings")

_EVERY: Final = 60.0
"""Seconds between two looks at the disk."""


class RecordingParts:
    """`load`, and `run` as a task of its own."""

    def __init__(self, folder: Path, dialplan: Callable[[], Dialplan], exchange: Exchange, rate: int) -> None:
        self._archive = Archive(folder, rate, dialplan().recording.format)
        self._keeper = Keeper(folder)
        self._dialplan = dialplan
        self._exchange = exchange

    async def load(self) -> None:
        """What was being recorded when the switch died."""
        await asyncio.to_thread(self._archive.recover)
        self._exchange.archive = self._archive

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._look()
            except OSError as error:
                log.warning("recordings not looked through", error=str(error))
            await asyncio.sleep(_EVERY)

    async def _look(self) -> None:
        settings = self._dialplan().recording
        full = await asyncio.to_thread(self._keeper.look, settings, time.time())
        self._archive.full = full
        if full:
            for call in self._exchange.calls:
                if call.recording is not None:
                    call.recording.stop()
                    call.recording = None

    def take(self, new: Dialplan) -> None:
        """A reload: this dialplan holds from now on."""
        self._archive.kind = new.recording.format

    async def close(self) -> None:
        """Waits until all is on the disk."""
        await self._archive.close()
