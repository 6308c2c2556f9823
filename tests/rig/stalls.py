"""A machine that is busy elsewhere: processes of a test run stand still for moments, whichever, whenever.

A test that passes only because everybody is quick fails here within a run or two, instead of once a month on
a machine that nobody can look at: `make test ARGS=--stalls`. A failure is a bug of the test or of the switch;
only what measures time itself may be excused.

    python -m tests.rig.stalls PID      stalls what descends from that process, as long as it lives
"""

import contextlib
import os
import random
import signal
import sys
import time
from pathlib import Path

LONGEST = 0.3
"""Seconds that a process stands still at most."""
SHARE = 0.2
"""Of all processes, how many stand still at once at most."""
_PAUSE = (0.01, 0.08)
_LOOK = 0.5
"""Seconds between two looks at which processes there are."""


def descendants(root: int) -> list[int]:
    """The processes that come from that one, but for this one."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], list(children.get(root, []))
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return [pid for pid in found if pid != os.getpid()]


def stall(root: int) -> None:
    """Until that process is gone."""
    standing: dict[int, float] = {}
    there: list[int] = []
    looked = 0.0
    try:
        while Path(f"/proc/{root}").exists():
            now = time.monotonic()
            if now - looked > _LOOK:
                there, looked = descendants(root), now
            for pid in [pid for pid, until in standing.items() if until < now]:
                del standing[pid]
                _send(pid, signal.SIGCONT)
            if len(standing) + 1 <= SHARE * len(there) and (pid := random.choice(there)) not in standing:  # noqa: S311
                standing[pid] = now + random.uniform(0.01, LONGEST)  # noqa: S311 - nobody is to guess it
                _send(pid, signal.SIGSTOP)
            time.sleep(random.uniform(*_PAUSE))  # noqa: S311
    finally:
        for pid in standing:
            _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # whoever stands still goes on before
    stall(int(sys.argv[1]))
