"""What the switch holds: idle, for each bridged call, and after many calls."""

import math
import threading
import time
from pathlib import Path
from statistics import median

import matplotlib

from benchmarks import ladders
from benchmarks.media import Held
from benchmarks.processes import Process
from benchmarks.results import Report
from benchmarks.running import Setting, main
from benchmarks.sipp import Sipp
from benchmarks.target import start_switch
from tests.rig.ports import new_address

IDLE, CALL, GROWTH = 150.0, 400.0, 3.0
"""Megabytes; kilobytes; percent between the first and the second half of the calls."""
CALLS = 20_000
_REGISTRATION = {"algorithms": ["md5"], "nonce_lifetime": "30s"}
"""Used nonces are remembered as long as they are good: by default 5 minutes, longer than this takes."""
_CALLERS = tuple(str(number) for number in range(101, 111))
_CALLEE = "201"


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    report = Report("memory", "Memory")
    few, many, rate, calls = (2, 6, 30, 60) if setting.quick else (50, 450, 200, CALLS)
    with Held(setting.folder / "held", ("pcmu", "pcmu")) as held:
        time.sleep(0.5 if setting.quick else 3.0)
        idle = held.switch.resident_bytes
        held.load(few, 0.5, 1.5)
        before = held.switch.resident_bytes
        held.load(many, 0.5, 1.5)
        each = (held.switch.resident_bytes - before) / (many - few)
    report.at_most("Resident, idle", idle / 1e6, IDLE, "{:.0f} MB")
    report.at_most(f"For each bridged call, {few} to {many} calls", each / 1e3, CALL, "{:.0f} kB")
    curve = _curve(setting.folder, rate, calls)
    first, second = _size_at(curve, 0.45 * calls, 0.5 * calls), _size_at(curve, 0.95 * calls, math.inf)
    growth = 100 * (second - first) / first
    report.at_most(f"Growth from {calls // 2} to {calls} calls", growth, GROWTH, "{:.1f} %")
    report.add(
        f"Resident after {calls // 2} and {calls} calls", f"{first / 1e6:.0f} MB, {second / 1e6:.0f} MB"
    )
    report.add("Most", f"{max(size for _, size in curve) / 1e6:.0f} MB")
    report.note(
        f"The {calls} calls come at {rate}/s. What a call leaves behind for SIP's timers goes 32 s after its "
        f"end, so up to {32 * rate} ended calls are in these figures, and the ring of captured messages. "
        "Nonces are good for 30 s here, so that the memory of used ones is full before the first figure."
    )
    report.plot = lambda file: _plot(file, curve)
    return report


def _curve(folder: Path, rate: int, calls: int) -> list[tuple[float, int]]:
    """Calls done so far and resident bytes, a few times a second."""
    address, caller, callee = (new_address() for _ in range(3))
    curve: list[tuple[float, int]] = []
    with (
        start_switch(folder / "many", address, (*_CALLERS, _CALLEE), registration=_REGISTRATION) as switch,
        Sipp(ladders.register(), folder / "register", callee, address, [(_CALLEE, "")], calls=1) as sipp,
    ):
        sipp.finish(10.0)
        users = [(number, _CALLEE) for number in _CALLERS]
        scenario = ladders.caller(100, authenticated=True)
        with (
            Sipp(ladders.callee(50), folder / "callee", callee, callee, [(_CALLEE, "")]),
            Sipp(
                scenario, folder / "caller", caller, address, users, called=_CALLEE, calls=calls, rate=rate
            ) as load,
        ):
            over = threading.Event()
            watcher = threading.Thread(target=_watch, args=(switch, rate, over, curve))
            watcher.start()
            try:
                load.finish(calls / rate + 60.0)
            finally:
                over.set()
                watcher.join()
        curve.append((float(calls), switch.resident_bytes))
    return curve


def _watch(switch: Process, rate: int, over: threading.Event, curve: list[tuple[float, int]]) -> None:
    start = time.monotonic()
    while not over.wait(0.1):
        curve.append((rate * (time.monotonic() - start), switch.resident_bytes))


def _size_at(curve: list[tuple[float, int]], least: float, most: float) -> float:
    """In the middle while so many calls were done, or at the look nearest to it."""
    sizes = [size for done, size in curve if least <= done <= most]
    return median(sizes) if sizes else min(curve, key=lambda look: abs(look[0] - least))[1]


def _plot(file: Path, curve: list[tuple[float, int]]) -> None:
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    axes.plot([done for done, _ in curve], [size / 1e6 for _, size in curve])
    axes.set(title="Resident size over calls", xlabel="calls so far", ylabel="MB")
    axes.set_ylim(bottom=0)
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    pyplot.close(figure)


if __name__ == "__main__":
    raise SystemExit(main(["memory"]))
