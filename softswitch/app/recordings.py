"""Recordings of calls, put together. Who keeps them few is in the keeper's process: recording_keeper.py."""

import asyncio
from pathlib import Path

from softswitch.calls.exchange import Exchange
from softswitch.calls.recording_archive import Archive
from softswitch.config.dialplan import Dialplan


class RecordingParts:
    """`load` first, at last `close`."""

    def __init__(self, folder: Path, dialplan: Dialplan, exchange: Exchange, rate: int) -> None:
        self._archive = Archive(folder, rate, dialplan.recording.format)
        self._exchange = exchange

    async def load(self) -> None:
        """What was being recorded when the switch died."""
        await asyncio.to_thread(self._archive.recover)
        self._exchange.archive = self._archive

    def disk_is_full(self, full: bool) -> None:
        """Nothing more is recorded, or calls are again."""
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
