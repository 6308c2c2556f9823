"""Users' preferences on disk: one JSON file, read at the start and written anew at each change.

A thread writes: the loop hands over a snapshot and never waits. Each file is complete before it takes the
place of the old one, so that `kill -9` finds one or the other. What cannot be written is tried again.
"""

import contextlib
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import structlog
from pydantic import TypeAdapter

from softswitch.routing import Preferences

log = structlog.get_logger("softswitch.preferences")

RETRY: Final = 5.0
"""Seconds until a file that could not be written is tried again."""


@dataclass(frozen=True, slots=True)
class _File:
    version: Literal[1]
    extensions: dict[str, Preferences]


_FORMAT: Final = TypeAdapter(_File)


class PreferencesFile:
    """`load`, then `start`, then `save` at each change, at last `close`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._condition = threading.Condition()
        self._pending: dict[str, Preferences] | None = None
        self._writing = False
        self._closing = False
        self._failed = False
        self._thread: threading.Thread | None = None

    def load(self) -> dict[str, Preferences]:
        """What was kept. Never raises: a file that cannot be understood is set aside, and nothing is kept."""
        try:
            return dict(_FORMAT.validate_json(self._path.read_bytes()).extensions)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.error(
                "what users have set by code cannot be read: the dialplan's holds",
                path=str(self._path),
                error=str(error),
            )
            if isinstance(error, ValueError):
                self._set_aside()
            return {}

    def start(self) -> None:
        """Start the thread that writes."""
        self._thread = threading.Thread(target=self._run, name="preferences", daemon=True)
        self._thread.start()

    def save(self, preferences: Mapping[str, Preferences]) -> None:
        """Keep these. Returns at once."""
        with self._condition:
            self._pending = dict(preferences)
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
            try:
                self._write(_FORMAT.dump_json(_File(1, snapshot), indent=1, exclude_defaults=True))
            except (OSError, ValueError) as error:
                self._put_back(snapshot, error)
                if self._closing:
                    return
            else:
                self._failed = False
                with self._condition:
                    self._writing = False

    def _next(self) -> dict[str, Preferences] | None:
        with self._condition:
            if self._failed:
                self._condition.wait_for(lambda: self._closing, RETRY)
            self._condition.wait_for(lambda: self._pending is not None or self._closing)
            snapshot, self._pending = self._pending, None
            self._writing = snapshot is not None
            return snapshot

    def _put_back(self, snapshot: dict[str, Preferences], error: Exception) -> None:
        if not self._failed:
            log.error(
                "what users set by code cannot be kept",
                path=str(self._path),
                error=str(error),
                remedy="check free space and rights; until then it holds in memory, and is tried again",
            )
        self._failed = True
        with self._condition:
            self._writing = False
            self._pending = snapshot if self._pending is None else self._pending

    def _write(self, data: bytes) -> None:
        new = self._path.with_name(self._path.name + ".new")
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def _set_aside(self) -> None:
        aside = self._path.with_name(self._path.name + ".broken")
        with contextlib.suppress(OSError):
            self._path.replace(aside)
            log.error("damaged file set aside", path=str(aside))
