"""Work in order, beside the loop; what fails is told, and the rest goes on."""

import asyncio
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from softswitch.disk.thread import DiskThread


async def test_in_order_beside_the_loop_and_all_of_it_before_the_end() -> None:
    disk, done, may = DiskThread("thing"), list[int](), threading.Event()
    disk.later(may.wait)
    for number in range(20):
        disk.later(lambda number=number: done.append(number))
    assert done == [], "the loop goes on"
    may.set()
    await disk.close()
    assert done == list(range(20))


async def test_what_is_asked_for_while_it_closes_is_done_too() -> None:
    disk, done = DiskThread("thing"), list[str]()
    complete = asyncio.Event()

    async def finish() -> None:
        await complete.wait()
        disk.later(lambda: done.append("kept"))

    disk.keep(finish())
    closing = asyncio.create_task(disk.close())
    await asyncio.sleep(0)
    complete.set()
    await closing
    assert done == ["kept"]


async def test_what_cannot_be_written_is_told_and_the_next_is_written(tmp_path: Path) -> None:
    disk = DiskThread("thing")
    with capture_logs() as lines:
        disk.later(lambda: (tmp_path / "missing" / "a").write_text("x"))
        disk.later(lambda: (tmp_path / "b").write_text("x"))
        await disk.close()
    (line,) = lines
    assert line["event"] == "thing not written"
    assert "missing" in line["error"]
    assert (tmp_path / "b").read_text() == "x"


async def test_who_waits_gets_the_result_or_the_error(tmp_path: Path) -> None:
    disk = DiskThread("thing")
    assert await disk.run(lambda: 7) == 7
    with pytest.raises(FileNotFoundError):
        await disk.run((tmp_path / "missing").read_bytes)
    await disk.close()
