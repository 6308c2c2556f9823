"""What lamps cost: fifty phones that each watch fifty colleagues, in an office and under a storm of calls."""

import re
import sys

from benchmarks.call_setup import CALLEE, CALLERS, Bench, Burst
from benchmarks.processes import Process
from benchmarks.results import Report
from benchmarks.running import Setting, main
from benchmarks.spread import percentile

PHONES = 50
OFFICE, STORM = 2, 100
"""Calls a second."""


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    phones = 5 if setting.quick else PHONES
    watchers = [str(301 + index) for index in range(phones)]
    watched = [*CALLERS, CALLEE, *watchers][:phones]
    seconds = {OFFICE: 2.0 if setting.quick else 20.0, STORM: 1.0 if setting.quick else 10.0}
    report = Report("lamps", "Lamps on phones (BLF)")
    with Bench(setting.folder, watchers) as bench:
        bench.burst("switch", OFFICE, 2.0)
        dark = {rate: bench.burst("switch", rate, seconds[rate]) for rate in (OFFICE, STORM)}
        lit: dict[int, Burst] = {}
        told: dict[int, int] = {}
        for rate in (OFFICE, STORM):
            with Process(
                [
                    *(sys.executable, "-m", "benchmarks.watchers", bench.addresses["switch"]),
                    *(",".join(watchers), ",".join(watched)),
                ],
                setting.folder / f"watchers-{rate}",
                "watchers.log",
            ) as process:
                process.wait_output("ready", within=120.0)
                lit[rate] = bench.burst("switch", rate, seconds[rate])
                process.stop()
                told[rate] = int(re.findall(r"told (\d+)", process.output.read_text())[0])
    for rate in (OFFICE, STORM):
        report.add(f"CPU a call at {rate}/s, nobody watches", f"{dark[rate].milliseconds:.2f} ms")
        report.add(
            f"CPU a call at {rate}/s, {phones} phones watch {phones} lines each",
            f"{lit[rate].milliseconds:.2f} ms, {told[rate] / seconds[rate]:.0f} NOTIFYs a second",
        )
    failed = sum(one.caller.failed for one in (*dark.values(), *lit.values()))
    report.at_most("Failed calls", failed, 0, "{:.0f}")
    before, rings = (percentile(burst.rings, 0.99) for burst in (dark[STORM], lit[STORM]))
    report.add(f"INVITE to 180 at {STORM}/s, p99", f"{before:.0f} ms; while they watch {rings:.0f} ms")
    report.note(
        "Each call changes two lines. Lines are looked at ten times a second at most, and a thousand words a "
        "second are told at most, so that lamps do not keep calls waiting. The phones share the machine."
    )
    return report


if __name__ == "__main__":
    raise SystemExit(main(["lamps"]))
