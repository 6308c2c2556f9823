"""How long recordings are kept: by age, by size, and by what is free on the disk."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from softswitch.app.keeper_messages import RecordingRules

log = structlog.get_logger("softswitch.recordings")

GIGABYTE: Final = 1_000_000_000
_BEING_MADE: Final = frozenset({".left", ".right", ".begun", ".new"})


@dataclass(frozen=True, slots=True)
class Kept:
    """One recording."""

    path: Path
    at: float
    """When it was made, in seconds since 1970."""
    size: int


def those_to_delete(files: Iterable[Kept], settings: RecordingRules, now: float, free: int) -> list[Kept]:
    """Those whose time is over, the oldest first. `free`: bytes on the disk."""
    by_age = sorted(files, key=lambda one: one.at)
    total = sum(one.size for one in by_age)
    most = None if settings.max_gigabytes is None else settings.max_gigabytes * GIGABYTE
    least = settings.min_free_gigabytes * GIGABYTE if settings.when_full == "oldest" else 0
    gone: list[Kept] = []
    for one in by_age:
        too_old = settings.keep is not None and now - one.at > settings.keep
        if not too_old and (most is None or total <= most) and free >= least:
            break
        gone.append(one)
        total -= one.size
        free += one.size
    return gone


class Look(NamedTuple):
    """What a look has brought."""

    full: bool
    """Nothing more may be recorded."""
    deleted: list[str]
    """Files, as the records know them."""


class RecordingKeeper:
    """Looks now and then. Remembers what it has warned of."""

    def __init__(self, folder: Path, free: Callable[[], int] | None = None) -> None:
        """`free` tells the bytes that are free there."""
        self._folder = folder
        self._free = free or (lambda: shutil.disk_usage(folder).free)
        self._is_low = False
        self._is_full = False

    def exists(self, name: str) -> bool:
        """Whether there is a recording of that name, or what it is being made of."""
        path = self._folder / name
        return path.exists() or any(path.with_suffix(suffix).exists() for suffix in _BEING_MADE)

    def look(self, settings: RecordingRules, now: float) -> Look:
        """Deletes what has to go. Raises OSError."""
        if not self._folder.is_dir():
            return Look(False, [])
        free = self._free()
        gone = those_to_delete(self._files(), settings, now, free)
        for one in gone:
            one.path.unlink(missing_ok=True)
            free += one.size
        if gone:
            log.info("old recordings deleted", files=len(gone), bytes=sum(one.size for one in gone))
        least = settings.min_free_gigabytes * GIGABYTE
        full = free < least and settings.when_full == "stop"
        self._tell(free, least, full)
        return Look(full, [one.path.relative_to(self._folder).as_posix() for one in gone])

    def _tell(self, free: int, least: int, full: bool) -> None:
        """Each change once."""
        is_low = free < 2 * least
        if full and not self._is_full:
            remedy = "make room, or set recording: {when_full: oldest}"
            log.error("disk full: calls are recorded no longer", free=free, remedy=remedy)
        elif is_low and not self._is_low:
            log.warning("disk nearly full", free=free, recordings=str(self._folder))
        elif self._is_full and not full:
            log.info("calls are recorded again", free=free)
        self._is_low, self._is_full = is_low, full

    def _files(self) -> list[Kept]:
        found = []
        for path in self._folder.rglob("*"):
            if path.suffix in _BEING_MADE or not path.is_file():
                continue
            status = path.stat()
            found.append(Kept(path, status.st_mtime, status.st_size))
        return found
