"""Recordings that are gone: their rows stay, and say so."""

import os
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from softswitch.app.keeper_messages import RecordingRules
from softswitch.app.kept_recordings import KeptRecordings
from softswitch.records.events import CallEvent, RecordingEnded, RecordingStarted
from softswitch.records.keeper import Keeper
from softswitch.reports.calls import calls
from softswitch.reports.period import Period
from softswitch.reports.selection import Selection
from tests.records.calls import T, call
from tests.records.test_keeper import read, write
from tests.reports.month import ZONE

FOREVER = 3650 * 86400.0
AGO = 1e8
"""So long before T that it is over, whatever today is."""


def recorded(name: str, file: str) -> list[CallEvent]:
    """A call and its recording."""
    *before, end = call(name)
    sound = (RecordingStarted(T + 5, name, file, ""), RecordingEnded(T + 60, name, file, 55.0, 1000))
    return [event._replace(at=event.at - AGO) for event in (*before, *sound, end)]


def shown(engine: Engine) -> str:
    """What the report says of the recordings."""
    with engine.connect() as connection:
        rows = calls(connection, Selection(Period(None, None), ZONE), 0).rows
    return ", ".join(sorted(str(row["files"]) for row in rows))


def test_what_is_deleted_is_told_and_so_is_what_somebody_deletes_or_puts_back(
    tmp_path: Path, url: URL, engine: Engine
) -> None:
    folder, journal = tmp_path / "recordings", tmp_path / "journal"
    (folder / "d").mkdir(parents=True)
    names = [f"d/{name}.flac" for name in ("old", "by-hand", "in-the-making", "kept")]
    for name in names:
        (folder / name).write_bytes(b"sound")
    os.utime(folder / names[0], (T - AGO, T - AGO))
    write(journal, [event for n, name in enumerate(names) for event in recorded(f"x-{n}", name)])
    keeper = Keeper(journal, url)
    told: list[Any] = []
    kept = KeptRecordings(folder, keeper, told.append)

    def look(keep: float) -> None:
        kept.rules = RecordingRules(keep=keep, min_free_gigabytes=0)
        kept._next = kept._next_for_all = float("-inf")
        kept.work()

    look(FOREVER)
    assert not keeper.ready, "nothing is noted before there is a database"
    read(keeper)
    (folder / names[1]).unlink()
    (folder / names[2]).rename(folder / "d" / "in-the-making.left")
    look(FOREVER)
    assert shown(engine) == "d/by-hand.flac (expired), d/in-the-making.flac, d/kept.flac, d/old.flac"
    shutil.copy(folder / names[3], folder / names[1])
    look(300.0)
    assert shown(engine) == "d/by-hand.flac, d/in-the-making.flac, d/kept.flac, d/old.flac (expired)"
    assert told == []
    keeper.close()
