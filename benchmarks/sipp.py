"""SIPp as load: it calls, answers and registers, and counts what came of it."""

import csv
import re
import resource
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import BenchmarkError, Process, wait_until
from benchmarks.target import DOMAIN, PORT, password
from tests.rig.ports import is_bound
from tests.rig.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Counts:
    """What SIPp counted in one run."""

    succeeded: int
    failed: int
    messages: int
    """SIP messages sent and received, repeated ones not among them."""
    repeated: int
    """Messages that one side sent again because no answer came in time."""
    times: dict[str, list[float]]
    """Milliseconds of each named measurement of the scenario."""


class Sipp:
    """One running SIPp. Its files are in `folder`, which must be new."""

    def __init__(
        self,
        scenario: Scenario,
        folder: Path,
        address: str,
        target: str,
        users: Sequence[tuple[str, str]],
        *,
        called: str = "",
        calls: int = 1_000_000,
        rate: int = 10,
        at_once: int = 10_000,
        options: Sequence[str] = (),
    ) -> None:
        """`users`: number, and what the scenario has as [field2]; SIPp takes them in turn, one a call.

        `called`: the user part of every Request-URI, as the digest must name it. `rate`: new calls a second,
        at most `at_once` at a time.
        """
        folder.mkdir(parents=True)
        (folder / "scenario.xml").write_text(scenario.xml())
        rows = (
            f"{name};[authentication username={name} password={password(name)}];{other};\n"
            for name, other in users
        )
        (folder / "users.csv").write_text("SEQUENTIAL\n" + "".join(rows))
        self._folder = folder
        command = ["sipp", f"{target}:{PORT}", "-sf", "scenario.xml", "-inf", "users.csv"]
        command += [
            "-key",
            "domain",
            DOMAIN,
            "-auth_uri",
            f"{called}@{DOMAIN}" if called else DOMAIN,
            "-t",
            "u1",
            "-nostdin",
            "-aa",
        ]
        command += ["-i", address, "-p", str(PORT), "-bind_local", "-mi", address, "-ci", address]
        command += ["-m", str(calls), "-r", str(rate), "-l", str(at_once), "-recv_timeout", "30000"]
        command += ["-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_counts", "-trace_err"]
        command += ["-error_file", "errors.log", "-trace_rtt", "-rtt_freq", "1", "-buff_size", "4194304"]
        _allow_many_files()
        self.process = Process([*command, *options], folder, "sipp.log")
        if scenario.answers:
            wait_until(
                lambda: self.process.exit_code is not None or is_bound(address, PORT, "udp"),
                lambda: "SIPp does not listen",
                10.0,
            )

    def finish(self, within: float) -> Counts:
        """Waits until its calls are over."""
        code = self.process.wait(within)
        if code not in (0, 1):
            raise BenchmarkError(f"SIPp ended with {code}:\n{self._errors()}\n{self.process.tail()}")
        return self._counts()

    def stop(self) -> Counts:
        """No more calls; what it counted so far."""
        if self.process.exit_code is None:
            self.process.signal(signal.SIGUSR1)
            try:
                self.process.wait(5.0)
            except BenchmarkError:
                self.process.stop()
        return self._counts()

    def __enter__(self) -> "Sipp":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stop()

    def _counts(self) -> Counts:
        last = self._last_row("stat.csv")
        messages = repeated = 0
        counted = next(self._folder.glob("*_counts.csv"), None)
        for name, value in (self._last_row(counted.name) if counted else {}).items():
            if name.endswith("_Retrans"):
                repeated += _number(value)
            elif name.endswith(("_Sent", "_Recv")):
                messages += _number(value)
        return Counts(
            _number(last.get("SuccessfulCall(C)", "")),
            _number(last.get("FailedCall(C)", "")),
            messages,
            repeated,
            self._times(),
        )

    def _last_row(self, name: str) -> dict[str, str]:
        file = self._folder / name
        rows = list(csv.reader(file.read_text().splitlines(), delimiter=";")) if file.is_file() else []
        return dict(zip(rows[0], rows[-1], strict=False)) if len(rows) > 1 else {}

    def _times(self) -> dict[str, list[float]]:
        times: dict[str, list[float]] = {}
        for file in self._folder.glob("*_rtt.csv"):
            for row in csv.reader(file.read_text().splitlines()[1:], delimiter=";"):
                if len(row) >= 3:
                    times.setdefault(row[2], []).append(float(row[1]))
        return times

    def _errors(self) -> str:
        file = self._folder / "errors.log"
        return file.read_text(errors="replace")[-3000:] if file.is_file() else ""


def _number(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)


def _allow_many_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
