"""From the journal to the database: every call once, whatever dies or is locked in between."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from softswitch.records import keeper as module
from softswitch.records import store
from softswitch.records.events import CallEvent
from softswitch.records.journal import Journal, segment_path, segments
from softswitch.records.keeper import Keeper
from softswitch.records.tables import CALLS
from tests.records.calls import call
from tests.records.test_journal import Loop
from tests.rig.postgresql import PostgresServer


def write(folder: Path, events: Iterable[CallEvent], **settings: Any) -> None:
    """One run of a switch."""
    journal = Journal(folder, Loop().call_soon, **settings)
    journal.start()
    for event in events:
        journal.take(event)
        journal.flush()
        if settings:
            journal._tend()
    journal.close()


@pytest.fixture
def keep() -> Iterator[Callable[..., Keeper]]:
    """Makes keepers without a thread, and closes them."""
    with contextlib.ExitStack() as stack:

        def make(folder: Path, url: URL, **settings: Any) -> Keeper:
            keeper = Keeper(folder, url, **settings)
            stack.callback(keeper.close)
            return keeper

        yield make


def read(keeper: Keeper) -> None:
    while keeper.turn():
        pass


def rows(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        return {row.id: row for row in connection.execute(select(CALLS))}


def test_each_call_is_recorded_once_also_when_read_again(
    tmp_path: Path, keep: Callable[..., Keeper], url: URL, engine: Engine
) -> None:
    folder = tmp_path / "journal"
    write(folder, [event for n in range(300) for event in call(f"x-{n}")])
    for _ in range(2):
        read(keep(folder, url))
    found = rows(engine)
    assert set(found) == {f"x-{n}" for n in range(300)}
    assert not any(row.recovered for row in found.values())


def test_calls_that_the_switch_died_in(
    tmp_path: Path, keep: Callable[..., Keeper], url: URL, engine: Engine
) -> None:
    folder = tmp_path / "journal"
    ends = []
    for run in range(2):
        write(folder, [*call(f"{run}-1"), *call(f"{run}-2", ends=False)])
        last = segment_path(folder, segments(folder)[-1])
        with last.open("ab") as file:
            file.write(b'12345678 ["CallEnded",180')  # torn
        ends.append(1_800_000_100.0 + run)
        os.utime(last, (ends[-1], ends[-1]))
    keeper = keep(folder, url)
    read(keeper)
    # The second run is not known to be over before a third one writes.
    assert set(rows(engine)) == {"0-1", "0-2", "1-1"}
    write(folder, call("2-1"))
    read(keeper)
    found = rows(engine)
    assert set(found) == {"0-1", "0-2", "1-1", "1-2", "2-1"}
    died = found["1-2"]
    assert (died.outcome, died.blame, died.recovered) == ("switch-died", "us", True)
    assert died.answered_at is not None
    assert not found["2-1"].recovered


def test_segments_go_when_all_their_calls_are_recorded(
    tmp_path: Path, keep: Callable[..., Keeper], url: URL
) -> None:
    folder = tmp_path / "journal"
    long = call("long")
    write(folder, [*long[:-1], *call("x-1"), *call("x-2")], segment=100)
    keeper = keep(folder, url)
    before = segments(folder)
    assert len(before) > 5
    read(keeper)
    assert segments(folder) == before, "the long call is not over"
    write(folder, call("y"))
    read(keeper)
    assert len(segments(folder)) == 1
    assert keeper.state.behind_bytes == 0


def test_a_locked_database_is_caught_up_with(
    tmp_path: Path, keep: Callable[..., Keeper], url: URL, engine: Engine
) -> None:
    folder = tmp_path / "journal"
    store.migrate(engine)
    write(folder, call("x-1"))
    keeper = keep(folder, url, patience=0.2)
    with contextlib.ExitStack() as stack:
        if url.get_backend_name() == "sqlite":
            lock = stack.enter_context(contextlib.closing(sqlite3.connect(str(url.database))))
            lock.execute("BEGIN EXCLUSIVE")
        else:
            connection = stack.enter_context(engine.connect())
            connection.exec_driver_sql("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE")
        for _ in range(2):
            with pytest.raises(OperationalError):
                keeper.turn()
    read(keeper)
    assert set(rows(engine)) == {"x-1"}


def test_a_server_that_is_killed_and_returns(
    tmp_path: Path, keep: Callable[..., Keeper], postgres: PostgresServer
) -> None:
    url = store.database_url(tmp_path, postgres.create("killed"))
    folder = tmp_path / "journal"
    keeper = keep(folder, url, patience=1)
    write(folder, call("x-1"))
    read(keeper)
    postgres.kill()
    try:
        write(folder, call("x-2"))
        with pytest.raises(OperationalError):
            read(keeper)
    finally:
        postgres.start()
    read(keeper)
    engine = store.open_engine(url)
    assert set(rows(engine)) == {"x-1", "x-2"}
    engine.dispose()


def test_one_record_that_is_refused_keeps_no_other_back(
    tmp_path: Path, keep: Callable[..., Keeper], url: URL, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    derive = module.derive

    def spoilt(events: list[CallEvent], died_at: float | None = None) -> Any:
        record = derive(events, died_at)
        if events[0].call == "x-1":
            record.call["caller"] = None
        if events[0].call == "x-2":
            raise RuntimeError("a fault")
        return record

    monkeypatch.setattr(module, "derive", spoilt)
    folder = tmp_path / "journal"
    write(folder, [event for n in range(5) for event in call(f"x-{n}")])
    read(keep(folder, url))
    assert set(rows(engine)) == {"x-0", "x-3", "x-4"}
