"""What a command costs before it does anything: CPU of a whole process, beside that of Python alone."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.processes import BenchmarkError
from benchmarks.results import Report
from benchmarks.running import Setting, main
from benchmarks.spread import median

ROOT = Path(__file__).parents[1]
EMPTY = ("-c", "pass")
COMMANDS = {
    "softswitch --help": ("--help",),
    "softswitch version": ("version",),
    "softswitch check conf/office.yaml": ("check", "conf/office.yaml"),
}


def cpu_seconds(arguments: Sequence[str]) -> float:
    """User and system time of one run of this interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"{' '.join(arguments)}: {done.stderr.decode(errors='replace').strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(setting: Setting) -> Report:
    """See the top of this file. The commands and the empty program take turns."""
    report = Report("commands", "How soon a command starts")
    turns = 2 if setting.quick else 10
    programs = {"python -c pass": EMPTY} | {
        name: ("-m", "softswitch.cli.main", *arguments) for name, arguments in COMMANDS.items()
    }
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(turns):
        for name, arguments in programs.items():
            times[name].append(cpu_seconds(arguments))
    empty = median(times["python -c pass"])
    for name, taken in times.items():
        report.add(
            name, f"{1000 * median(taken):.0f} ms of CPU, {median(taken) / empty:.0f} times Python alone"
        )
    report.note("What makes a start slow is what it imports: tests/cli/test_process.py says what may be.")
    return report


if __name__ == "__main__":
    raise SystemExit(main(["commands"]))
