"""A party of a conference says its name, which the others hear when it comes and goes."""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from softswitch.calls.announcement import Announcement
from softswitch.calls.inbox import Played
from softswitch.sip.errors import SipError
from softswitch.sip.hearing import NOWHERE, Pair
from softswitch.sip.leg import Leg
from softswitch.sip.recorder import Recorder

if TYPE_CHECKING:
    from softswitch.calls.call import Call

LONGEST: Final = 4.0
"""Seconds for a name; a key ends it earlier."""


class SpokenName:
    """Asks, records, and tells by `Played` that it goes on: first after the question, then with the file."""

    def __init__(self, call: "Call", leg: Leg, seconds: float = LONGEST) -> None:
        self.seconds = seconds
        self.file: Path | None = None
        """What he has said, once that is complete; whoever takes it removes it."""
        self.complete = False
        """Whether all is done: the file is there, or could not be made."""
        self._call = call
        self._leg = leg
        self._says: Announcement | None = Announcement(
            call, leg, "say-name", call.exchange.tones.get("enter")
        )
        self._recorder: Recorder | None = None
        self._saving: asyncio.Task[None] | None = None

    def pairs(self) -> list[Pair]:
        """He hears the question, or is recorded."""
        if self._says is not None:
            return self._says.pairs()
        return [(self._leg, self._recorder or NOWHERE)]

    @property
    def asks(self) -> bool:
        """Whether the question is still being asked."""
        return self._says is not None

    def record(self) -> None:
        """The question has been asked. Raises SipError or OSError when nothing can be recorded."""
        self._hush()
        folder = self._call.exchange.names
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(".wav", dir=folder)
        path = Path(name)
        try:
            os.close(handle)
            self._recorder = Recorder(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def stop(self) -> None:
        """He has said it; harmless when repeated."""
        self._hush()
        if self._recorder is not None and self._saving is None:
            self._saving = asyncio.get_running_loop().create_task(self._save(self._recorder))

    def close(self) -> None:
        """He has gone, or is not asked any more."""
        self._hush()
        if self._saving is not None:
            self._saving.cancel()
        if self._recorder is not None:
            self._recorder.close()
            self._recorder.path.unlink(missing_ok=True)
        self._recorder = None

    async def _save(self, recorder: Recorder) -> None:
        try:
            await recorder.complete()
        except SipError as error:
            self._call.log.warning("name not recorded", error=str(error))
            recorder.path.unlink(missing_ok=True)
        else:
            self.file = recorder.path
        self.complete = True
        self._call.inbox.post(self._leg, Played())

    def _hush(self) -> None:
        if self._says is not None:
            self._says.close()
            self._says = None
