"""The switch is killed at random moments under SIPp load, over and over: is each answered call recorded once?

Each round starts the switch on the state that the last one left behind, lets SIPp set up calls, and ends the
switch by SIGKILL somewhere in the middle. In the end the database is held against SIPp's own messages.
"""

import asyncio
import contextlib
import random
import sqlite3
from pathlib import Path

from benchmarks.processes import BenchmarkError
from benchmarks.results import Report
from benchmarks.running import Setting, main
from tests.rig import scenarios
from tests.rig.answered import answered_calls
from tests.rig.ports import new_address
from tests.rig.sipp import Sipp, User
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import RigError, until

KILLS = 200
RATE = 60
_CALLS = 100_000
_CALLER, _CALLEE = User("101", "pw-101", "102"), User("102", "pw-102")


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    kills = 2 if setting.quick else KILLS
    try:
        return asyncio.run(_measure(setting.folder, kills))
    except RigError as error:
        raise BenchmarkError(str(error)) from error


async def _measure(folder: Path, kills: int) -> Report:
    report = Report("records_kill", "Records and kill -9")
    address, phone = new_address(), new_address()
    plan = dialplan(address, log={"level": "info", "format": "json"})
    seen: set[str] = set()
    for nth in range(kills):
        seen |= await _round(folder, address, phone, plan, nth)
    switch = await Switch.start(folder / "switch", plan, address, within=60.0)
    database = folder / "switch" / "state" / "records.db"

    def all_there() -> bool:
        return not seen - set(_answered(database))

    with contextlib.suppress(RigError):
        await until(all_there, "the records of all calls", within=30.0)
    await switch.terminate()
    recorded = _answered(database)
    report.add("Kills", str(kills))
    report.at_least("Calls that SIPp saw answered", len(seen), kills, "{:.0f}")
    report.at_most("Of them without a record", len(seen - set(recorded)), 0, "{:.0f}")
    report.at_most("Recorded twice", len(recorded) - len(set(recorded)), 0, "{:.0f}")
    report.add("Recorded, answered when SIPp was about to hear of it", str(len(set(recorded) - seen)))
    return report


async def _round(folder: Path, address: str, phone: str, plan: dict[str, object], nth: int) -> set[str]:
    switch = await Switch.start(folder / "switch", plan, address, within=60.0)
    parties: list[Sipp] = []
    try:
        if not nth:
            # Once is enough: registrations outlive the switch, too.
            register = scenarios.register()
            registered = await Sipp.start(
                register, address, folder / "register", users=[_CALLEE], address=phone
            )
            await registered.finished()
        callee, there = scenarios.callee(ring=0), folder / f"callee-{nth}"
        parties.append(
            await Sipp.start(
                callee, address, there, users=[_CALLEE], address=phone, calls=_CALLS, trace=False
            )
        )
        here = folder / f"caller-{nth}"
        caller = scenarios.caller(talk=300)
        parties.append(await Sipp.start(caller, address, here, users=[_CALLER], calls=_CALLS, rate=RATE))
        messages = here / "messages.log"
        await until(lambda: messages.is_file() and bool(answered_calls(messages)), "an answered call")
        await asyncio.sleep(random.uniform(0, 1))  # noqa: S311 - any moment will do
    finally:
        await switch.kill9()
        for party in parties:
            await party.stop()
    return answered_calls(messages)


def _answered(database: Path) -> list[str]:
    """The caller's Call-ID of each answered call in the database."""
    query = (
        "SELECT dialog FROM calls JOIN legs ON legs.call = calls.id AND nth = 0 "
        "WHERE calls.answered_at IS NOT NULL"
    )
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return [dialog for (dialog,) in connection.execute(query)]
        except sqlite3.OperationalError:
            return []


if __name__ == "__main__":
    raise SystemExit(main(["records_kill"]))
