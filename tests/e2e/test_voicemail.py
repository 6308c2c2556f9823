"""Voicemail end to end: a message is left, heard by its owner, and outlives the switch's death."""

from pathlib import Path
from typing import Any

from media.spectrum import frequencies_in
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, connect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

TONE = 620
UNSAID = [
    "not-available",
    "leave-message",
    "enter-pin",
    "wrong-pin",
    "goodbye",
    "new-messages",
    "no-new-messages",
    "voicemail-keys",
    "message-number",
    "today",
    "at-time",
    "at-hour",
    "from-number",
    "message-keys",
    "message-deleted",
    "no-more-messages",
]


def plan(address: str, **settings: Any) -> dict[str, Any]:
    made = dialplan(address, ("101", "102", "103"), **{"voicemail": {"min_length": "1s"}, **settings})
    for number in ("102", "103"):
        made["extensions"][number]["voicemail"] = {"pin": "4711"}
    return made


async def office(switch_factory: SwitchFactory, folder: Path, **settings: Any) -> Switch:
    """Its texts are silent but for the tone: tests need not hear them out."""
    address = new_address()
    texts = folder / "switch" / "prompts" / "en.yaml"
    texts.parent.mkdir(parents=True)
    texts.write_text("texts: {" + ", ".join(f'{name}: ""' for name in UNSAID) + "}")
    return await switch_factory(plan=plan(address, **settings), address=address)


async def press(phone: Handset, keys: str) -> None:
    for key in keys:
        await phone.media.press(key, 80)


async def recording(switch: Switch, box: str = "102") -> Path:
    """Until the box's message is being recorded."""
    folder = switch.file.parent / "state" / "voicemail" / box
    await until(lambda: any(folder.glob("*.part")), "a message is recorded", every=0.05)
    return folder


async def leave_message(switch: Switch, phone: Handset, number: str = "102", seconds: float = 1.5) -> Talk:
    """Dials and sounds for so long."""
    talk = await phone.dial(number)
    await talk.answered()
    folder = await recording(switch)
    phone.media.play(TONE)
    part = next(folder.glob("*.part"))
    await until(lambda: part.stat().st_size > 16000 * seconds, "so much is recorded", every=0.05)
    phone.media.hush()
    return talk


async def hears(phone: Handset, frequency: int) -> None:
    def there() -> bool:
        heard = phone.media.recent(0.4)
        return heard is not None and frequencies_in(heard.samples, heard.rate, [frequency]) == {frequency}

    await until(there, f"{phone.user} hears {frequency} Hz", every=0.1, within=30.0)


async def test_nobody_is_there_a_message_is_left_and_heard(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    switch = await office(switch_factory, tmp_path)
    anna = await handset("101", switch)
    talk = await leave_message(switch, anna)
    await talk.hang_up()
    await switch.wait_event("voicemail message left", box="102", caller="101")
    boris = await handset("102", switch)
    listening = await boris.dial("*97")
    await listening.answered()
    await press(boris, "4711#1")
    await hears(boris, TONE)
    await press(boris, "7#")
    await listening.ended()
    folder = switch.file.parent / "state" / "voicemail" / "102"
    await until(lambda: not list(folder.iterdir()), "the deleted message goes")
    await switch.idle()


async def test_a_wrong_pin_opens_nothing(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    switch = await office(switch_factory, tmp_path)
    boris = await handset("102", switch)
    talk = await boris.dial("*98103")
    await talk.answered()
    for _ in range(3):
        await press(boris, "0000#")
        await switch.wait_event("wrong voicemail pin", by="102", box="103")
    await talk.ended()
    await switch.idle()


async def test_transferred_straight_to_the_box(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    """Boris sends Anna by his phone's key to *103: she speaks into Clara's box, who is not rung."""
    switch = await office(switch_factory, tmp_path)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    await called.refer("*103")
    assert [await called.told() for _ in range(2)][-1] == "SIP/2.0 200 OK"
    await called.hang_up()
    await recording(switch, "103")
    anna.media.play(TONE)
    await talk.hang_up()
    await switch.idle()
    assert not clara.seen


async def test_killed_in_the_middle_of_a_message(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    switch = await office(switch_factory, tmp_path)
    anna = await handset("101", switch)
    await leave_message(switch, anna, seconds=2.0)
    switch.process.kill()
    await switch.process.wait()
    again = await switch_factory(plan=plan(switch.address), address=switch.address)
    await again.wait_event("voicemail message recovered", box="102")
    boris = await handset("102", again)
    listening = await boris.dial("*97")
    await listening.answered()
    await press(boris, "4711#1")
    await hears(boris, TONE)
    await listening.hang_up()
    await again.idle()
