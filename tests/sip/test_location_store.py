"""Bindings on disk: killed processes, full disks, locked and broken files."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bindings import binding
from structlog.testing import capture_logs

from softswitch.sip.location_store import LocationStore

DEADLINE = 20.0


def now() -> float:
    return 1000.0


def wait_for(condition: Callable[[], bool]) -> None:
    """Waits for what another thread brings about."""
    pause, end = threading.Event(), time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it never happened"
        pause.wait(0.005)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "location.db"


@pytest.fixture
def store(path: Path) -> Iterator[LocationStore]:
    store = LocationStore(path, now)
    store.load()
    store.start()
    yield store
    store.close()


def stored(path: Path) -> dict[str, int]:
    """How many bindings each AOR has on disk."""
    return {aor: len(bindings) for aor, bindings in LocationStore(path, now).load().items()}


def test_what_is_saved_is_loaded(store: LocationStore, path: Path) -> None:
    full = replace(binding("101", 1), q=0.5, instance="<urn:uuid:1>", reg_id=2, cseq=7)
    store.save("101", (full, binding("101", 2)))
    store.save("102", (binding("102"),))
    store.save("103", (binding("103"),))
    store.save("103", ())
    assert store.flush(DEADLINE)
    assert LocationStore(path, now).load() == {
        "101": (full, binding("101", 2)),
        "102": (binding("102"),),
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_connection_is_not_stored(store: LocationStore, path: Path) -> None:
    store.save("101", (binding("101", transport="tcp", connection="c1"),))
    assert store.flush(DEADLINE)
    (loaded,) = LocationStore(path, now).load()["101"]
    assert (loaded.source.transport, loaded.source.connection) == ("tcp", "")


def test_what_expired_is_neither_loaded_nor_kept(store: LocationStore, path: Path) -> None:
    store.save("101", (binding("101", 1, expires_at=1500.0), binding("101", 2, expires_at=2500.0)))
    store.save("102", (binding("102", expires_at=1500.0),))
    assert store.close()
    later = LocationStore(path, lambda: 2000.0)
    assert {aor: [one.source.ip for one in held] for aor, held in later.load().items()} == {
        "101": ["192.0.2.2"]
    }
    later.start()
    assert later.close()
    assert stored(path) == {"101": 2}


def test_closing_writes_what_is_left(path: Path) -> None:
    store = LocationStore(path, now)
    store.load()
    store.start()
    for number in range(2000):
        store.save(str(number), (binding(str(number)),))
    assert store.close(DEADLINE)
    assert len(stored(path)) == 2000


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from bindings import binding
from softswitch.sip.location_store import LocationStore
store = LocationStore(Path(sys.argv[1]), lambda: 1000.0)
store.load()
store.start()
number = 0
while True:
    for _ in range(20):
        number += 1
        store.save(str(number), (binding(str(number)),))
    if not store.flush(10):
        sys.exit("not written")
    print(number, flush=True)
"""


def test_kill_9_loses_nothing_that_was_written(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path), str(Path(__file__).parent)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as child:
        assert child.stdout is not None
        acknowledged = 0
        for _ in range(10):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(line) for line in child.stdout if line.endswith("\n"))])
    held = stored(path)
    assert acknowledged >= 200
    assert {str(number) for number in range(1, acknowledged + 1)} <= held.keys()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


FULL_DISK = """
import resource, sys, threading, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from bindings import binding
from softswitch.sip.location_store import LocationStore
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
store = LocationStore(Path(sys.argv[1]), lambda: 1000.0)
store.load()
store.start()
store.save("1", (binding("1"),))
assert store.flush(10)
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, hard))
for number in range(2, 1000):
    store.save(str(number), (binding(str(number)),))
pause, end = threading.Event(), time.monotonic() + 10
while not store.failing:
    assert time.monotonic() < end
    pause.wait(0.01)
assert not store.flush(0.3)
store.save("1", ())
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert store.flush(15), "never caught up"
assert not store.failing
assert store.close()
"""


def test_a_full_disk_is_survived_and_caught_up_with(path: Path) -> None:
    """A limit on the file's size stands for the full disk: the write fails just as it would there."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("cannot be written") == 1, done.stdout
    assert done.stdout.count("is written again") == 1
    assert stored(path).keys() == {str(number) for number in range(2, 1000)}


def test_a_locked_file_delays_the_writing_only(store: LocationStore, path: Path) -> None:
    store.save("101", (binding("101", 1),))
    assert store.flush(DEADLINE)
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with capture_logs() as logs:
        store.save("101", (binding("101", 2),))
        wait_for(lambda: store.failing)
        store.save("101", (binding("101", 2), binding("101", 3)))
        store.save("102", (binding("102"),))
        lock.execute("ROLLBACK")
        lock.close()
        assert store.flush(DEADLINE)
    assert stored(path) == {"101": 2, "102": 1}
    assert [line["log_level"] for line in logs] == ["warning", "info"]
    assert "locked" in logs[0]["error"]
    assert logs[0]["remedy"]


def test_a_file_locked_at_start_is_no_reason_not_to_start(path: Path) -> None:
    path.parent.mkdir()
    lock = sqlite3.connect(path, isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    store = LocationStore(path, now)
    with capture_logs() as logs:
        assert store.load() == {}
    assert [line["log_level"] for line in logs] == ["warning"]
    store.start()
    store.save("101", (binding(),))
    wait_for(lambda: store.failing)
    lock.execute("ROLLBACK")
    lock.close()
    assert store.flush(DEADLINE)
    assert store.close()
    assert stored(path) == {"101": 1}


def test_a_broken_file_is_set_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"This is no database. " * 500)
    store = LocationStore(path, now)
    with capture_logs() as logs:
        assert store.load() == {}
    assert all(line["log_level"] == "warning" for line in logs)
    assert path.with_name("location.db.broken").read_bytes().startswith(b"This is no")
    store.start()
    store.save("101", (binding(),))
    assert store.close()
    assert stored(path) == {"101": 1}


def test_a_file_that_breaks_while_in_use_is_written_anew_in_full(store: LocationStore, path: Path) -> None:
    for number in range(200):
        store.save(str(number), (binding(str(number)),))
    assert store.flush(DEADLINE)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.write(b"\xff" * path.stat().st_size)
    store.save("new", (binding("new"),))
    wait_for(lambda: store.flush(0.1) and len(stored(path)) == 201)


def test_a_file_of_a_later_version_is_kept_and_not_touched(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with capture_logs() as logs:
        assert LocationStore(path, now).load() == {}
    assert "schema version 99" in logs[0]["error"]
    with sqlite3.connect(path.with_name("location.db.broken")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (99,)
    connection.close()


def test_a_row_that_makes_no_sense_costs_only_itself(store: LocationStore, path: Path) -> None:
    store.save("101", (binding(),))
    assert store.close()
    with sqlite3.connect(path) as connection:
        for aor, text in (("a", "[[1]]"), ("b", "nonsense"), ("c", "[null]"), ("d", "7")):
            connection.execute("INSERT INTO location VALUES (?, ?)", (aor, text))
    connection.close()
    with capture_logs() as logs:
        assert stored(path) == {"101": 1}
    assert [line["aor"] for line in logs] == ["a", "b", "c", "d"]


def test_a_directory_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = LocationStore(tmp_path / "file" / "location.db", now)
    with capture_logs() as logs:
        assert store.load() == {}
        store.start()
        store.save("101", (binding(),))
        wait_for(lambda: store.failing)
        assert not store.close(DEADLINE)
    assert {line["log_level"] for line in logs} == {"warning"}
