"""The keeper's other work: old recordings go, and their rows say so."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from softswitch.app.keeper_messages import DiskFull, RecordingRules
from softswitch.app.recording_keeper import RecordingKeeper
from softswitch.records.expired import mark, reconcile
from softswitch.records.keeper import Keeper

_log = structlog.get_logger("softswitch.recordings")

_EVERY: Final = 60.0
"""Seconds between two looks at the disk."""
_ALL_EVERY: Final = 3600.0
"""Seconds after which all rows are held against the files."""


class KeptRecordings:
    """`work` again and again. That the database can be written is the record keeper's concern, not ours."""

    def __init__(self, folder: Path, records: Keeper, tell: Callable[[Any], None]) -> None:
        """`tell` is for the switch: DiskFull, when that changes."""
        self._records = records
        self._keeper = RecordingKeeper(folder)
        self._folder = folder
        self._tell = tell
        self._rules: RecordingRules | None = None
        self._full = False
        self._unmarked: set[str] = set()
        """Deleted, and the database does not know it yet."""
        self._next = float("-inf")
        self._next_for_all = float("-inf")

    @property
    def rules(self) -> RecordingRules | None:
        """None: nothing is looked at before the switch has told them."""
        return self._rules

    @rules.setter
    def rules(self, rules: RecordingRules) -> None:
        if rules != self._rules:
            self._next = float("-inf")
        self._rules = rules

    def work(self) -> None:
        """Looks at the disk when it is time, and tells the database what is gone. Raises what `tell` does."""
        if self._rules is not None and time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self._look(self._rules)
            if self._records.ready:
                self._note(time.time())

    def _look(self, rules: RecordingRules) -> None:
        try:
            full, deleted = self._keeper.look(rules, time.time())
        except OSError as error:
            _log.warning("recordings not looked through", error=str(error))
            return
        self._unmarked.update(deleted)
        if full != self._full:
            self._full = full
            self._tell(DiskFull(full))

    def _note(self, now: float) -> None:
        try:
            with self._records.engine.begin() as connection:
                mark(connection, self._unmarked, now)
                if time.monotonic() >= self._next_for_all and self._folder.is_dir():
                    gone, back = reconcile(connection, self._keeper.exists, now)
                    self._next_for_all = time.monotonic() + _ALL_EVERY
                    if gone or back:
                        _log.info("recordings held against their files", gone=gone, there_again=back)
            self._unmarked.clear()
        except SQLAlchemyError as error:
            _log.debug("deleted recordings are noted later", error=str(error))
