"""The journal: what is taken is with the kernel at once, in order, whatever the disk does."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from softswitch.records import journal as module
from softswitch.records.encoding import RunStarted, event_of
from softswitch.records.events import CallEvent
from softswitch.records.journal import Journal, segment_path, segments
from tests.records.calls import call


class Loop:
    """Runs at `turn` what was wanted soon."""

    def __init__(self) -> None:
        self._soon: list[Callable[[], Any]] = []

    def call_soon(self, work: Callable[[], Any]) -> None:
        self._soon.append(work)

    def turn(self) -> None:
        soon, self._soon = self._soon, []
        for work in soon:
            work()


def on_disk(folder: Path) -> list[CallEvent]:
    events = []
    for number in segments(folder):
        for line in segment_path(folder, number).read_bytes().splitlines():
            event = event_of(line)
            assert event is not None
            if not isinstance(event, RunStarted):
                events.append(event)
    return events


def test_events_are_on_disk_after_the_turn_and_an_answer_at_once(tmp_path: Path) -> None:
    loop = Loop()
    journal = Journal(tmp_path, loop.call_soon)
    journal.start()
    events = call("x-1")
    for event in events[:3]:
        journal.take(event)
    assert on_disk(tmp_path) == []
    loop.turn()
    assert on_disk(tmp_path) == events[:3]
    journal.take(events[3])
    assert on_disk(tmp_path) == events[:4]
    journal.take(events[4])
    assert journal.close()
    assert on_disk(tmp_path) == events


def test_each_run_and_each_full_segment_begins_a_new_one(tmp_path: Path) -> None:
    taken = []
    for run in range(2):
        loop = Loop()
        journal = Journal(tmp_path, loop.call_soon, segment=200)
        journal.start()
        for n in range(3):
            for event in call(f"{run}-{n}"):
                journal.take(event)
                taken.append(event)
            loop.turn()
            journal._tend()
        journal.close()
    assert len(segments(tmp_path)) == 8
    assert on_disk(tmp_path) == taken


def test_a_full_disk_keeps_events_in_memory_and_writes_them_from_the_very_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, really = 150, os.write

    def write(file: int, data: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = really(file, data[:room])
        room -= written
        return written

    monkeypatch.setattr(module.os, "write", write)
    loop = Loop()
    journal = Journal(tmp_path, loop.call_soon, most=20_000)
    journal.start()
    taken: list[CallEvent] = []
    for n in range(10):
        for event in call(f"x-{n}"):
            journal.take(event)
            taken.append(event)
        loop.turn()
    assert journal.failing
    journal._tend()
    assert journal.failing
    room = 400
    journal._tend()
    assert journal.failing
    room = 10**6
    journal._tend()
    assert not journal.failing
    assert on_disk(tmp_path) == taken
    for event in call("y"):
        journal.take(event)
    journal.close()
    assert on_disk(tmp_path) == [*taken, *call("y")]
    assert journal.lost == 0


def test_memory_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    journal = Journal(
        tmp_path / "file" / "journal", Loop().call_soon, most=3000
    )  # no folder can be made there
    journal.start()
    for n in range(100):
        for event in call(f"x-{n}"):
            journal.take(event)
    assert journal.lost > 400
    assert not journal.close()


@pytest.mark.parametrize("line", [b"", b"x", b"12345678 []", b"\xff" * 40])
def test_a_damaged_line_is_no_event(line: bytes) -> None:
    assert event_of(line) is None
