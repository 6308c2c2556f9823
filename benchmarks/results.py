"""A benchmark's result: its table, where and when it was measured, and what was promised."""

import datetime
import importlib.metadata
import os
import platform
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

RESULTS = Path(__file__).with_name("results")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `met` is None where nothing was promised."""

    what: str
    value: str
    target: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Report:
    """What one benchmark found."""

    name: str
    title: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    plot: Callable[[Path], None] | None = None
    """Draws to a file, for what is easier to look at than to read."""

    def add(self, what: str, value: str) -> None:
        """A figure without a target."""
        self.rows.append(Row(what, value))

    def at_most(self, what: str, value: float, limit: float, show: str) -> None:
        """A figure that must not be above `limit`. `show` formats both, as `{:.1f} ms`."""
        self.rows.append(Row(what, show.format(value), f"≤ {show.format(limit)}", value <= limit))

    def at_least(self, what: str, value: float, limit: float, show: str) -> None:
        """A figure that must not be below `limit`."""
        self.rows.append(Row(what, show.format(value), f"≥ {show.format(limit)}", value >= limit))

    def note(self, text: str) -> None:
        """A sentence under the table."""
        self.notes.append(text)

    def markdown(self) -> str:
        """The whole page."""
        lines = [f"# {self.title}", "", "| Figure | Value | Target | Met |", "|---|---|---|---|"]
        met = {None: "", True: "yes", False: "**no**"}
        lines += [f"| {row.what} | {row.value} | {row.target} | {met[row.met]} |" for row in self.rows]
        lines += [""] + [line for note in self.notes for line in (note, "")]
        if self.plot is not None:
            lines += [f"![{self.title}]({self.name}.png)", ""]
        lines += [f"- {what}: {value}" for what, value in circumstances(self.name)]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path = RESULTS) -> Path:
        """Writes the page, and the plot beside it. Returns the page's file."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.plot is not None:
            self.plot(folder / f"{self.name}.png")
        file = folder / f"{self.name}.md"
        file.write_text(self.markdown(), encoding="utf-8")
        return file


def circumstances(name: str) -> list[tuple[str, str]]:
    """Where, when and with what."""
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    gigabytes = int(memory[1]) / 2**20 if memory else 0.0
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    today = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    return [
        (
            "Machine",
            f"{_processor()}, {os.cpu_count()} cores, {gigabytes:.0f} GB, shared with the load generators",
        ),
        ("System", f"{platform.system()} {platform.release()}, Python {platform.python_version()}"),
        ("Versions", f"softswitch {_revision()}, softswitch-pjsip {_version('softswitch-pjsip')}, {_sipp()}"),
        ("Date", f"{today}, load average at the end {load}"),
        ("Command", f"`python -m benchmarks {name}`"),
    ]


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return found[1].strip() if found else platform.machine()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def _revision() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=RESULTS.parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "(no git)"
    return done.stdout.strip()


def _sipp() -> str:
    try:
        done = subprocess.run(["sipp", "-v"], capture_output=True, text=True, check=False)
    except OSError:
        return "no SIPp"
    found = re.search(r"SIPp (v[\w.]+)", done.stdout)
    return f"SIPp {found[1]}" if found else "SIPp"
