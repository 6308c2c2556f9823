"""Sequence after sequence, and what of them is left over."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.rig.soak.beginnings import BEGINNINGS
from tests.rig.soak.doings import DOINGS, hang_up
from tests.rig.soak.office import Crew, Office
from tests.rig.switch import Switch
from tests.rig.waiting import RigError, until, until_told

A_CREW = 25
"""Sequences after which the people get new phones, whose inboxes are empty."""
LONGEST = 4
"""Things done in one call, beside that it begins and ends."""


@dataclass(slots=True)
class Soaked:
    """What a run has found."""

    sequences: int
    done: Counter[str] = field(default_factory=Counter)
    """How often each thing was done."""
    seconds: float = 0.0
    calls: int = 0
    without_end: int = 0
    ended_twice: int = 0
    descriptors: tuple[int, int] = (0, 0)
    """Of the switch: in the middle, when all was over, and at the end."""
    memory: tuple[int, int] = (0, 0)
    """Bytes resident in the middle and at the end."""
    unfinished: int = 0
    """Recordings that are not complete."""


async def soak(switch: Switch, sequences: int, patient: bool = True) -> Soaked:
    """Does so many. Raises RigError where somebody waits for what does not come; the story names the seed.

    `patient`: wait until the last transaction is forgotten, half a minute in the middle and at the end, so
    that the two are alike to the byte.
    """
    found, begun = Soaked(sequences), time.monotonic()
    memory = before = 0
    for first in range(0, sequences, A_CREW):
        crew = await Crew.come(switch)
        try:
            for seed in range(first, min(first + A_CREW, sequences)):
                await _sequence(crew, seed, found.done)
        except BaseException:
            await crew.close()
            raise
        await settled(switch, patient=False)  # while there are phones to answer the last BYEs
        await crew.leave()
        if first <= sequences // 2 < first + A_CREW:
            await settled(switch, patient)
            memory, before = switch.resident_bytes, descriptors(switch)
    found.seconds = time.monotonic() - begun
    await settled(switch, patient)
    # A control connection may still be closing.
    await _quietly(lambda: descriptors(switch) <= before)
    found.memory = memory, switch.resident_bytes
    found.descriptors = before, descriptors(switch)
    await _quietly(lambda: not unended(switch))
    ended = Counter(line["call"] for line in switch.log.matching(lambda line: line["event"] == "call ended"))
    found.calls, found.without_end = len(ended), len(unended(switch))
    found.ended_twice = sum(count > 1 for count in ended.values())
    await _quietly(lambda: not unfinished(switch))
    found.unfinished = len(unfinished(switch))
    return found


async def _sequence(crew: Crew, seed: int, done: Counter[str]) -> None:
    chance = random.Random(seed)  # noqa: S311 - whoever looks for a failure wants the same draw again
    office = Office(crew, chance)
    try:
        await office.do(chance.choice(BEGINNINGS))
        for _ in range(chance.randrange(LONGEST + 1)):
            if office.pair is not None:
                await office.do(chance.choice(DOINGS))
        if office.pair is not None:
            await office.do(hang_up)
    except BaseException as error:
        error.add_note(f"sequence {seed}: {'; '.join(office.story)}")
        raise
    done.update(office.story)


async def settled(switch: Switch, patient: bool = True) -> None:
    """No call, no leg and no dialog; `patient`: nor a transaction, which is kept for 32 s (RFC 3261 §17)."""

    async def nothing_lingers() -> bool:
        status = await switch.control("status")
        return not status["lingering_dialogs"] and not (patient and status["transactions"])

    await switch.idle()
    await until_told(nothing_lingers, "no dialog lingers", within=60.0)


def descriptors(switch: Switch) -> int:
    """Open files and sockets of the switch."""
    return len(list(Path(f"/proc/{switch.process.pid}/fd").iterdir()))


def unended(switch: Switch) -> set[str]:
    """Calls that began and, as far as the log has been read, have not ended."""
    began, ended = (
        {line["call"] for line in switch.log.matching(lambda line, event=event: line["event"] == event)}
        for event in ("call", "call ended")
    )
    return began - ended


def unfinished(switch: Switch) -> list[Path]:
    """What is being recorded still."""
    folder = switch.file.parent / "state" / "recordings"
    return [file for file in folder.rglob("*") if file.suffix in (".begun", ".left", ".right")]


async def _quietly(condition: Callable[[], bool]) -> None:
    """Gives it a few seconds; what is found is counted afterwards, whatever it is."""
    try:
        await until(condition, "it is so")
    except RigError:
        return
