"""A disk that is full, for real: a file system of 300 kB."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from softswitch.app.keeper_messages import Begin
from softswitch.app.record_keeper import RecordKeeper
from softswitch.records import store
from softswitch.records.journal import Journal
from softswitch.records.tables import CALLS
from tests.records.calls import call
from tests.records.test_journal import Loop


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.getuid() != 0 or not _mount("-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)):
        pytest.skip("mounting a small file system is not permitted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_events_wait_in_memory_and_records_in_the_journal_until_there_is_room(small_disk: Path) -> None:
    loop = Loop()
    url = store.database_url(small_disk, None)
    journal = Journal(small_disk / "journal", loop.call_soon)
    keeper = RecordKeeper(Begin(small_disk, None), lambda *_: None)
    journal.start()
    keeper.start()
    names = [f"x-{n}" for n in range(2000)]
    for name in names:
        for event in call(name):
            journal.take(event)
        loop.turn()
    assert journal.failing
    assert _mount("-o", "remount,size=50m", str(small_disk))
    assert journal.close()
    assert keeper.close(timeout=60)
    engine = store.open_engine(url)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(CALLS)).scalar_one() == len(names)
    engine.dispose()
