"""Files that are played to somebody: a prompt, a message, a list of words that make a sentence."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import structlog

from softswitch.sip import endings, tap
from softswitch.sip.errors import EngineFailure
from softswitch.sip.tap import ffi, lib
from softswitch.sip.wav_data import WavData, open_wav

log = structlog.get_logger("softswitch.sip.sound")

GRACE: Final = 2.0
"""Seconds beyond its own length after which a player counts as over, though nobody has told so: it was never
connected, or nobody listened for a while."""


class Player:
    """Plays files one after the other without a gap, once, from when the slot is connected to a listener.

    `on_end` is called from the loop exactly once, when the last sample has been mixed or `GRACE` seconds
    after that was due; never after `close`, and never with `loop`.
    """

    def __init__(
        self,
        files: Path | Sequence[Path],
        on_end: Callable[[], None] | None = None,
        loop: bool = False,
    ) -> None:
        """The files are WAV, 16-bit mono PCM, all at one rate, best the bridge's own.

        Raises EngineFailure for files that cannot be played and OutOfResources when the bridge or the process
        has no place left.
        """
        self._on_end = on_end
        self._sound: Any = None
        self._backstop: asyncio.TimerHandle | None = None
        self._token = endings.expect(self, self._ended)
        opened: list[WavData] = []
        try:
            for path in (files,) if isinstance(files, Path) else files:
                opened.append(open_wav(path))  # noqa: PERF401 - what is open must be known when the next raises
            self.seconds: float = sum(wav.seconds for wav in opened)
            """How long it plays once through."""
            self._sound = _play(opened, loop, self._token)
        except BaseException:
            endings.forget(self._token)
            for wav in opened:
                os.close(wav.descriptor)
            raise
        self.slot: int | None = lib.tap_sound_slot(self._sound)
        if not loop:
            running = asyncio.get_running_loop()
            self._backstop = running.call_later(self.seconds + GRACE, self._overdue)

    def close(self) -> None:
        """It falls silent and leaves the bridge; `slot` must not be used any more. Harmless when repeated."""
        endings.forget(self._token)
        if self._backstop is not None:
            self._backstop.cancel()
            self._backstop = None
        if self._sound is not None:
            lib.tap_sound_close(self._sound)
            self._sound = None
            self.slot = None

    def _ended(self, error: int) -> None:
        if self._backstop is not None:
            self._backstop.cancel()
            self._backstop = None
        if error:
            log.warning("a sound file could not be read to its end", error=os.strerror(error))
        if self._on_end is not None:
            self._on_end()

    def _overdue(self) -> None:
        self._backstop = None
        if endings.waive(self._token):
            self._ended(0)


def _play(files: Sequence[WavData], loop: bool, token: int) -> Any:
    """The tap's sound, which owns the files' descriptors from now on."""
    rates = {wav.rate for wav in files}
    if len(rates) != 1:
        problem = f"files at {sorted(rates)} Hz; one rate is needed" if rates else "no file at all"
        raise EngineFailure("cannot play", 0, problem)
    pieces = ffi.new("tap_piece[]", [(wav.descriptor, wav.offset, wav.length) for wav in files])
    made = ffi.new("tap_sound **")
    status = lib.tap_play(pieces, len(files), rates.pop(), loop, token, made)
    tap.check("cannot play", status)
    return made[0]
