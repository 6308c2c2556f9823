"""What users and operators set, on disk: a JSON file each, read at the start and written anew at each change.

A thread writes: the loop hands over a snapshot and never waits. Each file is complete before it takes the
place of the old one, so that `kill -9` finds one or the other. What cannot be written is tried again.
"""

import contextlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Generic, TypeVar

import structlog

from softswitch.disk.whole import write_whole

log = structlog.get_logger("softswitch.kept")

T = TypeVar("T")

RETRY: Final = 5.0
"""Seconds until a file that could not be written is tried again."""


class KeptFile(Generic[T]):
    """`load`, then `start`, then `save` at each change, at last `close`.

    Override `encode` and `decode`, the latter raising ValueError for what it does not understand.
    """

    what = "what was set"
    """For the log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._condition = threading.Condition()
        self._pending: dict[str, T] | None = None
        self._writing = False
        self._closing = False
        self._failed = False
        self._thread: threading.Thread | None = None

    def encode(self, kept: dict[str, T]) -> bytes:
        """The file's content."""
        raise NotImplementedError

    def decode(self, content: bytes) -> dict[str, T]:
        """What the file's content says. Raises ValueError."""
        raise NotImplementedError

    def load(self) -> dict[str, T]:
        """What was kept. Never raises: a file that cannot be understood is set aside, and nothing is kept."""
        try:
            return self.decode(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.error(
                f"{self.what} cannot be read: the dialplan's holds",
                path=str(self._path),
                error=str(error),
            )
            if isinstance(error, ValueError):
                self._set_aside()
            return {}

    def start(self) -> None:
        """Start the thread that writes."""
        self._thread = threading.Thread(target=self._run, name=self._path.stem, daemon=True)
        self._thread.start()

    def save(self, kept: Mapping[str, T]) -> None:
        """Keep these. Returns at once."""
        with self._condition:
            self._pending = dict(kept)
            self._condition.notify_all()

    def close(self, timeout: float = 5.0) -> bool:
        """Write what is left and stop; False when that failed or took longer than `timeout` seconds."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
        return self._pending is None and not self._writing

    def _run(self) -> None:
        while (snapshot := self._next()) is not None:
            last = self._closing  # a try that was begun before that was not the last one
            try:
                write_whole(self._path, self.encode(snapshot))
            except (OSError, ValueError) as error:
                self._put_back(snapshot, error)
                if last:
                    return
            else:
                self._failed = False
                with self._condition:
                    self._writing = False

    def _next(self) -> dict[str, T] | None:
        with self._condition:
            if self._failed:
                self._condition.wait_for(lambda: self._closing, RETRY)
            self._condition.wait_for(lambda: self._pending is not None or self._closing)
            snapshot, self._pending = self._pending, None
            self._writing = snapshot is not None
            return snapshot

    def _put_back(self, snapshot: dict[str, T], error: Exception) -> None:
        if not self._failed:
            log.error(
                f"{self.what} cannot be kept",
                path=str(self._path),
                error=str(error),
                remedy="check free space and rights; until then it holds in memory, and is tried again",
            )
        self._failed = True
        with self._condition:
            self._writing = False
            self._pending = snapshot if self._pending is None else self._pending

    def _set_aside(self) -> None:
        aside = self._path.with_name(self._path.name + ".broken")
        with contextlib.suppress(OSError):
            self._path.replace(aside)
            log.error("damaged file set aside", path=str(aside))
