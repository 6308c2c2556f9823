"""What a call costs: SIPp with digest calls a registered SIPp through the switch, and through the bare loop.

Each call rings and talks, its media anchored but silent. The switch routes and writes its log to a file. The
bare loop is two legs of pjsua2 and nothing else, and nobody proves anything to it. The two take turns, so
that noise of the machine meets both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib

from benchmarks import ladders
from benchmarks.processes import Process
from benchmarks.results import Report
from benchmarks.running import Setting, main
from benchmarks.sipp import Counts, Sipp
from benchmarks.spread import median, percentile, shown
from benchmarks.target import start_bare_loop, start_switch
from tests.rig.ports import new_address

RING, TALK = 100, 100
"""Milliseconds."""
CALLEE = "201"
CALLERS = tuple(str(number) for number in range(101, 121))
RATIO, P99, REPEATED = 1.6, 50.0, 0.1


@dataclass(slots=True)
class Burst:
    """Calls at one rate through one target."""

    rate: int
    caller: Counts
    callee: Counts
    milliseconds: float
    """CPU time of the target for each call."""
    by_thread: dict[str, float] = field(default_factory=dict)
    beside: float = 0.0
    """The same of the target's own processes, such as the keeper of call records."""

    @property
    def repeated(self) -> float:
        """Messages sent again for want of an answer, by either side of the target, in percent of all."""
        sent = self.caller.messages + self.callee.messages
        return 100 * (self.caller.repeated + self.callee.repeated) / sent if sent else 0.0

    @property
    def rings(self) -> list[float]:
        """Milliseconds from INVITE, the first one, to 180."""
        return self.caller.times.get(ladders.RINGS, [])


class Bench:
    """The switch and the bare loop, side by side, and whom they call."""

    def __init__(self, folder: Path, extensions: Sequence[str] = ()) -> None:
        """`extensions`: more than those that call and are called."""
        self._folder = folder
        self._more = tuple(extensions)
        self._caller, self._callee = new_address(), new_address()
        self.addresses = {"switch": new_address(), "bare": new_address()}
        self._runs = 0
        self.targets: dict[str, Process] = {}

    def __enter__(self) -> "Bench":
        extensions = (*CALLERS, CALLEE, *self._more)
        self.targets["switch"] = start_switch(self._folder / "switch", self.addresses["switch"], extensions)
        try:
            self.targets["bare"] = start_bare_loop(
                self._folder / "bare", self.addresses["bare"], self._callee
            )
            self._register()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.targets.values():
            process.stop()

    def _register(self) -> None:
        with Sipp(
            ladders.register(),
            self._folder / "register",
            self._callee,
            self.addresses["switch"],
            [(CALLEE, "")],
            calls=1,
        ) as sipp:
            sipp.finish(10.0)

    def burst(self, target: str, rate: int, seconds: float) -> Burst:
        """So many calls a second for so long; returns when all are over."""
        self._runs += 1
        folder = self._folder / f"{self._runs}-{target}-{rate}"
        calls, process = max(1, int(rate * seconds)), self.targets[target]
        users = [(number, CALLEE) for number in CALLERS]
        scenario = ladders.caller(TALK, authenticated=target == "switch")
        before, threads = process.cpu_seconds, process.cpu_by_thread
        beside = process.children_cpu_seconds
        with (
            Sipp(
                ladders.callee(RING), folder / "callee", self._callee, self._callee, [(CALLEE, "")]
            ) as callee,
            Sipp(
                scenario,
                folder / "caller",
                self._caller,
                self.addresses[target],
                users,
                called=CALLEE,
                calls=calls,
                rate=rate,
            ) as caller,
        ):
            called = caller.finish(seconds + 60.0)
            taken = callee.stop()
        each = 1000 * (process.cpu_seconds - before) / calls
        now = process.cpu_by_thread
        shares = {name: 1000 * (now[name] - threads.get(name, 0.0)) / calls for name in now}
        beside = 1000 * (process.children_cpu_seconds - beside) / calls
        return Burst(rate, called, taken, each, shares, beside)


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    turns, seconds, usual, heavy_rate = (1, 1.0, 30, 40) if setting.quick else (5, 5.0, 200, 500)
    report = Report("call_setup", "Call setup: the switch and the bare loop")
    with Bench(setting.folder) as bench:
        for target in ("switch", "bare"):
            bench.burst(target, usual, 0.5 if setting.quick else 2.0)  # warm
        loaded = _in_turns(bench, heavy_rate, seconds, turns)
        pairs = _in_turns(bench, usual, seconds, turns)
        _compare(report, loaded, pairs)
        quick = setting.quick
        timed = {
            target: bench.burst(target, 30 if quick else 300, 1.0 if quick else 15.0)
            for target in ("switch", "bare")
        }
        _delays(report, timed)
        heavy = {
            target: bench.burst(target, heavy_rate, 1.0 if quick else 20.0) for target in ("switch", "bare")
        }
        _load(report, heavy)
    report.plot = lambda file: _plot(file, pairs, timed)
    report.note(
        f"A call: INVITE, challenge (the switch only), INVITE, 180, {RING} ms ringing, 200, ACK, {TALK} ms, "
        "BYE. CPU is that of the target's process, all threads, user and system; the "
        "keeper of call records has a process of its own, at a lower priority. Retransmissions are those "
        "that the two SIPps sent or received, in percent of all their messages. "
        "The ratio has its target where the cost of a call decides how many there can be. When calls come "
        "one at a time, the processor has done something else between two steps of a call and its caches are "
        "cold, which makes every call dearer."
    )
    return report


def _in_turns(bench: Bench, rate: int, seconds: float, turns: int) -> list[tuple[Burst, Burst]]:
    return [(bench.burst("switch", rate, seconds), bench.burst("bare", rate, seconds)) for _ in range(turns)]


def _compare(report: Report, loaded: list[tuple[Burst, Burst]], pairs: list[tuple[Burst, Burst]]) -> None:
    ratio, words = _ratio(report, loaded)
    report.at_most(words, ratio, RATIO, "{:.2f}")
    ratio, words = _ratio(report, pairs)
    report.add(words, f"{ratio:.2f}")
    threads: dict[str, list[float]] = {}
    for switch, _ in pairs:
        for name, each in switch.by_thread.items():
            threads.setdefault(name, []).append(each)
    shares = ", ".join(
        f"{name} {median(each):.2f}" for name, each in sorted(threads.items()) if median(each) >= 0.01
    )
    report.add(f"The switch's at {pairs[0][0].rate}/s, by thread, ms", shares or "none")
    report.add(
        "Beside it, the keeper's process", shown([switch.beside for switch, _ in pairs], 2, " ms a call")
    )
    failed = sum(one.caller.failed for pair in (*loaded, *pairs) for one in pair)
    report.at_most("Failed calls in these turns, both", failed, 0, "{:.0f}")


def _ratio(report: Report, pairs: list[tuple[Burst, Burst]]) -> tuple[float, str]:
    """The median over the turns, and what it is called; adds what it is made of."""
    rate = pairs[0][0].rate
    ratios = [switch.milliseconds / bare.milliseconds for switch, bare in pairs if bare.milliseconds]
    report.add(f"CPU a call, switch, {rate}/s", shown([one.milliseconds for one, _ in pairs], 2, " ms"))
    report.add(f"CPU a call, bare loop, {rate}/s", shown([one.milliseconds for _, one in pairs], 2, " ms"))
    words = f"Ratio at {rate}/s, median of {len(pairs)} turns ({min(ratios):.2f} to {max(ratios):.2f})"
    return median(ratios), words


def _delays(report: Report, timed: dict[str, Burst]) -> None:
    switch, bare = timed["switch"], timed["bare"]
    report.at_most(f"INVITE to 180 at {switch.rate}/s, p99", percentile(switch.rings, 0.99), P99, "{:.0f} ms")
    report.add(f"INVITE to 180 at {switch.rate}/s, p50", f"{percentile(switch.rings, 0.5):.0f} ms")
    bare_shown = f"{percentile(bare.rings, 0.5):.0f} ms, {percentile(bare.rings, 0.99):.0f} ms"
    report.add(f"The bare loop's p50 and p99 at {bare.rate}/s", bare_shown)


def _load(report: Report, heavy: dict[str, Burst]) -> None:
    switch, bare = heavy["switch"], heavy["bare"]
    calls = switch.caller.succeeded + switch.caller.failed
    report.at_most(f"Failed of {calls} calls at {switch.rate}/s", switch.caller.failed, 0, "{:.0f}")
    report.at_most(f"Retransmissions at {switch.rate}/s", switch.repeated, REPEATED, "{:.2f} %")
    report.add(
        f"CPU a call at {switch.rate}/s, switch and bare loop",
        f"{switch.milliseconds:.2f} ms, {bare.milliseconds:.2f} ms",
    )
    delay = f"{percentile(switch.rings, 0.5):.0f} ms, {percentile(switch.rings, 0.99):.0f} ms"
    report.add(f"INVITE to 180 at {switch.rate}/s, p50 and p99", delay)
    report.add(
        f"The bare loop at {bare.rate}/s",
        f"{bare.caller.failed} failed, {bare.repeated:.2f} % retransmissions, "
        f"p99 {percentile(bare.rings, 0.99):.0f} ms",
    )


def _plot(file: Path, pairs: list[tuple[Burst, Burst]], timed: dict[str, Burst]) -> None:
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4))
    turns = range(1, len(pairs) + 1)
    left.plot(turns, [one.milliseconds for one, _ in pairs], "o-", label="switch")
    left.plot(turns, [one.milliseconds for _, one in pairs], "s-", label="bare loop")
    left.set(title=f"CPU a call at {pairs[0][0].rate}/s", xlabel="turn", ylabel="ms", xticks=list(turns))
    left.set_ylim(bottom=0)
    left.legend()
    for name, burst in timed.items():
        times = sorted(burst.rings)
        right.plot(times, [100 * (n + 1) / len(times) for n in range(len(times))], label=name)
    right.axvline(P99, color="grey", linestyle=":")
    right.set(
        title=f"INVITE to 180 at {timed['switch'].rate}/s", xlabel="ms", ylabel="% of calls", xscale="symlog"
    )
    right.set_xlim(left=0)
    right.legend()
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    pyplot.close(figure)


if __name__ == "__main__":
    raise SystemExit(main(["call_setup"]))
