"""What a party of a conference costs as the room grows, and whether all hear all and nobody himself.

Every party sends a tone of its own. What comes back to each is looked through for the tones of all: those of
its room must be there, its own and those of other rooms must not. Packets are counted at the receivers: those
missing by their numbers, and those that come more than 20 ms behind the leg's earliest one.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib

from benchmarks.media import Held, Load
from benchmarks.results import Report
from benchmarks.rtp import RtpLeg
from benchmarks.running import Setting, main

SIZES = (2, 5, 10, 20, 35, 50, 75)
ROOMS, IN_EACH = 20, 10
LINEAR = 1.1
"""A party of 75 in one room may cost so many times what one of 20 costs."""
_LOWEST, _STEP = 300, 15
"""Hertz: tones lie apart by multiples of the step. 200 of them end below what G.711 carries."""


@dataclass(frozen=True, slots=True)
class Size:
    """One load, and what the switch held meanwhile."""

    parties: int
    load: Load
    resident: int


def measure(setting: Setting) -> Report:
    """See the top of this file."""
    sizes, rooms, in_each = ((2, 4), 2, 3) if setting.quick else (SIZES, ROOMS, IN_EACH)
    report = Report("conference", "Conferences")
    loads = _one_room(setting, sizes)
    together = _many_rooms(setting, rooms, in_each)
    middle, last = loads[len(loads) // 2], loads[-1]
    # A short run may be over before the kernel's clock of CPU time has ticked.
    growth = last.load.share / middle.load.share if middle.load.share else 1.0
    report.at_most(
        f"CPU a party, {last.parties} in one room to {middle.parties}", growth, LINEAR, "{:.2f} times"
    )
    every = [*loads, together]
    heard = [one.load.heard for one in every]
    report.at_most(
        "Pairs in one room of which one does not hear the other", sum(h.missing for h in heard), 0, "{}"
    )
    report.at_most("Parties who hear themselves", sum(h.own for h in heard), 0, "{}")
    report.at_most("Pairs of two rooms of which one hears the other", sum(h.strange for h in heard), 0, "{}")
    report.at_most("RTP missing at the receivers", sum(h.rtp_gaps for h in heard), 0, "{}")
    report.at_least("Packets a second to each party, slowest", min(h.slowest for h in heard), 49.5, "{:.1f}")
    for one in loads:
        report.add(f"{one.parties} in one room", _words(one))
    report.add(f"{rooms} rooms of {in_each}", _words(together))
    report.note(
        "CPU is the switch's whole process, in percent of one core; a thread's is for all parties together."
    )
    report.plot = lambda file: _plot(file, loads)
    return report


def _one_room(setting: Setting, sizes: tuple[int, ...]) -> list[Size]:
    found: list[Size] = []
    with Held(setting.folder / "one", ("pcmu", "pcmu"), conferences={"800": _room(max(sizes))}) as held:
        for size in sizes:
            held.phones.call(size - len(held.phones.calls), "800")
            found.append(_listen(held, setting, [0] * size))
    return found


def _many_rooms(setting: Setting, rooms: int, in_each: int) -> Size:
    numbers = [str(800 + room) for room in range(rooms)]
    conferences = {number: _room(in_each) for number in numbers}
    with Held(setting.folder / "many", ("pcmu", "pcmu"), conferences=conferences) as held:
        for number in numbers:
            held.phones.call(in_each, number)
        return _listen(held, setting, [room for room in range(rooms) for _ in range(in_each)])


def _room(members: int) -> dict[str, object]:
    return {"announce": "off", "max_members": members}


def _listen(held: Held, setting: Setting, rooms: list[int]) -> Size:
    """`rooms`: in which each party is."""
    legs = held.phones.rtp_legs()
    apart = _STEP * max(1, 200 // len(legs))
    # Neighbours in hertz are in different rooms, as far as there are several.
    order = sorted(range(len(legs)), key=lambda leg: (leg - rooms.index(rooms[leg]), rooms[leg]))
    hertz = {leg: _LOWEST + apart * place for place, leg in enumerate(order)}
    tones = [_with_tone(leg, hertz[index], rooms[index]) for index, leg in enumerate(legs)]
    warm_up, seconds = (1.0, 1.5) if setting.quick else (3.0, 8.0)
    load = held.listen(tones, warm_up, seconds, len(legs))
    return Size(len(legs), load, held.switch.resident_bytes)


def _with_tone(leg: RtpLeg, hertz: int, room: int) -> RtpLeg:
    return replace(leg, codec=f"tone/{hertz}/{room}")


def _words(one: Size) -> str:
    load, heard = one.load, one.load.heard
    threads = ", ".join(f"{name} {share:.0f} %" for name, share in sorted(load.threads.items()) if share >= 1)
    return (
        f"{load.share:.3f} % a party ({threads}); {heard.rtp_gaps} of {heard.received} packets missing, "
        f"{heard.late_packets} late, at most by {heard.behind:.0f} ms (the sender itself up to "
        f"{heard.late:.0f} ms late); {one.resident / 1e6:.0f} MB"
    )


def _plot(file: Path, loads: list[Size]) -> None:
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4))
    sizes = [one.parties for one in loads]
    for name in ("media", "clock"):
        left.plot(sizes, [one.load.threads.get(name, 0.0) for one in loads], "o-", label=f"thread {name}")
    left.plot(sizes, [one.load.share * one.parties for one in loads], "s-", label="whole process")
    left.set(title="CPU of the room", xlabel="parties", ylabel="% of a core")
    left.legend()
    right.plot(sizes, [one.load.share for one in loads], "s-", label="whole process")
    right.plot(
        sizes,
        [one.load.threads.get("clock", 0.0) / one.parties for one in loads],
        "o-",
        label="thread clock",
    )
    right.set(title="CPU of a party", xlabel="parties", ylabel="% of a core")
    right.set_ylim(bottom=0)
    right.legend()
    figure.tight_layout()
    figure.savefig(file, dpi=100)
    pyplot.close(figure)


if __name__ == "__main__":
    raise SystemExit(main(["conference"]))
