"""The keeper's process: told, listened to, started anew; and it ends with the switch, however that ends."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from softswitch.app.keeper_messages import Begin, RecordingRules
from softswitch.app.pricing import prices_of
from softswitch.app.record_keeper import RecordKeeper
from softswitch.config import load_text
from softswitch.records.spending import Spent
from tests.records.calls import call
from tests.records.test_keeper import write
from tests.tariffs.test_keeper_prices import DIALPLAN, outside

WITHIN = 60.0


def wait_for(condition: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline, f"not within {WITHIN} s: {what}"
        time.sleep(0.01)


def soon(callback: Callable[..., None], *arguments: Any) -> None:
    callback(*arguments)


def recorded(state: Path) -> list[str]:
    """The ids of the calls in the database."""
    with closing(sqlite3.connect(f"file:{state / 'records.db'}?mode=ro", uri=True)) as database:
        return [row[0] for row in database.execute("SELECT id FROM calls ORDER BY id")]


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[RecordKeeper]:
    keeper = RecordKeeper(Begin(tmp_path, None), soon)
    yield keeper
    keeper.close()


def test_it_writes_all_that_the_journal_has_before_it_ends(tmp_path: Path, keeper: RecordKeeper) -> None:
    dialplan = load_text(DIALPLAN, tmp_path / "office.yaml", {})
    told: list[Spent] = []
    keeper.on_spent = lambda calls, new: told.extend(calls)
    keeper.tell(prices_of(dialplan))
    keeper.start()
    write(tmp_path / "journal", [*call("x-1"), *outside("x-2", time.time())])
    assert keeper.close(WITHIN)
    assert recorded(tmp_path) == ["x-1", "x-2"]
    assert [(one.call, one.extension, str(one.amount)) for one in told] == [("x-2", "101", "0.2500")]
    assert keeper.state.recorded == 2
    assert keeper.state.database == str(tmp_path / "records.db")


def test_one_that_is_killed_is_started_anew_and_nothing_is_doubled(
    tmp_path: Path, keeper: RecordKeeper
) -> None:
    keeper.start()
    write(tmp_path / "journal", call("x-1"))
    wait_for(lambda: keeper.state.recorded, "the first record")
    first = keeper.pid
    with capture_logs() as logs:
        os.kill(first or 0, signal.SIGKILL)
        wait_for(lambda: keeper.pid not in (None, first), "another keeper")
        write(tmp_path / "journal", call("x-2"))
        wait_for(lambda: len(recorded(tmp_path)) == 2, "the second record")
    assert [line["reason"] for line in logs if "died" in line["event"]] == ["signal 9"]
    assert keeper.close(WITHIN)
    assert recorded(tmp_path) == ["x-1", "x-2"]
    assert keeper.state.failing == ""


def test_a_database_that_cannot_be_written_is_told_of(tmp_path: Path, keeper: RecordKeeper) -> None:
    (tmp_path / "records.db").write_bytes(b"no database at all" * 100)
    with capture_logs() as logs:
        keeper.start()
        wait_for(lambda: keeper.state.failing, "the state")
        assert not keeper.close(WITHIN), "it could write nothing"
    warnings = [line for line in logs if line["event"].startswith("call records cannot be written")]
    assert warnings
    assert (warnings[0]["log_level"], warnings[0]["error"]) == ("warning", "file is not a database")


def test_a_disk_that_runs_full_is_told_of_and_so_is_room(tmp_path: Path, keeper: RecordKeeper) -> None:
    (tmp_path / "recordings").mkdir()
    full: list[bool] = []
    keeper.on_full = full.append
    keeper.tell(RecordingRules(min_free_gigabytes=100_000))
    keeper.start()
    wait_for(lambda: full == [True], "that it is full")
    keeper.tell(RecordingRules(min_free_gigabytes=0))
    wait_for(lambda: full == [True, False], "that there is room")
    assert keeper.close(WITHIN)


SWITCH = """
import sys, time
from pathlib import Path
from softswitch.app.keeper_messages import Begin, RecordingRules
from softswitch.app.record_keeper import RecordKeeper
keeper = RecordKeeper(Begin(Path(sys.argv[1]), None), lambda *_: None)
keeper.start()
while keeper.pid is None or not keeper.state.database:
    time.sleep(0.01)
print(keeper.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_with_the_switch_and_only_with_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SWITCH, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert os.getpriority(os.PRIO_PROCESS, pid) == 10
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):  # as to a whole control group
            os.kill(pid, number)
        assert Path(f"/proc/{pid}/stat").exists()
        process.kill()
        wait_for(lambda: not Path(f"/proc/{pid}/stat").exists() or is_zombie(pid), "the keeper's end")


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] == "Z"
    except OSError:
        return True


def test_the_switch_itself_has_no_database_in_memory() -> None:
    program = (
        "import sys, softswitch.app.running\n"
        "bad = {'sqlalchemy', 'sqlite3.dump', 'psycopg', 'alembic'} & set(sys.modules)\n"
        "sys.exit(f'loaded {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_keeper_has_nothing_of_the_switch_in_memory() -> None:
    program = (
        "import sys, softswitch.app.keeper_process\n"
        "bad = {'pydantic', 'softswitch.config', 'softswitch.calls', 'pjsua2', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'loaded {bad}' if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
