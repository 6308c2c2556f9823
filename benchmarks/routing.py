"""What a decision costs with a large dialplan, and whether calls feel its reload.

10,000 extensions, 1,000 outside numbers, 500 rules (departments, menus, announcements, modes).
Decisions are made in this process, each timed alone by the CPU time of its thread. The reload is that of the
real command, while SIPp calls through it.
"""

import gc
import itertools
import json
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import ladders
from benchmarks.results import Report
from benchmarks.running import Setting, main
from benchmarks.sipp import Sipp
from benchmarks.spread import percentile
from benchmarks.target import ask, dialplan, password, start_switch
from softswitch.config import load_text
from softswitch.routing import CallFacts, Ring, Router
from softswitch.routing.imagined import Imagined
from tests.rig.ports import new_address

EXTENSIONS, RULES = 10_000, 500
P99_US, DELAY_MS = 50.0, 50.0
ROUNDS = 3
"""Through all decisions. What other programs do to the processor meanwhile hits others in each round."""
START, CALLS_A_SECOND = 1_773_046_800.0, 20
"""A Monday, 10:00 in Berlin. A mode is looked up once a minute."""
CALLEE = "20000"
RATE = 20
"""Calls a second while the file is read again."""
RING, TALK = 50, 50
"""Milliseconds."""


def company(extensions: int) -> dict[str, Any]:
    """The settings of a large company beside its extensions."""
    people = [str(20_000 + index) for index in range(extensions)]
    modes: dict[str, Any] = {
        "holiday": {"holidays": "DE-BE"},
        "lunch": {"weekdays": "mon-fri", "hours": "12:00-13:00"},
        "day": {"weekdays": "mon-fri", "hours": "9:00-18:00"},
    }
    modes |= {f"fair {day}": {"dates": f"{1 + day // 4:02}-{10 + day % 4}"} for day in range(46)}
    modes["night"] = "otherwise"
    departments = {
        f"team {index}": {
            "number": str(1000 + index),
            "members": [people[(index * 5 + one) % extensions] for one in range(5)],
            "then": f"closed {index % 100}",
        }
        for index in range(250)
    }
    menus = {
        f"menu {index}": {
            "prompt": "Press a key.",
            "keys": {str(key): f"team {(index + key) % 250}" for key in range(1, 6)},
        }
        for index in range(100)
    }
    closed = {f"closed {index}": {"say": "We are closed."} for index in range(100)}
    outside = {
        f"+49305{index:06}": {
            "day": f"menu {index % 100}",
            "lunch": f"team {index % 250}",
            "otherwise": people[index % extensions],
        }
        for index in range(extensions // 10)
    }
    return {
        "timezone": "Europe/Berlin",
        "modes": modes,
        "departments": departments,
        "menus": menus,
        "announcements": closed,
        "numbers": outside,
        "trunks": {"carrier": {"server": "203.0.113.9", "qualify": "off"}},
        "parking": {"number": "off"},
    }


def plan(address: str, extensions: int) -> dict[str, Any]:
    """The whole file."""
    return dialplan(address, [str(20_000 + index) for index in range(extensions)], **company(extensions))


def questions(count: int, extensions: int) -> Iterator[CallFacts]:
    """Calls one after the other: in by a number, to a department, and from phone to phone."""
    chance = random.Random(4)  # noqa: S311 - the same calls each time
    for index in range(count):
        at = START + index / CALLS_A_SECOND
        person = str(20_000 + chance.randrange(extensions))
        if index % 3 == 0:
            number = f"+49305{chance.randrange(extensions // 10):06}"
            yield CallFacts("+491711", number, trunk="carrier", arrives=True, at=at, number=number)
        elif index % 3 == 1:
            yield CallFacts(person, str(1000 + chance.randrange(250)), at=at)
        else:
            yield CallFacts(person, str(20_000 + chance.randrange(extensions)), at=at)


def decisions(report: Report, extensions: int, count: int) -> None:
    """Times each decision alone."""
    text = json.dumps(plan("127.0.0.1", extensions))
    started = time.perf_counter()
    loaded = load_text(text, Path("/nowhere/office.yaml"), {})
    read = time.perf_counter() - started
    started = time.perf_counter()
    router = Router(loaded)
    compiled = time.perf_counter() - started
    state = Imagined()
    asked = list(questions(count, extensions))
    for facts in itertools.islice(asked, 3000):
        router.decide(facts, state)  # holidays of each year are computed when first asked for
    gc.collect()
    rounds, rings = [], 0
    for _ in range(ROUNDS):
        times = []
        for facts in asked:
            begin = time.thread_time_ns()
            decision = router.decide(facts, state)
            times.append((time.thread_time_ns() - begin) / 1000)
            rings += isinstance(decision, Ring)
        rounds.append(times)
    times = list(itertools.chain.from_iterable(rounds))
    fastest = [min(found) for found in zip(*rounds, strict=True)]
    report.add("Reading the file", f"{read:.1f} s")
    report.add("Compiling it", f"{compiled * 1000:.0f} ms")
    report.add("Decisions a second, one core", f"{len(times) / (sum(times) / 1e6):,.0f}")
    report.add("Decisions that ring somebody", f"{100 * rings / len(times):.0f} %")
    report.add("Decision, median", f"{percentile(times, 0.5):.1f} µs")
    report.at_most("Decision, p99", percentile(times, 0.99), P99_US, "{:.1f} µs")
    report.add(f"Each decision's fastest of {ROUNDS}, p99", f"{percentile(fastest, 0.99):.1f} µs")


def reload_under_load(report: Report, folder: Path, extensions: int, seconds: float) -> None:
    """Calls through the real command, without a reload and with one."""
    address, phones, callers = new_address(), new_address(), new_address()
    people = [str(20_000 + index) for index in range(extensions)]
    process = start_switch(folder / "switch", address, people, **company(extensions))
    try:
        with Sipp(
            ladders.register(), folder / "register", phones, address, [(CALLEE, password(CALLEE))], calls=1
        ) as sipp:
            sipp.finish(10.0)
        quiet, _ = _calls(folder / "quiet", address, phones, callers, seconds, None)
        busy, took = _calls(folder / "busy", address, phones, callers, seconds, folder / "switch")
    finally:
        process.stop()
    report.add("Reload of the file under load", f"{took:.1f} s")
    report.add(f"INVITE to 180 at {RATE} calls a second, longest", f"{max(quiet):.1f} ms")
    report.add("The same during the reload, longest", f"{max(busy):.1f} ms")
    report.at_most(
        "Call setup delayed by the reload", max(0.0, max(busy) - max(quiet)), DELAY_MS, "{:.1f} ms"
    )


def _calls(
    folder: Path, address: str, phones: str, callers: str, seconds: float, reload: Path | None
) -> tuple[list[float], float]:
    """How long each call took until it rang, in ms, and how long the reload took, in s."""
    took = [0.0]

    def reloading(switch: Path) -> None:
        started = time.monotonic()
        ask(switch, "reload", within=120.0)
        took[0] = time.monotonic() - started

    users = [(str(20_001 + index), CALLEE) for index in range(20)]
    with (
        Sipp(ladders.callee(RING), folder / "callee", phones, phones, [(CALLEE, "")]),
        Sipp(
            ladders.caller(TALK, authenticated=True),
            folder / "caller",
            callers,
            address,
            users,
            called=CALLEE,
            calls=int(RATE * seconds),
            rate=RATE,
        ) as caller,
    ):
        thread = threading.Thread(target=reloading, args=(reload,)) if reload else None
        if thread is not None:
            thread.start()
        counts = caller.finish(seconds + 30.0)
        if thread is not None:
            thread.join()
    return counts.times[ladders.RINGS], took[0]


def measure(setting: Setting) -> Report:
    """See the module's text."""
    report = Report("routing", "A decision, and a reload under load, with a large dialplan")
    extensions = 300 if setting.quick else EXTENSIONS
    decisions(report, extensions, 3000 if setting.quick else 100_000)
    reload_under_load(report, setting.folder, extensions, 1.5 if setting.quick else 30.0)
    report.note(
        f"{extensions:,} extensions, {extensions // 10:,} outside numbers by mode, {RULES} departments, "
        "menus, announcements and modes. A decision comes with all its reasons."
    )
    return report


if __name__ == "__main__":
    raise SystemExit(main(("routing",)))
