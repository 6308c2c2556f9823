"""Processes under test, and what Linux says that they use."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")


class BenchmarkError(RuntimeError):
    """A part of the benchmark did not work, so there is nothing to measure."""


class Process:
    """A child process whose output goes to a file. Ends with `stop`, or as a context manager."""

    def __init__(
        self, command: Sequence[str], folder: Path, output: str, environment: Mapping[str, str] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.output = folder / output
        with self.output.open("wb") as file:
            self._child = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            )
        self.pid = self._child.pid

    @property
    def cpu_seconds(self) -> float:
        """CPU time used so far, user and system, all threads."""
        return _cpu(Path(f"/proc/{self.pid}/stat"))

    @property
    def cpu_by_thread(self) -> dict[str, float]:
        """The same by thread name; threads of one name are added up."""
        times: dict[str, float] = {}
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                name = (task / "comm").read_text().strip()
                times[name] = times.get(name, 0.0) + _cpu(task / "stat")
        return times

    @property
    def children_cpu_seconds(self) -> float:
        """The same of the processes that it has started and that still run."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/children")
        children = [child for task in tasks for child in task.read_text().split()]
        return sum(_cpu(Path(f"/proc/{child}/stat")) for child in children)

    @property
    def resident_bytes(self) -> int:
        """Its memory (RSS) now."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._child.poll()

    def tail(self, lines: int = 30) -> str:
        """The end of its output, for errors."""
        return "\n".join(self.output.read_text(errors="replace").splitlines()[-lines:])

    def wait_output(self, text: str, within: float = 20.0) -> None:
        """Waits until it has written `text`. Raises BenchmarkError when it ends before, or in the end."""
        wait_until(
            lambda: self.exit_code is not None or text in self.output.read_text(errors="replace"),
            lambda: f"no {text!r} from {self.output.name}:\n{self.tail()}",
            within,
        )
        if self.exit_code is not None:
            raise BenchmarkError(f"{self.output.name} ended with {self.exit_code}:\n{self.tail()}")

    def wait(self, within: float) -> int:
        """Its exit code. Raises BenchmarkError if it goes on."""
        try:
            return self._child.wait(within)
        except subprocess.TimeoutExpired:
            raise BenchmarkError(
                f"{self.output.name}: still running after {within} s:\n{self.tail()}"
            ) from None

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal; nothing happens if it is over already."""
        self._child.send_signal(number)

    def stop(self, within: float = 10.0) -> None:
        """SIGTERM, and SIGKILL for what has not ended then."""
        self._child.terminate()
        try:
            self._child.wait(within)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def kill(self) -> None:
        """SIGKILL."""
        self._child.kill()
        self._child.wait()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def wait_until(condition: Callable[[], bool], story: Callable[[], str], within: float) -> None:
    """Looks ten times a second. Raises BenchmarkError with the story in the end."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise BenchmarkError(f"not within {within:g} s: {story()}")
        time.sleep(0.1)


def _cpu(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
