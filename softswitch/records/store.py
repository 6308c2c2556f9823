"""The database of call records: SQLite or PostgreSQL, by the same code.

SQLite in WAL mode, so that reports read while records are written. synchronous=NORMAL: a power cut may take
the last moments.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.engine import URL, make_url

from softswitch.records.expressions import DAY
from softswitch.records.record import CallRecord, Row
from softswitch.records.sum_tables import SUM_DAYS
from softswitch.records.tables import CALLS, LEGS, METADATA, RECORDINGS, STEPS

PATIENCE: Final = 5.0
"""Seconds for the server, or for whoever has locked the file."""
NEWEST: Final = "0006"
"""The last step in migrations/versions, whose shape tables.py has."""
_VERSION: Final = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True, nullable=False)
)
"""As Alembic has it."""
_INSERTS: Final[dict[str, Any]] = {
    "sqlite": (sqlite.insert, sqlite.dialect()),
    "postgresql": (postgresql.insert, psycopg.dialect()),  # type: ignore[no-untyped-call]
}


def database_url(state_directory: Path, configured: str | None) -> URL:
    """The database that the dialplan means: the one it names, else a file in its state directory."""
    if configured is None:
        return URL.create("sqlite", database=str(state_directory / "records.db"))
    return make_url(configured).set(drivername="postgresql+psycopg")


def shown(url: URL) -> str:
    """The database's name for people: without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def open_engine(url: URL, patience: float = PATIENCE) -> Engine:
    """Connects at the first use. `patience`: seconds until a lock or a silent server is an error."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": patience})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    milliseconds = str(int(patience * 1000))
    return create_engine(
        url,
        pool_size=1,
        connect_args={
            "connect_timeout": max(2, int(patience)),  # libpq counts less than two seconds as two
            "tcp_user_timeout": milliseconds,
            "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
            "application_name": "softswitch",
            **url.query,
        },
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Left to itself, the driver begins no transaction before CREATE: half a migration would stay.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def migrate(engine: Engine) -> None:
    """Brings the database to the shape of tables.py. Raises SQLAlchemy's errors, and ValueError for one that
    a newer switch has changed.

    An empty one is made at once; only an older one needs Alembic, which takes longer to import than all this.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # two switches may start at once
            connection.execute(select(func.pg_advisory_xact_lock(0x5EC07D)))
        there = inspect(connection).has_table(_VERSION.name)
        current = connection.execute(select(_VERSION.c.version_num)).scalar() if there else None
        if current == NEWEST:
            return
        if current is None:
            METADATA.create_all(connection)
            _VERSION.create(connection, checkfirst=True)
            connection.execute(insert(_VERSION).values(version_num=NEWEST))
            return
        from softswitch.records.migrations.upgrade import upgrade

        if connection.dialect.name == "postgresql":  # an index over millions of calls takes its time
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        upgrade(connection, current)


def is_older(connection: Connection) -> bool:
    """Whether it has a shape that `migrate` would change, as far as it says what shape it has."""
    if not inspect(connection).has_table(_VERSION.name):
        return False
    current = connection.execute(select(_VERSION.c.version_num)).scalar()
    return current is not None and current < NEWEST


def write(connection: Connection, records: Sequence[CallRecord]) -> None:
    """Each record whose call is not there yet; nothing changes for one that is."""
    _make_stale(connection, records)
    _insert(connection, CALLS, (record.call for record in records))
    _insert(connection, LEGS, (leg for record in records for leg in record.legs))
    _insert(connection, STEPS, (step for record in records for step in record.steps))
    _insert(connection, RECORDINGS, (one for record in records for one in record.recordings))


def _make_stale(connection: Connection, records: Sequence[CallRecord]) -> None:
    """What is summed up of the days on which they began does not hold any more: see sums.py."""
    statement, arranged = _stale_statement(connection.dialect.name)
    days = sorted({int(record.call["started_at"] // DAY) for record in records})
    if days:
        connection.exec_driver_sql(statement, [arranged({"day": day, "fresh": False}) for day in days])


@cache
def _stale_statement(dialect: str) -> tuple[str, Callable[[Row], Any]]:
    insert_into, kind = _INSERTS[dialect]
    made = insert_into(SUM_DAYS).values(day=0, fresh=False)
    made = made.on_conflict_do_update(
        index_elements=[SUM_DAYS.c.day], set_={"fresh": made.excluded.fresh}, where=SUM_DAYS.c.fresh
    )
    return _for_driver(made.compile(dialect=kind, column_keys=["day", "fresh"]), SUM_DAYS)


def _insert(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    statement, arranged = _statement(connection.dialect.name, table)
    listed = [arranged(row) for row in rows]
    if listed:
        # As the driver takes them: SQLAlchemy's look at every value would cost as much as the rest together.
        connection.exec_driver_sql(statement, listed)


@cache
def _statement(dialect: str, table: Table) -> tuple[str, Callable[[Row], Any]]:
    """The INSERT, and how the driver wants a row: by name or by position."""
    insert_into, kind = _INSERTS[dialect]
    return _for_driver(insert_into(table).on_conflict_do_nothing().compile(dialect=kind), table)


def _for_driver(compiled: Any, table: Table) -> tuple[str, Callable[[Row], Any]]:
    if not compiled.positiontup:
        return str(compiled), lambda row: row
    in_order = itemgetter(*compiled.positiontup)
    if any(isinstance(column.type, Numeric) and column.type.asdecimal for column in table.columns):
        return str(compiled), lambda row: tuple(map(_plain, in_order(row)))
    return str(compiled), in_order


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value  # SQLite has no decimals
