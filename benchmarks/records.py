"""What a call's journal and record cost, in CPU: on the loop, and in the keeper's process.

No SIP: the events of a plain call go through the journal and the keeper as they do in the switch. They
come in four turns of the loop: the INVITE, 180, 200 and BYE, each a write of its own, as with one call alone.
"""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.results import Report
from benchmarks.running import Setting, main
from softswitch.records import store
from softswitch.records.events import (
    CallAnswered,
    CallEnded,
    CallEvent,
    CallStarted,
    DeviceCalled,
    DeviceRinging,
    LegClosed,
    Routed,
)
from softswitch.records.journal import Journal
from softswitch.records.keeper import Keeper

CALL = 2.05
"""Milliseconds of CPU of a whole call, 500 a second: see results/call_setup.md."""
_LAST_OF_TURN = frozenset({2, 3, 4, 7})
SHARE = 10.0
"""Percent of it that records may take."""


def events_of(call: str, at: float) -> list[CallEvent]:
    """101 calls 102."""
    reasons = (("102 is the extension of Boris Ivanov", 12),)
    legs = [
        LegClosed(
            at + 64,
            call,
            number,
            way,
            "udp",
            f"{dialog}@192.168.1.10",
            "PCMA",
            False,
            3000,
            3000,
            0,
            1.5,
            12.0,
        )
        for number, way, dialog in (("101", "inbound", f"{call}-a"), ("102", "outbound", f"{call}-b"))
    ]
    return [
        CallStarted(at, call, "101", "Anna Berg", "102", "192.168.1.10:5060", f"{call}-a@192.168.1.10"),
        Routed(at, call, "ring 102", reasons, "day", "extension", "102", "Boris Ivanov"),
        DeviceCalled(at, call, "102", "192.168.1.11:5060", f"{call}-b@192.168.1.10"),
        DeviceRinging(at + 0.1, call, "102", 180, f"{call}-b@192.168.1.10"),
        CallAnswered(at + 4, call, "102", "Boris Ivanov", f"{call}-b@192.168.1.10"),
        *legs,
        CallEnded(at + 64, call, "completed", "nobody", "They talked, and one of them hung up.", 200, "101"),
    ]


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    report = Report("records", "Journal and records")
    count = 200 if setting.quick else 20_000
    stories = [events_of(f"x-{n}", 1_800_000_000.0 + n) for n in range(count)]
    folder = setting.folder / "journal"
    journal = Journal(folder, _no_loop)
    journal.start()
    slowest, spent = 0.0, -time.thread_time()
    for story in stories:
        for nth, event in enumerate(story):
            journal.take(event)
            if nth in _LAST_OF_TURN:
                before = time.perf_counter()
                journal.flush()
                slowest = max(slowest, time.perf_counter() - before)
    spent += time.thread_time()
    journal.close()
    size = sum(file.stat().st_size for file in folder.iterdir())
    on_loop = spent / count * 1000
    keeping = _keep(folder, setting.folder, count)
    report.add("Events a call, and their bytes", f"{len(stories[0])}, {size / count:.0f}")
    report.add("On the loop, a call", f"{on_loop * 1000:.0f} µs")
    report.add("The slowest write, the journal's disk being asked meanwhile", f"{slowest * 1000:.2f} ms")
    report.add("In the keeper's process, a call, SQLite", f"{keeping * 1000:.0f} µs")
    report.at_most("Both, of a call's CPU", (on_loop + keeping) / CALL * 100, SHARE, "{:.1f} %")
    report.add("Records a second, catching up", f"{1000 / keeping:.0f}")
    report.note(f"A call's CPU is {CALL} ms, from call_setup at 500 calls a second.")
    return report


def _keep(journal: Path, folder: Path, count: int) -> float:
    """Milliseconds of CPU a call."""
    keeper = Keeper(journal, store.database_url(folder, None))
    keeper.turn()
    recorded = keeper.state.recorded
    spent = -time.thread_time()
    while keeper.turn():
        pass
    spent += time.thread_time()
    keeper.close()
    return spent / max(1, count - recorded) * 1000


def _no_loop(_work: Callable[[], None]) -> None:
    """Every event is flushed by hand."""


if __name__ == "__main__":
    raise SystemExit(main(["records"]))
