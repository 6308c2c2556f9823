"""The database, on SQLite and PostgreSQL alike."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import URL

from softswitch.records import store
from softswitch.records.derive import derive
from softswitch.records.events import CallStarted
from softswitch.records.migrations.upgrade import upgrade
from softswitch.records.tables import CALLS, LEGS, METADATA, STEPS
from softswitch.reports.database import reading
from softswitch.reports.result import ReportError
from tests.records.calls import call


def count(engine: Engine, table: object = CALLS) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


@pytest.mark.parametrize("by_steps", [False, True])
def test_the_steps_lead_to_the_shape_of_the_tables(engine: Engine, by_steps: bool) -> None:
    if by_steps:
        with engine.begin() as connection:
            upgrade(connection, None)
    store.migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == [], (
            "tables.py has changed: it needs a step in migrations/"
        )
        assert context.get_current_revision() == store.NEWEST
    store.migrate(engine)  # nothing to do


def test_a_record_is_written_once(engine: Engine) -> None:
    store.migrate(engine)
    records = [derive(call(f"x-{n}")) for n in range(3)]
    for _ in range(2):
        with engine.begin() as connection:
            store.write(connection, records)
    assert (count(engine), count(engine, LEGS), count(engine, STEPS)) == (3, 6, 6)
    with engine.connect() as connection:
        row = connection.execute(select(CALLS).where(CALLS.c.id == "x-1")).mappings().one()
    assert dict(row) == records[1].call


def test_texts_from_the_wire_fit(engine: Engine) -> None:
    store.migrate(engine)
    events = call("x-1", caller_name="A\0\udc80ä" + "x" * 500)
    assert isinstance(events[0], CallStarted)
    with engine.begin() as connection:
        store.write(connection, [derive(events)])
    assert count(engine) == 1


def test_reports_say_what_to_do_with_an_older_database(engine: Engine, url: URL) -> None:
    store.migrate(engine)
    with reading(url):
        pass
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(ReportError, match="older switch"), reading(url):
        pass


def test_a_database_of_a_newer_switch_is_refused(engine: Engine) -> None:
    store.migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'ffff'")
    with pytest.raises(ValueError, match="newer switch"):
        store.migrate(engine)


def test_what_people_are_shown_of_it(tmp_path: Path) -> None:
    assert store.shown(store.database_url(tmp_path, None)) == str(tmp_path / "records.db")
    url: URL = store.database_url(tmp_path, "postgresql://switch:hush@db.example/calls")
    assert store.shown(url) == "postgresql://switch:***@db.example/calls"
