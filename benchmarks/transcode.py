"""What transcoding costs: G.722 and Opus legs, each bridged to a G.711 leg, and how many there may be.

All coding is done by one thread, the media clock. When that thread has more to do than a core can, the clock
slips: legs get fewer than 50 packets a second. How many legs there are until then is predicted from the first
step and then tried.
"""

from pathlib import Path

import matplotlib

from benchmarks.media import Held, Load
from benchmarks.results import Report
from benchmarks.running import Setting, main

TARGETS = {"g722": 200, "opus": 60}
NAMES = {"g722": "G.722", "opus": "Opus"}
_KEEPS_TIME = 49.5
"""Packets a second to a leg. Less, and the clock slips."""
_MOST = 450
"""Calls; phones and RTP generator need their share of the machine, too."""


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    report = Report("transcode", "Transcoding legs")
    first, warm_up, seconds = (4, 0.5, 1.0) if setting.quick else (40, 2.0, 4.0)
    plain = _loads(setting, "pcmu", "narrowband", (first,), warm_up, seconds)[0]
    plain_leg = plain.share / 2
    report.add("CPU of a G.711 leg, of a core", f"{plain_leg:.3f} %")
    found: dict[str, list[Load]] = {}
    for codec, target in TARGETS.items():
        loads = _search(setting, codec, first, warm_up, seconds)
        found[codec] = loads
        kept = [one for one in loads if _keeps_time(one)]
        at_most = max((one.calls for one in kept), default=0)
        limit = 4 if setting.quick else target
        report.at_least(f"{NAMES[codec]} legs while the clock keeps time", at_most, limit, "{:.0f}")
        slipped = [one.calls for one in loads if not _keeps_time(one)]
        report.add(
            f"{NAMES[codec]}: the clock slips with", f"{min(slipped)} legs" if slipped else "not reached"
        )
        leg = (kept or loads)[-1].share - plain_leg
        report.add(f"CPU of a {NAMES[codec]} leg, of a core", f"{leg:.2f} %")
    for codec in list(TARGETS)[-1:] if setting.quick else list(TARGETS):
        wide = _loads(setting, codec, "wideband", (first,), warm_up, seconds)[0]
        clock = wide.threads.get("clock", 0.0)
        room = int(100 * wide.calls / clock) if clock else 0
        report.add(
            f"{NAMES[codec]} with `audio: wideband`",
            f"{wide.share:.2f} % of a core for it and its G.711 leg; {room} legs would fill the clock's core",
        )
    report.note(
        "Each leg has a G.711 leg at its other side, served by the same thread; CPU of a leg is without it. "
        "Steps, with packets a second to the slowest leg and the clock thread's share of a core: "
        + "; ".join(
            f"{NAMES[codec]} " + ", ".join(_step(one) for one in loads) for codec, loads in found.items()
        )
        + "."
    )
    report.plot = lambda file: _plot(file, found)
    return report


def _loads(
    setting: Setting, codec: str, audio: str, steps: tuple[int, ...], warm_up: float, seconds: float
) -> list[Load]:
    with Held(setting.folder / f"{codec}-{audio}", ("pcmu", codec), audio) as held:
        return [held.load(calls, warm_up, seconds) for calls in steps]


def _search(setting: Setting, codec: str, first: int, warm_up: float, seconds: float) -> list[Load]:
    with Held(setting.folder / f"{codec}-search", ("pcmu", codec)) as held:
        loads = [held.load(first, warm_up, seconds)]
        if setting.quick:
            return loads
        room = 100 * first / max(1.0, loads[0].threads.get("clock", 0.0))
        for share in (0.7, 0.85, 1.0, 1.15, 1.3):
            calls = min(_MOST, max(first + 1, int(room * share)))
            if calls == loads[-1].calls:
                break
            loads.append(held.load(calls, warm_up, seconds))
            if not _keeps_time(loads[-1]):
                break
        return loads


def _keeps_time(load: Load) -> bool:
    return load.heard.slowest >= _KEEPS_TIME


def _step(load: Load) -> str:
    return f"{load.calls}: {load.heard.slowest:.1f}/s, {load.threads.get('clock', 0.0):.0f} %"


def _plot(file: Path, found: dict[str, list[Load]]) -> None:
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4))
    for codec, loads in found.items():
        calls = [one.calls for one in loads]
        left.plot(calls, [one.threads.get("clock", 0.0) for one in loads], "o-", label=NAMES[codec])
        right.plot(calls, [one.heard.slowest for one in loads], "o-", label=NAMES[codec])
    left.set(title="The media clock's thread", xlabel="legs, each with its G.711 leg", ylabel="% of a core")
    right.set(title="Packets a second to the slowest leg", xlabel="legs")
    for axes in (left, right):
        axes.set_ylim(bottom=0)
        axes.legend()
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    pyplot.close(figure)


if __name__ == "__main__":
    raise SystemExit(main(["transcode"]))
