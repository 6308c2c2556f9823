"""What a bridged call costs, and what the switch does to its sound: G.711 both ways, RTP both ways.

Lost RTP is lost on the way to the switch (it counts what it gets) or missing in the numbers of what it sends.
Delay is measured on the sound itself, from the packet that brought a frame to the packet that carries it on,
so the switch's jitter buffer and the wait for its clock are in it. A jitter buffer also drops, stretches and
invents frames; how many frames did not come out as they went in is told apart from loss.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

from benchmarks.phones import CALLEE, CALLER, Phones
from benchmarks.processes import BenchmarkError, Process
from benchmarks.results import Report
from benchmarks.rtp import Heard, RtpLeg, RtpLoad
from benchmarks.running import Setting, main
from benchmarks.target import ask, start_switch
from tests.rig.ports import new_address

MOST, SHARE = 400, 0.2
"""Calls, and percent of a core for each."""
_MARGIN = 0.5
"""Seconds at both ends of the RTP that are left out when CPU is measured."""


@dataclass(frozen=True, slots=True)
class Load:
    """So many calls, measured."""

    calls: int
    heard: Heard
    share: float
    """Percent of a core a call, whole process."""
    threads: dict[str, float]
    """Percent of a core, by thread."""


class Held:
    """A switch and two phones that hold calls through it."""

    def __init__(
        self, folder: Path, codecs: tuple[str, str], audio: str = "narrowband", **settings: Any
    ) -> None:
        """`settings`: dialplan keys."""
        self._folder = folder
        switch, caller, callee, self._media = (new_address() for _ in range(4))
        self.switch: Process = start_switch(folder, switch, (CALLER, CALLEE), audio=audio, **settings)
        try:
            self.phones = Phones(switch, caller, callee, self._media, codecs)
            self.phones.register()
        except BaseException:
            self.switch.stop()
            raise

    def __enter__(self) -> "Held":
        return self

    def __exit__(self, *_: object) -> None:
        self.phones.close()
        self.switch.kill()  # it would let the calls go on for a while

    def load(self, calls: int, warm_up: float, seconds: float) -> Load:
        """RTP through `calls` calls; more are set up if there are fewer."""
        self.phones.call(calls - len(self.phones.calls))
        return self.listen(self.phones.rtp_legs(), warm_up, seconds, calls)

    def listen(self, legs: Sequence[RtpLeg], warm_up: float, seconds: float, calls: int) -> Load:
        """RTP to and from these legs of the calls that there are; the CPU is shared among `calls`."""
        with RtpLoad(self._media, legs, warm_up, seconds) as rtp:
            time.sleep(warm_up + _MARGIN)
            before, threads, start = self.switch.cpu_seconds, self.switch.cpu_by_thread, time.monotonic()
            time.sleep(max(0.5, seconds - 2 * _MARGIN))
            used, now = self.switch.cpu_seconds - before, self.switch.cpu_by_thread
            elapsed = time.monotonic() - start
            heard = rtp.finish()
        by_thread = {name: 100 * (now[name] - threads.get(name, 0.0)) / elapsed for name in now}
        return Load(calls, heard, 100 * used / elapsed / calls, by_thread)

    def received_by_switch(self) -> int:
        """Ends all calls; the RTP packets that they had brought, as the switch counted them."""
        calls = len(self.phones.calls)
        self.phones.hang_up()
        ended = ask(self._folder, "calls", recent=calls)["calls"]
        if len(ended) < calls:
            raise BenchmarkError(f"the switch remembers {len(ended)} of {calls} calls")
        return sum(int(leg["received"]) for call in ended for leg in call["legs"])


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    steps, warm_up, seconds = ((5, 10), 0.5, 1.0) if setting.quick else ((20, 100, 200, 300, MOST), 3.0, 8.0)
    report = Report("media", "Bridged G.711 calls")
    with Held(setting.folder / "switch", ("pcmu", "pcmu")) as held:
        loads = [held.load(calls, warm_up, seconds) for calls in steps]
        received = held.received_by_switch()
    sent = sum(one.heard.sent_in_all for one in loads)
    last = loads[-1]
    report.at_most(f"CPU a call with {last.calls} calls, of a core", last.share, SHARE, "{:.3f} %")
    report.at_most(f"RTP lost on the way to the switch, of {sent} packets", sent - received, 0, "{:.0f}")
    gaps = sum(one.heard.rtp_gaps for one in loads)
    report.at_most("RTP missing in what the switch sends", gaps, 0, "{:.0f}")
    report.at_least(
        f"Packets a second to each leg, {last.calls} calls, slowest leg", last.heard.slowest, 49.5, "{:.1f}"
    )
    for one in loads:
        heard = one.heard
        changed = 100 * (heard.sent - heard.heard) / max(1, heard.sent)
        threads = ", ".join(
            f"{name} {share:.0f} %" for name, share in sorted(one.threads.items()) if share >= 1
        )
        report.add(
            f"{one.calls} calls",
            f"{one.share:.3f} % a call ({threads}); delay p50 {heard.p50:.0f}, p99 {heard.p99:.0f}, "
            f"most {heard.max:.0f} ms; {changed:.2f} % of frames changed by the jitter buffer; "
            f"the sender itself up to {heard.late:.0f} ms late",
        )
    report.note(
        "CPU is the switch's whole process, in percent of one core; a thread's is for all calls together."
    )
    report.plot = lambda file: _plot(file, loads)
    return report


def _plot(file: Path, loads: list[Load]) -> None:
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4))
    calls = [one.calls for one in loads]
    for name in ("media", "clock"):
        left.plot(calls, [one.threads.get(name, 0.0) for one in loads], "o-", label=f"thread {name}")
    left.plot(calls, [one.share * one.calls for one in loads], "s-", label="whole process")
    left.set(title="CPU", xlabel="calls", ylabel="% of a core")
    left.legend()
    for name in ("p50", "p99", "max"):
        right.plot(calls, [getattr(one.heard, name) for one in loads], "o-", label=name)
    right.set(title="Delay added by the switch", xlabel="calls", ylabel="ms")
    right.set_ylim(bottom=0)
    right.legend()
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    pyplot.close(figure)


if __name__ == "__main__":
    raise SystemExit(main(["media"]))
