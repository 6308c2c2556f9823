"""Announcements: a caller from outside and one of the house hear them, and go on or are let go."""

from pathlib import Path
from typing import Any

import soundfile

from media.spectrum import frequencies_in
from media.tones import sine
from tests.conftest import SwitchFactory
from tests.e2e.carriers import last_call
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

GREETING = 900


async def hears(phone: Handset, frequency: int) -> None:
    await phone.media.hears({frequency}, [500, 900, 1300], 0.3, since_key=True)


async def office(factory: SwitchFactory, folder: Path, **announcement: Any) -> Switch:
    address = new_address()
    file = folder / "greeting.wav"
    soundfile.write(file, sine(GREETING, 0.8, 16000), 16000)
    plan = dialplan(address, announcements={"closed": {"number": 390, "say": str(file), **announcement}})
    switch = await factory(plan=plan, address=address)
    await switch.wait_event("own words prepared")
    return switch


async def test_an_announcement_is_heard_as_often_as_wanted_and_ends(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    switch = await office(switch_factory, tmp_path, repeat=2)
    anna = await handset("101", switch)
    talk = await anna.dial("390")
    answer = await talk.answered()
    assert '"closed"' in answer.get("P-Asserted-Identity")
    await hears(anna, GREETING)
    await talk.ended()
    samples = anna.media.recent(1.3)
    assert samples is not None
    assert frequencies_in(samples.samples, samples.rate, [GREETING]) == {GREETING}
    call = await last_call(switch)
    assert call["outcome"] == "completed"


async def test_it_leads_on(switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path) -> None:
    switch = await office(switch_factory, tmp_path, then="102")
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("390")
    await talk.answered()
    await hears(anna, GREETING)
    called = await boris.called()
    await called.accept()
    boris.media.play(500)
    await hears(anna, 500)
    await talk.hang_up()
    await called.ended()


async def test_a_blind_transfer_to_it_frees_the_sender(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    switch = await office(switch_factory, tmp_path, repeat=3)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    await talk.answered()
    await called.refer("390")
    await called.ended()
    await hears(anna, GREETING)
    await talk.ended()
