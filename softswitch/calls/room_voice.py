"""What a conference room says to everybody in it: one thing after another."""

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from softswitch.sip.errors import SipError
from softswitch.sip.player import Player

log = structlog.get_logger("softswitch.calls.room")

MOST: Final = 4
"""What waits to be said; more than that nobody wants to hear."""

Files = Sequence[Path]


class RoomVoice:
    """Files in a row. `player` is what is being said now, None while nothing is."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        """`on_change`: another player is to be heard from now on, or none."""
        self.player: Player | None = None
        self._on_change = on_change
        self._waiting: deque[tuple[Files, Path | None]] = deque()

    def say(self, files: Files, then_remove: Path | None = None) -> None:
        """After what is being said; nothing if there are no files. `then_remove` is deleted afterwards."""
        self._waiting.append((files, then_remove))
        while len(self._waiting) > MOST:
            _remove(self._waiting.popleft()[1])
        if self.player is None:
            self._next()

    def sound(self, file: Path) -> None:
        """A short tone, which nobody misses while words are being said."""
        if not self._waiting:
            self._hush()
            self.say((file,))

    def close(self) -> None:
        """It falls silent."""
        while self._waiting:
            _remove(self._waiting.popleft()[1])
        self._hush()
        self._on_change = _nothing  # no cycle stays behind

    def _next(self) -> None:
        self._hush()
        while self._waiting and self.player is None:
            files, then_remove = self._waiting.popleft()
            try:
                self.player = Player(files, self._next) if files else None
            except SipError as error:
                log.warning("not said in the room", error=str(error))
            _remove(then_remove)  # what plays is open by now
        self._on_change()

    def _hush(self) -> None:
        if self.player is not None:
            self.player.close()
            self.player = None


def _nothing() -> None:
    pass


def _remove(file: Path | None) -> None:
    if file is None:
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("a spoken name was not removed", file=str(file), error=str(error))
