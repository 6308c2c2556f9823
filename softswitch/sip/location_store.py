"""Bindings on disk, so that a phone that has not registered again still rings after `kill -9`.

SQLite in WAL mode, written by a thread of its own: the loop hands over frozen bindings and never waits.
Each AOR is one row, written in batches within about 60 ms of the change. When the disk is full, the file
locked or broken, the switch goes on, the latest state of each AOR waits in memory, and is written when that
works again.

synchronous=NORMAL: a dying process loses nothing that was committed; a power cut may lose the last moments,
which the next refresh of each phone mends.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from softswitch.sip.location import Bindings
from softswitch.sip.location_rows import Rows, decode

_log = structlog.get_logger(__name__)

SCHEMA_VERSION: Final = 1
_BATCH: Final = 500
_DELAY: Final = 0.05
_FIRST_RETRY: Final = 0.1
_LAST_RETRY: Final = 5.0
_WARN_EVERY: Final = 60.0
_BROKEN: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

# One statement per batch: sqlite3 lets go of the GIL around each step, and taking it back from a busy loop
# costs up to 5 ms a time.
_UPSERT: Final = """
INSERT INTO location (aor, bindings)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?) WHERE true
ON CONFLICT (aor) DO UPDATE SET bindings = excluded.bindings
"""
_DELETE: Final = "DELETE FROM location WHERE aor IN (SELECT value FROM json_each(?))"
_FAILURES: Final = (sqlite3.Error, sqlite3.Warning, OSError, ValueError)


class SchemaUnknownError(ValueError):
    """The file was written by another version of the switch."""


class LocationStore:
    """The bindings in one file. `load`, then `start`, then `save` at each change, at last `close`."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._condition = threading.Condition()
        self._all: dict[str, Bindings] = {}
        self._pending: dict[str, Bindings] = {}
        self._rows = Rows()
        self._closing = False
        self._writing = False
        self._thread: threading.Thread | None = None
        self._connection: sqlite3.Connection | None = None
        self._failures = 0
        self._warned_at = float("-inf")

    @property
    def failing(self) -> bool:
        """True while what should be on disk cannot be written."""
        return self._failures > 0

    def load(self) -> dict[str, Bindings]:
        """The stored bindings that have not expired. Never raises: a file that cannot be read is reported,
        set aside as `<name>.broken` when it is damaged or of another version, and nothing is returned.
        """
        try:
            connection = self._open()
            try:
                rows = connection.execute("SELECT aor, bindings FROM location").fetchall()
            finally:
                connection.close()
        except _FAILURES as error:
            self._report(error, "location database cannot be read: phones ring after they register again")
            self._set_aside_if_broken(error)
            return {}
        now = self._clock()
        loaded: dict[str, Bindings] = {}
        for aor, text in rows:
            try:
                bindings = tuple(one for one in decode(aor, text) if one.expires_at > now)
            except (ValueError, TypeError, LookupError) as error:
                _log.warning("stored bindings cannot be read", aor=aor, error=str(error))
                continue
            if bindings:
                loaded[aor] = bindings
            else:
                self._pending[aor] = ()
        self._all.update(loaded)
        return loaded

    def start(self) -> None:
        """Starts the writer thread."""
        self._thread = threading.Thread(target=self._run, name="location-store", daemon=True)
        self._thread.start()

    def save(self, aor: str, bindings: Bindings) -> None:
        """Notes the AOR's bindings, empty for none. Returns at once; the thread writes."""
        with self._condition:
            if bindings:
                self._all[aor] = bindings
            else:
                self._all.pop(aor, None)
            if not self._pending:
                self._condition.notify_all()
            self._pending[aor] = bindings

    def flush(self, timeout: float) -> bool:
        """Waits until all is written, at most `timeout` seconds; False when it is not. Not for the loop."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._pending and not self._writing, timeout)

    def close(self, timeout: float = 5.0) -> bool:
        """Writes what is left and stops; False when that failed or took longer than `timeout` seconds."""
        with self._condition:
            self._closing = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
        return not self._pending and not self._writing

    def _run(self) -> None:
        while batch := self._next_batch():
            try:
                self._write(batch)
            except Exception as error:  # whatever it is, the thread must live on and try again
                self._put_back(batch)
                self._failed(error)
                if self._closing:
                    break
                retry = min(_FIRST_RETRY * 2 ** min(self._failures - 1, 10), _LAST_RETRY)
                with self._condition:
                    self._condition.wait_for(lambda: self._closing, retry)
            else:
                self._succeeded()
        self._disconnect()

    def _next_batch(self) -> dict[str, Bindings]:
        """Waits for work and a moment more, so that one commit serves many; empty when closing."""
        with self._condition:
            self._condition.wait_for(lambda: self._pending or self._closing)
            self._condition.wait_for(lambda: self._closing, _DELAY)
            if len(self._pending) <= _BATCH:
                batch, self._pending = self._pending, {}
            else:
                batch = {aor: self._pending.pop(aor) for aor in list(self._pending)[:_BATCH]}
            self._writing = bool(batch)
            return batch

    def _write(self, batch: dict[str, Bindings]) -> None:
        connection = self._connect()
        bound, gone = self._rows.encode(batch)
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(_UPSERT, (bound,))
            connection.execute(_DELETE, (gone,))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _put_back(self, batch: dict[str, Bindings]) -> None:
        with self._condition:
            self._pending = {**batch, **self._pending}
            self._writing = False

    def _succeeded(self) -> None:
        if self._failures:
            _log.info("location database is written again", path=str(self._path), failures=self._failures)
            self._failures = 0
            self._warned_at = float("-inf")
        with self._condition:
            self._writing = False
            self._condition.notify_all()

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        self._disconnect()
        if self._failures == 1 or time.monotonic() - self._warned_at >= _WARN_EVERY:
            self._warned_at = time.monotonic()
            self._report(error, "location database cannot be written: bindings wait in memory")
        self._set_aside_if_broken(error)

    def _report(self, error: Exception, event: str) -> None:
        _log.warning(
            event,
            path=str(self._path),
            error=str(error),
            remedy="check free space, rights and other users of the file",
        )

    def _set_aside_if_broken(self, error: Exception) -> None:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF not in _BROKEN and not isinstance(error, SchemaUnknownError):
            return
        aside = self._path.with_name(self._path.name + ".broken")
        try:
            # The log goes first: without its database it is worthless, beside a fresh one it is poison.
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            self._path.replace(aside)
        except OSError as failure:
            _log.warning("damaged location database cannot be set aside", error=str(failure))
        else:
            _log.warning("damaged location database set aside", path=str(aside))

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._open()
            empty = self._connection.execute("SELECT NOT EXISTS (SELECT 1 FROM location)").fetchone()[0]
            if empty:
                # A fresh file, the old one was set aside or deleted: it needs every AOR, not the changes.
                with self._condition:
                    self._pending = {**self._all, **self._pending}
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except sqlite3.Error as error:
                _log.warning("location database did not close", error=str(error))

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(mode=0o600)
        connection = sqlite3.connect(self._path, timeout=0.2, isolation_level=None)
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA journal_size_limit = 16777216").fetchone()
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS location "
            "(aor TEXT PRIMARY KEY NOT NULL, bindings TEXT NOT NULL) WITHOUT ROWID"
        )
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    elif version != SCHEMA_VERSION:
        raise SchemaUnknownError(f"schema version {version} is unknown: this switch writes {SCHEMA_VERSION}")
