"""What a registration costs: SIPp registers with digest, and the switch holds many bindings meanwhile.

One registration is REGISTER, 401, REGISTER with the proof, 200. The switch does all of it on its loop's
thread, so what one core can take is one second by the CPU of one registration.
"""

from dataclasses import dataclass
from pathlib import Path

import matplotlib

from benchmarks import ladders
from benchmarks.processes import Process
from benchmarks.results import Report
from benchmarks.running import Setting, main
from benchmarks.sipp import Counts, Sipp
from benchmarks.spread import percentile
from benchmarks.target import start_switch
from tests.rig.ports import new_address

DEVICES = 10
"""Bindings of each extension."""
PER_CORE, HELD = 2500, 20_000


@dataclass(frozen=True, slots=True)
class Round:
    """Registrations at one rate."""

    rate: int
    counts: Counts
    microseconds: float
    """CPU each, of the whole process."""
    reached: float
    """Registrations a second that were."""

    @property
    def repeated(self) -> float:
        """Retransmissions in percent of all messages."""
        return 100 * self.counts.repeated / self.counts.messages if self.counts.messages else 0.0


class Bench:
    """One switch, and SIPp that registers devices of all its extensions in turn."""

    def __init__(self, folder: Path, extensions: int) -> None:
        self._folder = folder
        self._address, self._phones = new_address(), new_address()
        self._numbers = [str(10_000 + number) for number in range(extensions)]
        self._runs = 0
        self.switch: Process = start_switch(folder / "switch", self._address, self._numbers, DEVICES)

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_: object) -> None:
        self.switch.stop()

    @property
    def bindings(self) -> int:
        """How many there are to register."""
        return len(self._numbers) * DEVICES

    def round(self, rate: int, count: int) -> Round:
        """So many registrations at that rate."""
        self._runs += 1
        users = [(number, str(device)) for device in range(DEVICES) for number in self._numbers]
        before = self.switch.cpu_seconds
        with Sipp(
            ladders.register(),
            self._folder / f"{self._runs}-{rate}",
            self._phones,
            self._address,
            users,
            calls=count,
            rate=rate,
        ) as sipp:
            counts = sipp.finish(count / rate + 60.0)
        used = self.switch.cpu_seconds - before
        times = counts.times.get(ladders.REGISTERS, [])
        reached = counts.succeeded / (count / rate + percentile(times, 1.0) / 1000)
        return Round(rate, counts, 1e6 * used / count, reached)


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    extensions, fill, rates, seconds = (
        (20, 200, (200,), 1.0)
        if setting.quick
        else (
            HELD // DEVICES,
            1000,
            (500, 1000, 1500, 2000, 2500, 3000),
            4.0,
        )
    )
    report = Report("register", "Registrations")
    with Bench(setting.folder, extensions) as bench:
        empty = bench.switch.resident_bytes
        first = bench.round(fill, bench.bindings)
        held = first.counts.succeeded
        each = (bench.switch.resident_bytes - empty) / max(1, held)
        rounds = [bench.round(rate, int(rate * seconds)) for rate in rates]
    good = [one for one in rounds if not one.counts.failed]
    cheapest = min((one.microseconds for one in good), default=first.microseconds)
    report.at_least(
        "Registrations a second on one core, from the CPU of each", 1e6 / cheapest, PER_CORE, "{:.0f}"
    )
    report.add("CPU of one", f"{cheapest:.0f} µs")
    report.at_least("Bindings held", held, 200 if setting.quick else HELD, "{:.0f}")
    report.add("Memory of a binding", f"{each:.0f} B")
    for one in rounds:
        times = one.counts.times.get(ladders.REGISTERS, [])
        delay = f"p50 {percentile(times, 0.5):.0f} ms, p99 {percentile(times, 0.99):.0f} ms"
        failed = f"{one.counts.failed} failed, {one.repeated:.2f} % retransmissions"
        report.add(f"At {one.rate}/s for {seconds:.0f} s", f"{failed}, {delay}, {one.microseconds:.0f} µs")
    report.note(
        f"The first {bench.bindings} make the bindings, {DEVICES} of each of {extensions} extensions; the "
        "rounds after refresh them. Delays are from the first REGISTER to 200, with the challenge."
    )
    report.plot = lambda file: _plot(file, rounds)
    return report


def _plot(file: Path, rounds: list[Round]) -> None:
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4))
    rates = [one.rate for one in rounds]
    left.plot(rates, [one.microseconds for one in rounds], "o-")
    left.set(title="CPU of one registration", xlabel="registrations/s", ylabel="µs")
    left.set_ylim(bottom=0)
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        times = [percentile(one.counts.times.get(ladders.REGISTERS, []), share) for one in rounds]
        right.plot(rates, times, "o-", label=name)
    right.set(title="REGISTER to 200", xlabel="registrations/s", ylabel="ms", yscale="log")
    right.legend()
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    pyplot.close(figure)


if __name__ == "__main__":
    raise SystemExit(main(["register"]))
