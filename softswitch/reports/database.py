"""The database of call records, opened to be read only: a report can neither harm nor hold up the switch."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from softswitch.records import store
from softswitch.records.tables import CALLS
from softswitch.reports.result import ReportError

_PATIENCE: Final = 10
"""Seconds for a lock, and for a server to answer."""
_READ_ONLY: Final = "-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"


@contextmanager
def reading(url: URL) -> Iterator[Connection]:
    """A connection in one transaction, so that all of a report is of one moment. Raises ReportError."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(CALLS.name):
                raise ReportError(
                    f"{_shown(url)} holds no call records", "name the switch's dialplan with --dialplan FILE"
                )
            if store.is_older(connection):
                raise ReportError(
                    f"the call records in {_shown(url)} are of an older switch",
                    "start the switch once: it brings them up to date",
                )
            yield connection
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        raise ReportError(
            f"the call records in {_shown(url)} cannot be read: {reason}",
            "see that the database runs and that this user may read it",
        ) from None
    finally:
        engine.dispose()


@contextmanager
def writing(url: URL) -> Iterator[Engine]:
    """For the one command that changes records. Raises ReportError where there are none."""
    with reading(url):
        pass
    arguments = {"timeout": _PATIENCE} if url.get_backend_name() == "sqlite" else dict(url.query)
    engine = create_engine(url, connect_args=arguments)
    try:
        store.migrate(engine)
        yield engine
    finally:
        engine.dispose()


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(
            url,
            connect_args={
                "connect_timeout": _PATIENCE,
                "options": _READ_ONLY,
                "application_name": "softswitch report",
                **url.query,
            },
        )
    file = Path(url.database or "").absolute()
    if not file.is_file():
        raise ReportError(
            f"there are no call records at {file}",
            "name the switch's dialplan with --dialplan FILE, its state directory with --state DIR, or the "
            "database with --database",
        )
    uri = f"file:{quote(str(file))}?mode=ro&uri=true"
    engine = create_engine(f"sqlite:///{uri}", connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # 64 MB of pages, and sorting in memory: large reports are several times faster.
    for pragma in ("query_only = ON", "cache_size = -65536", "temp_store = MEMORY", "mmap_size = 4294967296"):
        connection.execute(f"PRAGMA {pragma}").close()


def _shown(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
