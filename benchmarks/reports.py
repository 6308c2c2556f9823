"""How long every standard report takes over five million calls of a year, in SQLite and in PostgreSQL.

One week is made call by call (history.py); the database itself copies it over the other weeks, with callers
from outside of their own. The first week's days are summed up as the switch does it, and their sums are
copied likewise, but for the last three days: it is Friday noon. Each figure is the median of three runs, from
opening the database to the answer.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Engine,
    Integer,
    String,
    Table,
    case,
    cast,
    create_engine,
    event,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.engine import URL

from benchmarks.history import DAY, DEPARTMENTS, PEOPLE, TRUNKS, WEEK, week
from benchmarks.processes import BenchmarkError
from benchmarks.results import Report
from benchmarks.running import Setting, main
from benchmarks.spread import median
from softswitch.records import store, sums
from softswitch.records.expressions import QUARTER
from softswitch.records.sum_tables import COST_SUMS, SUM_DAYS
from softswitch.records.tables import CALLS, LEGS, RECORDINGS, STEPS
from softswitch.reports import calls, costs, departments, lines, missed, people, queues, scenarios, traffic
from softswitch.reports.conditions import parse_condition
from softswitch.reports.database import reading
from softswitch.reports.period import Period
from softswitch.reports.selection import Company, Selection
from tests.rig.postgresql import PostgresServer

CALLS_IN_ALL: Final = 5_000_000
WEEKS: Final = 52
LONGEST: Final = 2.0
"""Seconds that a standard report may take."""
_NEEDS: Final = 20 * 2**30
"""Bytes of disk: the larger database, its indexes being made, and room for others."""
_MONDAY: Final = 1_736_121_600.0  # 2025-01-06
_ZONE: Final = ZoneInfo("Europe/Berlin")
_TABLES: Final = (CALLS, LEGS, STEPS, RECORDINGS)
_COMPANY: Final = Company(
    {number: f"Person {number}" for number in PEOPLE},
    {key: (key, frozenset(PEOPLE[nth * 40 : nth * 40 + 40])) for nth, key in enumerate(DEPARTMENTS)},
    dict.fromkeys(TRUNKS, 60),
)
Ask = Callable[[Connection, Selection], Any]


def standard() -> dict[str, list[Ask]]:
    """Every report, with each of the things that its rows can be about."""
    return {
        "calls": [lambda db, which: calls.calls(db, which, 100)],
        "traffic": [lambda db, which, by=by: traffic.traffic(db, which, by) for by in traffic.BY],
        "lines": [lambda db, which: lines.lines(db, which, _COMPANY)],
        "people": [lambda db, which: people.people(db, which, _COMPANY)],
        "departments": [lambda db, which: departments.departments(db, which, _COMPANY)],
        "queues": [lambda db, which: queues.queues(db, which)],
        "costs": [lambda db, which, by=by: costs.costs(db, which, _COMPANY, by) for by in costs.BY],
        "scenarios": [
            lambda db, which, by=by: scenarios.scenarios(db, which, by)
            for by in (None, *scenarios.BY)
            if by != "caller"
        ],
        "missed": [lambda db, which: missed.missed(db, which, _COMPANY, 100)],
    }


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    report = Report("reports", "Reports over five million calls")
    count, weeks = (600, 2) if setting.quick else (CALLS_IN_ALL, WEEKS)
    if not setting.quick and shutil.disk_usage(setting.folder).free < _NEEDS:
        raise BenchmarkError(f"there is too little room in {setting.folder}: {_NEEDS >> 30} GB are needed")
    for name, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with opened(setting.folder) as url:
            _measure(report, name, url, count, weeks, runs=1 if setting.quick else 3)
    report.note(
        f"{count:,} calls in {weeks} weeks, of {len(PEOPLE)} people. Of a report with --by: its slowest one, "
        "but for scenarios by caller, which reads the records."
    )
    report.note("A filter that no sum knows reads the records: the last rows say how long that takes.")
    return report


def _measure(report: Report, name: str, url: URL, count: int, weeks: int, runs: int) -> None:
    now = _MONDAY + (weeks - 1) * WEEK + 4.5 * DAY
    began = time.monotonic()
    build(url, count, weeks)
    report.add(f"{name}: building the records", f"{time.monotonic() - began:.0f} s")
    engine = store.open_engine(url)
    first = range(int(_MONDAY // DAY), int(_MONDAY // DAY) + 7)
    taken = [_seconds(lambda day=day: sums.sum_up(engine, day)) for day in first]  # type: ignore[misc]
    engine.dispose()
    engine = _engine_for_building(url)
    with engine.begin() as connection:
        for nth in range(1, weeks):
            _copy_sums(connection, nth, int((now - sums.LATE) // DAY))
    with engine.connect() as connection:
        there = connection.execute(select(func.count()).select_from(CALLS)).scalar_one()
        rows = sum(
            connection.execute(select(func.count()).select_from(one)).scalar_one()
            for one in dict.fromkeys(one.table for one in sums.ALL)
        )
    _tidy(engine)
    engine.dispose()
    report.add(
        f"{name}: summing up a workday's {count // weeks // 5:,} calls, once", f"{median(taken):.2f} s"
    )
    report.add(f"{name}: calls; rows of sums", f"{there:,}; {rows:,}")
    ever = Selection(Period(None, None), _ZONE)
    month = Selection(Period(now - 30 * DAY, None), _ZONE)
    for title, selection in (("everything", ever), ("30 days", month)):
        for which, asked in standard().items():
            slowest = max(median([_ask(url, one, selection) for _ in range(runs)]) for one in asked)
            report.at_most(f"{name}, {title}: {which}", slowest, LONGEST, "{:.2f} s")
    filtered = Selection(month.period, _ZONE, (parse_condition("talking>10 and mos>4"),))
    for which in ("people", "traffic", "scenarios"):
        report.add(
            f"{name}, 30 days, filtered by talk and MOS: {which}",
            f"{_ask(url, standard()[which][0], filtered):.2f} s",
        )


def _ask(url: URL, ask: Ask, selection: Selection) -> float:
    def whole() -> None:
        with reading(url) as connection:
            ask(connection, selection)

    return _seconds(whole)


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# ---- the databases ----


@contextmanager
def _sqlite(folder: Path) -> Iterator[URL]:
    folder.mkdir(parents=True, exist_ok=True)
    yield store.database_url(folder, None)
    for file in folder.glob("records.db*"):  # room for the other
        file.unlink()


@contextmanager
def _postgresql(folder: Path) -> Iterator[URL]:
    server = PostgresServer()
    try:
        server.start()
        yield store.database_url(folder, server.create("calls"))
    finally:
        server.remove()


def build(url: URL, count: int, weeks: int) -> None:
    """An empty database becomes one with so many calls."""
    engine = store.open_engine(url)
    store.migrate(engine)
    engine.dispose()
    engine = _engine_for_building(url)
    indexes = [index for table in _TABLES for index in table.indexes]
    with engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
        portion = []
        for record in week(count // weeks, _MONDAY):
            portion.append(record)
            if len(portion) == 2000:
                store.write(connection, portion)
                portion.clear()
        store.write(connection, portion)
    for nth in range(1, weeks):
        with engine.begin() as connection:
            for table in _TABLES:
                _copy(connection, table, nth)
        _say(f"week {nth + 1} of {weeks}")
    with engine.begin() as connection:
        for index in indexes:
            index.create(connection)
            _say(f"index {index.name}")
        days = range(int(_MONDAY // DAY), int(_MONDAY // DAY) + 7 * weeks)
        connection.execute(SUM_DAYS.delete())
        connection.execute(insert(SUM_DAYS), [{"day": day, "fresh": False} for day in days])
    _tidy(engine)
    engine.dispose()


def _copy(connection: Connection, table: Table, nth: int) -> None:
    """The first week's rows, moved on by `nth` weeks."""
    name = f"w{nth:02}-"
    values: dict[str, Any] = {column.name: column for column in table.columns}
    for key in ("started_at", "answered_at", "ended_at", "ringing_at", "at"):
        if key in values:
            values[key] = table.c[key] + nth * float(WEEK)
    for key in {"id", "call", "file"} & set(values):
        values[key] = literal(name) + table.c[key]
    if table is CALLS:
        c = table.c
        outside = func.substr(c.caller, 1, func.length(c.caller) - 2) + literal(f"{nth:02}")
        values["caller"] = case((c.direction == "in", outside), else_=c.caller)
    key = table.c.id if table is CALLS else table.c.call
    # Names of the first week are between these; a range finds them by the key.
    rows = select(*values.values()).where(key >= "1-", key < "1.")
    connection.execute(insert(table).from_select(list(values), rows))


def _copy_sums(connection: Connection, nth: int, until: int) -> None:
    """The first week's sums, moved on by `nth` weeks: days before `until`."""
    week_one = int(_MONDAY // DAY)
    for table in dict.fromkeys(one.table for one in sums.ALL):
        values: dict[str, Any] = {column.name: column for column in table.columns}
        values["day"] = table.c.day + 7 * nth
        quarters = nth * int(WEEK) // QUARTER
        if "part" in values and isinstance(table.c.part.type, Integer):
            values["part"] = table.c.part + quarters
        elif table is COST_SUMS:
            later = cast(cast(table.c.part, Integer) + quarters, String(64))
            values["part"] = case((table.c.dimension == "month", later), else_=table.c.part)
        days = table.c.day.between(week_one, min(week_one + 6, until - 7 * nth - 1))
        connection.execute(insert(table).from_select(list(values), select(*values.values()).where(days)))
    connection.execute(update(SUM_DAYS).where(SUM_DAYS.c.day < until).values(fresh=True))


def _engine_for_building(url: URL) -> Engine:
    """Nothing here must outlive a power cut."""
    engine = create_engine(url)

    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # no look at each leg's call
        connection.commit()

    def prepare_sqlite(connection: Any, _record: object) -> None:
        for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -500000"):
            connection.execute(f"PRAGMA {pragma}").close()

    event.listen(engine, "connect", prepare_sqlite if engine.dialect.name == "sqlite" else prepare)
    return engine


def _tidy(engine: Engine) -> None:
    """As PostgreSQL's autovacuum does in the quiet; and SQLite is told what is in its indexes."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM ANALYZE")


def _say(words: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{words:40}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(["reports"]))
