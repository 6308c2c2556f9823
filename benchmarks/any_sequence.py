"""Two thousand random sequences of what people do in calls: is anything left over, and does memory grow?

Four people call, forward, hold, transfer, park, pick up, confer, listen, record and hang up, as
tests/rig/soak says; each sequence is drawn from its own number, so that one that fails can be had again.
"""

import asyncio
from pathlib import Path

from benchmarks.processes import BenchmarkError
from benchmarks.results import Report
from benchmarks.running import Setting, main
from tests.rig.ports import new_address
from tests.rig.soak.office import plan
from tests.rig.soak.run import Soaked, soak
from tests.rig.switch import Switch
from tests.rig.waiting import RigError

SEQUENCES, QUICK = 2000, 25
GROWTH = 1.1
"""How many times what is resident after the first half may be resident after the second one."""


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    try:
        found = asyncio.run(_soaked(setting.folder, setting.quick))
    except RigError as error:
        notes = "; ".join(getattr(error, "__notes__", ()))
        raise BenchmarkError(f"{notes}\n{error}") from error
    return _report(found)


async def _soaked(folder: Path, quick: bool) -> Soaked:
    address, sequences = new_address(), QUICK if quick else SEQUENCES
    switch = await Switch.start(folder / "switch", plan(address), address, within=60.0)
    try:
        found = await soak(switch, sequences, patient=not quick)
    except BaseException:
        await switch.kill9()
        raise
    await switch.terminate()
    return found


def _report(found: Soaked) -> Report:
    report = Report("any_sequence", "Any sequence of features")
    before, after = found.descriptors
    first, second = found.memory
    report.at_least("Calls", found.calls, found.sequences, "{}")
    report.at_most("Of them without an end event", found.without_end, 0, "{}")
    report.at_most("Of them with more than one", found.ended_twice, 0, "{}")
    report.at_most("Legs, ports and files left over after the second half", after - before, 0, "{}")
    report.at_most("Recordings left unfinished", found.unfinished, 0, "{}")
    report.at_most("Memory after the second half, to that after the first", second / first, GROWTH, "{:.3f}")
    report.add(
        "Resident after the first half and after the second", f"{first / 1e6:.1f} MB, {second / 1e6:.1f} MB"
    )
    report.add("Sequences", f"{found.sequences} in {found.seconds:.0f} s")
    done = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(found.done.items()))
    report.note(f"What was done, and how often: {done}.")
    return report


if __name__ == "__main__":
    raise SystemExit(main(["any_sequence"]))
