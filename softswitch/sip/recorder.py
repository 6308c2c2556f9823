"""Files that are recorded: a conference, a message."""

import asyncio
import os
from pathlib import Path
from typing import Any

from softswitch.sip import endings, tap
from softswitch.sip.errors import EngineFailure, os_error
from softswitch.sip.tap import ffi, lib


class Recorder:
    """Writes what is connected to its slot, mixed, as WAV: 16-bit mono PCM at the bridge's rate.

    While nobody is connected, nothing is written. The file's header is kept true about twice a second, so
    that little is lost if the switch dies.
    """

    def __init__(self, path: Path, block: int = 0) -> None:
        """Replaces an older file; `block` samples are written at once, 0 for as many as is cheapest.

        Raises EngineFailure if it cannot be written, OutOfResources when full.
        """
        self.path = path
        self._sound: Any = None
        self._complete: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._token = endings.expect(self, self._ended)
        descriptor = -1
        try:
            descriptor = _create(path)
            made = ffi.new("tap_sound **")
            tap.check(f"cannot record {path}", lib.tap_record(descriptor, block, self._token, made))
        except BaseException:
            endings.forget(self._token)
            if descriptor >= 0:
                os.close(descriptor)
            raise
        self._sound = made[0]
        self.slot: int | None = lib.tap_sound_slot(self._sound)

    def close(self) -> None:
        """It hears nothing any more; the file is complete a moment later. Harmless when repeated."""
        if self._sound is not None:
            endings.left(self._token)
            lib.tap_sound_close(self._sound)
            self._sound = None
            self.slot = None

    async def complete(self) -> None:
        """Closes it, waits until the file is complete. Raises EngineFailure if not all could be written."""
        self.close()
        error = await asyncio.shield(self._complete)
        if error:
            raise EngineFailure(f"{self.path} is not complete", error, os.strerror(error))

    def _ended(self, error: int) -> None:
        if not self._complete.done():
            self._complete.set_result(error)


def _create(path: Path) -> int:
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise os_error(f"cannot record {path}", error) from error
