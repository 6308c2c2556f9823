"""From the journal to the database: what the keeper's process does (app/keeper_process.py).

It reads what the journal has on disk, gathers each call's events until its end, and writes the record. The
call's id is the row's key, so what is read once more after a restart is written once all the same. While
the database cannot be written, everything stays in the journal's files; segments all of whose calls are
recorded are removed, the oldest first.

Calls without an end when another switch begins to write died with the one before.
"""

import contextlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from softswitch.records import store
from softswitch.records.derive import derive
from softswitch.records.destinations import Look, put_destination
from softswitch.records.encoding import RunStarted, events_of
from softswitch.records.events import CallEnded, CallEvent, CallStarted
from softswitch.records.journal import segment_path, segments
from softswitch.records.keeper_state import KeeperState
from softswitch.records.record import CallRecord
from softswitch.records.spending import Spent
from softswitch.records.spent import spent_in, spent_lately

if TYPE_CHECKING:
    from softswitch.records.tariffs import PriceLists

_log = structlog.get_logger(__name__)

_EVERY: Final = 0.5
"""Seconds between looks into the journal."""
_BATCH: Final = 200
_BLOCK: Final = 2**18
_FIRST_RETRY: Final = 0.5
_LAST_RETRY: Final = 10.0
_WARN_EVERY: Final = 60.0


class _Unfinished:
    """A call whose record is not written."""

    __slots__ = ("events", "segment")

    def __init__(self, segment: int) -> None:
        self.segment = segment
        """Where its first event stands."""
        self.events: list[CallEvent] = []


class Keeper:
    """`work` again and again, at last `close`."""

    def __init__(
        self,
        journal: Path,
        url: URL,
        patience: float = store.PATIENCE,
        spent: Callable[[Iterable[Spent], bool], None] = lambda calls, new: None,
    ) -> None:
        """`journal`: the folder of the journal. `patience`: see store.open_engine.

        `spent` is told of calls out that are over, first of those that are in the database already (then its
        second argument is False); of one call more than once, perhaps.
        """
        self.look: Look | None = None
        """What a number outside is, from now on."""
        self.prices: PriceLists | None = None
        """By which calls are priced from now on."""
        self.engine: Engine = store.open_engine(url, patience)
        """The database."""
        self._spent = spent
        self._folder = journal
        self._name = store.shown(url)
        self._database = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
        self._migrated = False
        self._open: dict[str, _Unfinished] = {}
        self._ready: list[tuple[int, CallRecord]] = []
        self._number = 0
        self._offset = 0
        self._left_at: float | None = None
        self._behind = 0
        self._recorded = 0
        self._problem = ""
        self._failures = 0
        self._warned_at = float("-inf")

    @property
    def ready(self) -> bool:
        """Whether the database has been reached, and has the shape that it must have."""
        return self._migrated

    @property
    def state(self) -> KeeperState:
        """How it fares."""
        return KeeperState(self._name, self._problem, self._recorded, self._behind, len(self._ready))

    def work(self) -> float:
        """Does what there is to do. Returns in how many seconds to come again; 0: at once. Never raises."""
        try:
            more = self.turn()
        except Exception as error:  # whatever it is, calls go on, and so must this
            self._failed(error)
            self._remove_segments()
            return float(min(_FIRST_RETRY * 2 ** min(self._failures - 1, 8), _LAST_RETRY))
        return 0.0 if more else _EVERY

    def close(self) -> bool:
        """Writes what the journal holds; False when that failed: the next start will."""
        while not self.work():
            pass
        self.engine.dispose()
        return not self._ready and not self._problem

    def turn(self) -> bool:
        """Reads a portion and records it; whether there may be more at once. Raises what went wrong."""
        more = True  # when it was not looked
        if len(self._ready) < _BATCH:
            more = self._read()
        if self._ready or not self._migrated:
            self._record()
            self._succeeded()
        if not more:
            self._remove_segments()
        return more or bool(self._ready)

    def _read(self) -> bool:
        """The next block of the journal; whether there may be more."""
        if not self._number:
            numbers = segments(self._folder)
            if not numbers:
                return False
            self._begin(numbers[0])
        # Looked up first: a segment that has a successor gets no more lines.
        later = [number for number in segments(self._folder) if number > self._number]
        try:
            with segment_path(self._folder, self._number).open("rb") as file:
                file.seek(self._offset)
                block = file.read(_BLOCK)
        except FileNotFoundError:
            block = b""
        end = block.rfind(b"\n") + 1
        if end:
            self._offset += end
            for event in events_of(block[: end - 1].split(b"\n")):
                self._take(event)
            return True
        if len(block) == _BLOCK:  # no line is that long: the disk has lied
            self._offset += len(block)
            return True
        if later:
            self._begin(later[0])
            return True
        return False

    def _begin(self, number: int) -> None:
        """The next segment."""
        with contextlib.suppress(OSError):
            self._left_at = segment_path(self._folder, self._number).stat().st_mtime
        self._number, self._offset = number, 0

    def _take(self, event: CallEvent | RunStarted | None) -> None:
        if event is None:
            _log.warning("a line of the journal is damaged and left out", segment=self._number)
            return
        if isinstance(event, RunStarted):
            self._recover(event.at)
            return
        story = self._open.get(event.call)
        if story is None:
            if not isinstance(event, CallStarted):
                return  # its beginning was in a segment that is gone: it is recorded
            story = self._open[event.call] = _Unfinished(self._number)
        story.events.append(event)
        if isinstance(event, CallEnded):
            del self._open[event.call]
            self._derive(story)

    def _recover(self, started_at: float) -> None:
        """All that a dead switch has written is read: what is open now died with it."""
        if not self._open:
            return
        _log.warning("calls that the switch died in are recorded", calls=len(self._open))
        died_at = None if self._left_at is None else min(self._left_at, started_at)
        for story in self._open.values():
            self._derive(story, died_at)
        self._open.clear()

    def _derive(self, story: _Unfinished, died_at: float | None = None) -> None:
        try:
            record = derive(story.events, died_at)
            self._price(record)
            self._ready.append((story.segment, record))
        except Exception as error:  # a fault in one call's record keeps no other from being written
            _log.error("a call's record cannot be made", error=repr(error), events=[*map(str, story.events)])

    def _price(self, record: CallRecord) -> None:
        try:
            if self.look is not None:
                put_destination(record, self.look)
            if self.prices is not None:
                from softswitch.records.tariffs import put_price  # and pydantic: not without price lists

                put_price(record, self.prices)
                spent = spent_in(record)
                if spent is not None:
                    self._spent((spent,), True)
        except Exception as error:  # a call without its price is better than none
            _log.error("a call cannot be priced", call=record.call["id"], error=repr(error))

    # ---- the database ----

    def _record(self) -> None:
        if not self._migrated:
            if self._database is not None:
                self._database.parent.mkdir(parents=True, exist_ok=True)
                self._database.touch(mode=0o600)
            store.migrate(self.engine)
            with self.engine.connect() as connection:
                self._spent(spent_lately(connection, time.time()), False)
            self._migrated = True
        while self._ready:
            batch = [record for _, record in self._ready[:_BATCH]]
            self._write(batch)
            del self._ready[: len(batch)]
            self._recorded += len(batch)

    def _write(self, batch: list[CallRecord]) -> None:
        try:
            with self.engine.begin() as connection:
                store.write(connection, batch)
        except StatementError as error:
            if isinstance(error, DBAPIError) and not isinstance(error, DataError | IntegrityError):
                raise  # it is about the database, not about a record
            if len(batch) > 1:
                for record in batch:
                    self._write([record])
                return
            # One record must not keep all the others: nothing is lost with it but its row.
            _log.error(
                "a call's record is refused by the database", error=_first_line(error), record=batch[0].call
            )

    def _remove_segments(self) -> None:
        """Those before every call that is not recorded, and before the one being read."""
        needed = [self._number, *(segment for segment, _ in self._ready)]
        needed += [story.segment for story in self._open.values()]
        self._behind = -self._offset
        for number in segments(self._folder):
            path = segment_path(self._folder, number)
            with contextlib.suppress(OSError):
                if number < min(needed):
                    path.unlink()
                elif number >= self._number:
                    self._behind += path.stat().st_size

    def _succeeded(self) -> None:
        if self._failures:
            _log.warning("call records are written again", database=self._name, failures=self._failures)
        self._failures, self._problem, self._warned_at = 0, "", float("-inf")

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        self._problem = _first_line(error)
        self.engine.dispose()  # a connection may be of no use after what has happened
        if not isinstance(error, SQLAlchemyError | OSError | ValueError):
            _log.exception("call records cannot be kept")
        elif time.monotonic() - self._warned_at >= _WARN_EVERY:
            self._warned_at = time.monotonic()
            _log.warning(
                "call records cannot be written: they wait in the journal",
                database=self._name,
                error=self._problem,
                journal=str(self._folder),
                remedy="check that the database runs, has room and may be written; nothing is lost",
            )


def _first_line(error: Exception) -> str:
    """What a driver says in its first line: the rest is our own statement."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return str(cause).strip().partition("\n")[0][:200] or type(error).__name__
