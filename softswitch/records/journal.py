"""Every event on disk, before anything is derived from it.

The loop encodes an event and notes its line; what one turn of the loop has noted goes to the kernel by one
write(2) at the turn's end, a few microseconds into the page cache, which outlives the process. An answer
goes there at once, before the caller is told of it. So `kill -9` takes no event of an earlier turn, and no
answer. A thread of its own does what may take long: it opens segments, asks the disk once a second to have
them (a power cut takes the last second), and tries again while the disk is full.

Segments are `NNNNNNNNNN.log` in one folder. A switch begins a new one when it starts, and after 8 MB; the
keeper removes them. While calls are up the last one's time of change shows that the switch lives: so the end
of a call that died with it is known to `HEARTBEAT` seconds.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import structlog

from softswitch.records.encoding import RunStarted, line_of
from softswitch.records.events import CallAnswered, CallEnded, CallEvent, CallStarted

_log = structlog.get_logger(__name__)

HEARTBEAT: Final = 5.0
"""Seconds between signs of life."""
_SYNC: Final = 1.0
_SEGMENT: Final = 8 * 2**20
_MOST_WAITING: Final = 64 * 2**20
_WARN_EVERY: Final = 60.0
_PORTION: Final = 1000
"""Lines."""

Soon = Callable[[Callable[[], None]], Any]


def segments(folder: Path) -> list[int]:
    """The numbers of the segments in a folder, in order."""
    try:
        return sorted(int(path.stem) for path in folder.glob("*.log") if path.stem.isdecimal())
    except OSError:
        return []


def segment_path(folder: Path, number: int) -> Path:
    """The file of a segment."""
    return folder / f"{number:010}.log"


class Journal:
    """`start`, then `take` each event on the loop, at last `close`. None of them raises."""

    def __init__(
        self, folder: Path, soon: Soon, *, segment: int = _SEGMENT, most: int = _MOST_WAITING
    ) -> None:
        """`soon`: the loop's call_soon. `segment`, `most`: bytes of a segment, and of what may wait."""
        self.folder = folder
        self.lost = 0
        """Events that could not be kept, since the disk was full for too long."""
        self._soon = soon
        self._segment = segment
        self._most = most
        self._lock = threading.Lock()
        self._turn: list[CallEvent | RunStarted] = []
        self._lines: list[bytes] = []
        self._waiting = 0
        self._rest = b""
        self._asked = False
        self._number = max(segments(folder), default=0)
        self._file = -1
        self._size = 0
        self._dirty = False
        self._open_calls = 0
        self._problem: OSError | None = None
        self._warned_at = float("-inf")
        self._beat_at = 0.0
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def failing(self) -> bool:
        """Whether events wait in memory, since the disk does not take them."""
        return self._problem is not None

    def start(self) -> None:
        """Opens the first segment and starts the thread."""
        self._turn.append(RunStarted(time.time()))
        self._note()
        self._open_next()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    # ---- on the loop ----

    def take(self, event: CallEvent) -> None:
        """One more event."""
        self._turn.append(event)
        kind = type(event)
        if kind is CallStarted:
            self._open_calls += 1
        elif kind is CallEnded:
            self._open_calls -= 1
        if kind is CallAnswered:
            self.flush()
        elif not self._asked:
            self._asked = True
            self._soon(self.flush)

    def flush(self) -> None:
        """What has been taken goes to the kernel."""
        self._asked = False
        if self._turn:
            self._note()
            with self._lock:
                if self._problem is None:
                    self._write()

    def _note(self) -> None:
        """What this turn has brought becomes lines: all of it under one lock."""
        lines = [line_of(event) for event in self._turn]
        self._turn.clear()
        with self._lock:
            for line in lines:
                if self._waiting + len(line) > self._most:
                    self.lost += 1
                    continue
                self._lines.append(line)
                self._waiting += len(line)

    def _write(self) -> None:
        """All that waits; the lock is held. What cannot be written goes on waiting, from the very byte."""
        if self._file < 0 or not self._waiting:
            return
        data = self._rest + b"".join(self._lines)
        self._lines.clear()
        self._rest, self._problem = self._put(data)
        self._waiting = len(self._rest)

    def _put(self, data: bytes) -> tuple[bytes, OSError | None]:
        """What of it is not written, and why."""
        try:
            while data:
                written = os.write(self._file, data)
                data = data[written:]
                self._size += written
                self._dirty = True
        except OSError as error:
            return data, error
        return data, None

    # ---- the thread ----

    def _run(self) -> None:
        while not self._closing.wait(_SYNC):
            self._tend()

    def _tend(self) -> None:
        if self._file < 0 or self._size >= self._segment:
            self._open_next()
        was_failing = self._problem is not None
        if was_failing and self._file >= 0:
            self._catch_up()
        self._tell(was_failing)
        self._sync()
        now = time.monotonic()
        if self._open_calls > 0 and now - self._beat_at >= HEARTBEAT and self._file >= 0:
            self._beat_at = now
            with contextlib.suppress(OSError):
                os.utime(self._file)

    def _catch_up(self) -> None:
        """A portion at a time, and the lock never for long. Meanwhile the loop does not write."""
        while self._problem is not None:
            with self._lock:
                data = self._rest + b"".join(self._lines[:_PORTION])
                del self._lines[:_PORTION]
            rest, problem = self._put(data)
            with self._lock:
                self._rest = rest
                self._waiting -= len(data) - len(rest)
                if problem is not None or not self._lines:
                    self._problem = problem
            if problem is not None:
                return

    def _open_next(self) -> None:
        number = self._number + 1
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            file = os.open(segment_path(self.folder, number), flags, 0o600)
        except FileExistsError:
            self._number = number  # of an attempt that was given up
            return
        except OSError as error:
            with self._lock:
                if self._file < 0:
                    self._problem = error
            self._tell(False)
            return
        self._sync()
        with self._lock:
            if self._file >= 0 and self._rest:
                # A line has been written by half: the rest of it belongs into the same file.
                os.close(file)
                segment_path(self.folder, number).unlink()
                return
            old, self._file, self._number, self._size = self._file, file, number, 0
            if old < 0:
                self._problem = None
                self._write()
        if old >= 0:
            os.close(old)

    def _sync(self) -> None:
        if self._dirty and self._file >= 0:
            self._dirty = False
            try:
                os.fdatasync(self._file)
            except OSError as error:
                _log.warning("journal may not be on disk yet", path=str(self.folder), error=str(error))

    def _tell(self, was_failing: bool) -> None:
        problem, now = self._problem, time.monotonic()
        if problem is None:
            if was_failing:
                _log.warning("journal is written again", path=str(self.folder), lost=self.lost)
                self._warned_at = float("-inf")
        elif now - self._warned_at >= _WARN_EVERY:
            self._warned_at = now
            tell = _log.error if self.lost else _log.warning
            tell(
                "journal cannot be written: what happens in calls waits in memory",
                path=str(self.folder),
                error=str(problem),
                waiting_bytes=self._waiting,
                lost=self.lost,
                remedy="make room on the disk before the switch is stopped",
            )

    def close(self) -> bool:
        """Writes what is left and stops; False when some of it could not be written."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join(5.0)
        self._note()
        with self._lock:
            self._write()
            self._sync()
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
        return not self._waiting
