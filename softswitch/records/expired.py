"""Recordings whose files are gone: their rows stay, with when that was."""

from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import Connection, select, update

from softswitch.records.tables import RECORDINGS

_PORTION: Final = 500
"""Databases limit how many values a statement binds."""
_SETTLED: Final = 3600.0
"""Seconds. A recording's file may come later than its row: it is put together beside the calls."""


def mark(connection: Connection, files: Collection[str], at: float | None) -> None:
    """These were deleted then; None: they are there again."""
    listed = sorted(files)
    for begin in range(0, len(listed), _PORTION):
        of_these = RECORDINGS.c.file.in_(listed[begin : begin + _PORTION])
        connection.execute(update(RECORDINGS).where(of_these).values(deleted_at=at))


def reconcile(connection: Connection, exists: Callable[[str], bool], now: float) -> tuple[int, int]:
    """Holds all rows against the files. Returns how many are found to be gone, and to be there again.

    Somebody may have deleted files by hand, or put them back; or a keeper died between file and row.
    """
    c = RECORDINGS.c
    gone: list[str] = []
    back: list[str] = []
    for file, deleted_at in connection.execute(
        select(c.file, c.deleted_at).where(c.started_at + c.seconds < now - _SETTLED)
    ):
        if exists(file) == (deleted_at is not None):
            (gone if deleted_at is None else back).append(file)
    mark(connection, gone, now)
    mark(connection, back, None)
    return len(gone), len(back)
