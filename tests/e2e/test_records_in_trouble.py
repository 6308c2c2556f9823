"""Call records while their database, their keeper or their disk fails under load: each is kept, once."""

import errno
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from softswitch.records import store
from tests.conftest import SippFactory, SwitchFactory
from tests.rig import scenarios
from tests.rig.answered import answered_calls
from tests.rig.ports import new_address
from tests.rig.postgresql import PostgresServer
from tests.rig.sipp import User
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until, until_told

CALLS, RATE = 240, 40
LOG = {"level": "info", "format": "json"}


@asynccontextmanager
async def load(
    switch: Switch, address: str, sipp: SippFactory, folder: Path
) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """Calls, all of which must come through; waits on request until so many are answered."""
    callee = await sipp(
        scenarios.callee(ring=0), address, registered_as=User("102", "pw-102"), calls=CALLS, trace=False
    )
    caller = await sipp(
        scenarios.caller(talk=300), address, users=[User("101", "pw-101", "102")], calls=CALLS, rate=RATE
    )
    messages = folder / "sipp-2" / "messages.log"

    async def answered(count: int) -> None:
        await until(
            lambda: messages.is_file() and len(answered_calls(messages)) >= count,
            f"{count} calls are answered",
        )

    yield answered
    await caller.finished()
    await callee.finished()
    await switch.idle()


async def trouble(switch: Switch) -> str:
    """What the switch says is the matter with its records."""
    return str((await switch.control("status"))["records"]["problem"])


async def all_recorded(switch: Switch) -> None:
    async def is_so() -> bool:
        records = (await switch.control("status"))["records"]
        return bool(records["recorded"] >= CALLS and not records["waiting"] and not records["problem"])

    await until_told(is_so, "all calls are recorded", within=30)


def recorded(url: Any) -> list[str]:
    """The dialogs of all answered calls in the database."""
    engine = store.open_engine(url)
    with engine.connect() as connection:
        query = text("SELECT dialog FROM legs WHERE nth = 0 AND answered_at IS NOT NULL")
        found = [str(dialog) for (dialog,) in connection.execute(query)]
    engine.dispose()
    return found


async def check(switch: Switch, url: Any, folder: Path) -> None:
    await all_recorded(switch)
    # A keeper that was killed may count some twice: what is in the database counts.
    await until(lambda: len(recorded(url)) >= CALLS, "all are in the database", within=30, every=0.2)
    seen, found = answered_calls(folder / "sipp-2" / "messages.log"), recorded(url)
    assert len(seen) == CALLS
    assert sorted(found) == sorted(seen), "each once"


async def test_the_database_server_dies_and_comes_back(
    switch_factory: SwitchFactory, sipp: SippFactory, postgres: PostgresServer, tmp_path: Path
) -> None:
    address, database = new_address(), postgres.create("trouble")
    plan = dialplan(address, records={"database": database}, log=LOG)
    switch = await switch_factory(address=address, plan=plan)
    switch.allow_errors("records cannot be written|database")
    async with load(switch, address, sipp, tmp_path) as answered:
        await answered(40)
        postgres.kill()
        try:
            await answered(120)

            async def told() -> bool:
                return bool(await trouble(switch))

            await until_told(told, "status says that the database is away")
        finally:
            postgres.start()
    await check(switch, store.database_url(tmp_path, database), tmp_path)


async def test_the_keeper_is_killed_again_and_again(
    switch_factory: SwitchFactory, sipp: SippFactory, tmp_path: Path
) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, log=LOG))
    async with load(switch, address, sipp, tmp_path) as answered:
        for count in (30, 90, 150):
            await answered(count)
            pid = await keeper_of(switch)
            os.kill(pid, signal.SIGKILL)
            await switch.wait_event(
                "the keeper of call records died and is started anew: they wait in the journal"
            )
    await check(switch, store.database_url(switch.file.parent / "state", None), tmp_path)


async def keeper_of(switch: Switch) -> int:
    """Its process, which has named itself."""

    def found() -> list[int]:
        tasks = Path(f"/proc/{switch.process.pid}/task").glob("*/children")
        children = [int(child) for task in tasks for child in task.read_text().split()]
        return [pid for pid in children if Path(f"/proc/{pid}/comm").read_text().strip() == "records"]

    await until(lambda: bool(found()), "there is a keeper")
    return found()[0]


@pytest.fixture
def small_state(tmp_path: Path) -> Iterator[Path]:
    """The state directory of the switch to come, on a file system of 6 MB."""
    folder = tmp_path / "switch" / "state"
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(filler: Path) -> None:
    """Take all the room there is. The switch writes meanwhile: how much that is cannot be known before."""
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 9):
            try:
                while True:
                    file.write(bytes(size))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


async def test_the_disk_is_full_for_a_while(
    small_state: Path, switch_factory: SwitchFactory, sipp: SippFactory, tmp_path: Path
) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, log=LOG))
    switch.allow_errors("cannot be (written|kept)|not written|disk")
    filler = small_state / "filler"
    async with load(switch, address, sipp, tmp_path) as answered:
        await answered(40)
        fill(filler)
        await answered(160)

        async def told() -> bool:
            records = (await switch.control("status"))["records"]
            return bool(records["problem"] or records["journal_waits"])

        await until_told(told, "status says that the disk is full")
        filler.unlink()
    await check(switch, store.database_url(small_state, None), tmp_path)
