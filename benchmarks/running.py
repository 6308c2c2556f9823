"""Running benchmarks from the command line, one or all."""

import argparse
import contextlib
import fcntl
import importlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import BenchmarkError
from benchmarks.results import Report

NAMES = (
    "call_setup",
    "register",
    "media",
    "transcode",
    "memory",
    "conference",
    "hold",
    "lamps",
    "routing",
    "records",
    "records_kill",
    "reports",
    "any_sequence",
    "commands",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a benchmark is to run."""

    folder: Path
    """For files of the run; gone afterwards."""
    quick: bool = False
    """A few seconds, to see that it works: its figures mean nothing."""


def main(names: Sequence[str] = ()) -> int:
    """Measures, prints and writes results. 1 when a target was missed, 2 when a benchmark failed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure what the switch claims."
    )
    if not names:
        parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(NAMES)}; default: all")
    parser.add_argument("--quick", action="store_true", help="a short run that writes no results")
    parser.add_argument("--keep", action="store_true", help="keep logs and SIPp's files")
    arguments = parser.parse_args()
    chosen = list(names) or arguments.names or list(NAMES)
    if unknown := [name for name in chosen if name not in NAMES]:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    code = 0
    with _alone():
        for name in chosen:
            code = max(code, _run(name, arguments.quick, arguments.keep))
    return code


def measure(name: str, folder: Path, *, quick: bool) -> Report:
    """Runs one benchmark; its files go to `folder`. Raises BenchmarkError."""
    report: Report = importlib.import_module(f"benchmarks.{name}").measure(Setting(folder, quick))
    return report


def _run(name: str, quick: bool, keep: bool) -> int:
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix=f"softswitch-{name}-"))
    try:
        report = measure(name, folder, quick=quick)
    except BenchmarkError as error:
        print(f"{name}: {error}\nits files are in {folder}", file=sys.stderr)
        return 2
    print(report.markdown())
    if not quick:
        print(f"written to {report.write()}")
    print(f"{name}: {time.monotonic() - started:.0f} s\n", flush=True)
    if keep:
        print(f"its files are in {folder}")
    else:
        _remove(folder)
    return 1 if any(row.met is False for row in report.rows) and not quick else 0


def _remove(folder: Path) -> None:
    for file in sorted(folder.rglob("*"), reverse=True):
        with contextlib.suppress(OSError):
            file.rmdir() if file.is_dir() else file.unlink()
    with contextlib.suppress(OSError):
        folder.rmdir()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two benchmarks at once would measure each other."""
    file = Path(tempfile.gettempdir()) / f"softswitch-benchmarks-{os.getuid()}.lock"
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("waiting for another benchmark to end", file=sys.stderr)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
