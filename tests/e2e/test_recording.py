"""Calls on disk: each side on its own channel, over transfers, pauses and the switch's death."""

from pathlib import Path
from typing import Any

import soundfile

from media.samples import Samples
from media.spectrum import frequencies_in
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import connect, disconnect, press
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

ANNA, BORIS, CLARA = 440, 700, 1100
TONES = [ANNA, BORIS, CLARA]


async def office(switch_factory: SwitchFactory, address: str = "", **settings: Any) -> Switch:
    address = address or new_address()
    plan = dialplan(address, ("101", "102", "103"), recording={"announce": False, **settings})
    return await switch_factory(plan=plan, address=address)


def folder(switch: Switch) -> Path:
    return switch.file.parent / "state" / "recordings"


def recordings(switch: Switch) -> list[Path]:
    return sorted(folder(switch).glob("*/*.flac"))


async def the_recording(switch: Switch) -> tuple[Samples, Samples, int]:
    """Left, right and their rate, when all is written."""
    await until(lambda: not list(folder(switch).glob("*/*.begun")), "it is complete", every=0.05)
    (path,) = recordings(switch)
    sound, rate = soundfile.read(path)
    return sound[:, 0], sound[:, 1], rate


async def lasts(switch: Switch, seconds: float) -> None:
    """Until so much more has been recorded."""
    size = sum(part.stat().st_size for part in folder(switch).glob("*/*.left"))

    def more() -> bool:
        now = sum(part.stat().st_size for part in folder(switch).glob("*/*.left"))
        return now >= size + 16000 * seconds

    await until(more, f"{seconds} s are recorded", every=0.05)


def tones(sound: Samples, rate: int) -> set[float]:
    return frequencies_in(sound, rate, TONES)


async def test_each_side_on_its_channel_over_a_transfer(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory, calls_inside="always")
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    for phone, tone in ((anna, ANNA), (boris, BORIS), (clara, CLARA)):
        phone.media.play(tone)
    await anna.media.hears({BORIS}, TONES)
    await boris.media.hears({ANNA}, TONES)
    await lasts(switch, 1.0)
    await called.refer("103")
    await switch.wait_event("transfer", to="103")
    taken = await clara.called()
    await taken.accept()
    await anna.media.hears({CLARA}, TONES)
    await lasts(switch, 1.0)
    await disconnect(talk, taken)
    await switch.idle()
    left, right, rate = await the_recording(switch)
    half = int(0.6 * rate)
    assert tones(left, rate) == {ANNA}
    assert tones(right, rate) == {BORIS, CLARA}
    assert tones(right[:rate], rate) <= {BORIS}
    assert tones(right[-half:], rate) == {CLARA}
    assert tones(left[-half:], rate) == {ANNA}


async def test_on_demand_paused_and_stopped(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, calls_inside="on demand")
    anna, boris = [await handset(number, switch) for number in ("101", "102")]
    talk, called = await connect(anna, boris)
    boris.media.play(BORIS)
    await anna.media.hears({BORIS}, TONES)
    assert not list(folder(switch).glob("*/*.left"))
    await press(anna, "*1")
    await switch.wait_event("recording", by="101")
    await lasts(switch, 0.6)
    await press(anna, "*4")
    boris.media.play(CLARA)
    await anna.media.hears({CLARA}, TONES)
    await press(anna, "*4")
    await lasts(switch, 0.6)
    await press(anna, "*1")
    await until(lambda: bool(recordings(switch)), "it is complete", every=0.05)
    await disconnect(talk, called)
    await switch.idle()
    _, right, rate = await the_recording(switch)
    assert tones(right[-rate // 4 :], rate) == {CLARA}
    assert tones(right[: rate // 2], rate) == {BORIS}


async def test_the_whole_call_or_nothing(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """What was said before somebody pressed the code is there; without it nothing is kept."""
    switch = await office(switch_factory, calls_inside="on demand from start")
    anna, boris = [await handset(number, switch) for number in ("101", "102")]
    talk, called = await connect(anna, boris)
    await lasts(switch, 0.3)
    await disconnect(talk, called)
    await switch.idle()
    await until(lambda: not list(folder(switch).glob("*/*.*")), "nothing is kept", every=0.05)
    talk, called = await connect(anna, boris)
    boris.media.play(BORIS)
    await anna.media.hears({BORIS}, TONES)
    await lasts(switch, 0.8)
    boris.media.play(CLARA)
    await anna.media.hears({CLARA}, TONES)
    await press(boris, "*1")
    await switch.wait_event("recording", by="102")
    await lasts(switch, 0.5)
    await disconnect(talk, called)
    await switch.idle()
    _, right, rate = await the_recording(switch)
    assert tones(right, rate) == {BORIS, CLARA}
    assert tones(right[: rate * 3 // 4], rate) <= {BORIS}


async def test_killed_while_recording(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, calls_inside="always")
    anna, boris = [await handset(number, switch) for number in ("101", "102")]
    await connect(anna, boris)
    anna.media.play(ANNA)
    await boris.media.hears({ANNA}, TONES)
    await lasts(switch, 2.0)
    switch.process.kill()
    await switch.process.wait()
    again = await office(switch_factory, switch.address, calls_inside="always")
    await again.wait_event("recording recovered")
    left, _, rate = await the_recording(again)
    assert len(left) >= 2.0 * rate
    assert tones(left[-rate:], rate) == {ANNA}
