"""What two hundred held legs cost: all hear one piece of music, decoded once."""

from dataclasses import replace

from benchmarks.media import Held
from benchmarks.results import Report
from benchmarks.running import Setting, main

LEGS, SHARE = 200, 0.2
"""Held legs, and percent of a core for each; its call is held by a leg that is silent."""


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    calls, warm_up, seconds = (5, 0.5, 1.5) if setting.quick else (LEGS, 3.0, 15.0)
    report = Report("hold", "Calls on hold")
    with Held(setting.folder / "switch", ("pcmu", "pcmu")) as held:
        held.phones.call(calls)
        talking = held.switch.resident_bytes
        held.phones.hold()
        # Each is in a room of its own: nothing but music is to be heard.
        legs = [
            replace(one.callee, codec=f"tone/{500 + 10 * index}/{index}")
            for index, one in enumerate(held.phones.calls)
            if one.callee is not None
        ]
        load = held.listen(legs, warm_up, seconds, calls)
        resident = held.switch.resident_bytes
    heard = load.heard
    report.at_most(f"CPU a held leg, {calls} of them, of a core", load.share, SHARE, "{:.3f} %")
    report.at_most(f"RTP missing at the receivers, of {heard.received} packets", heard.rtp_gaps, 0, "{}")
    report.at_least("Packets a second to each leg, slowest", heard.slowest, 49.5, "{:.1f}")
    late = 100 * heard.late_packets / max(1, heard.received)
    report.add(
        "Packets more than 20 ms late at the receivers",
        f"{late:.2f} %, at most by {heard.behind:.0f} ms (the sender itself up to {heard.late:.0f} ms late)",
    )
    threads = ", ".join(f"{name} {share:.0f} %" for name, share in sorted(load.threads.items()) if share >= 1)
    report.add("CPU by thread", threads or "none as much as 1 %")
    report.add("Resident, all talking, and all held", f"{talking / 1e6:.0f} MB, {resident / 1e6:.0f} MB")
    report.note(
        "CPU is the switch's whole process, in percent of one core. The held legs send RTP as phones do."
    )
    return report


if __name__ == "__main__":
    raise SystemExit(main(["hold"]))
