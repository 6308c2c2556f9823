"""A caller's whole way through the house, by day and by night, with baresip as the carrier."""

from pathlib import Path

import soundfile

from media.spectrum import frequencies_in
from media.tones import sine
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.carriers import company
from tests.e2e.conftest import HandsetFactory
from tests.rig.ports import new_address
from tests.rig.waiting import until

MENU, BOX, CALLER, BORIS = 500, 900, 1300, 700
NUMBER = "+4930123450"


def wav(file: Path, tone: int, seconds: float) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(file, sine(tone, seconds, 8000), 8000)
    return str(file)


async def test_menu_queue_department_and_voicemail(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    address, server = new_address(), new_address()
    boxes = tmp_path / "switch" / "state" / "voicemail" / "101"
    wav(boxes / "greeting.wav", BOX, 2.0)
    plan = company(address, f"{server}:5060")
    plan |= {
        "modes": {"day": "otherwise", "night": "by hand"},
        "numbers": {NUMBER: {"day": "main", "night": "voicemail 101"}},
        "menus": {"main": {"greeting": wav(tmp_path / "menu.wav", MENU, 5.0), "keys": {"1": "support"}}},
        "queues": {
            "support": {"agents": ["102"], "max_wait": "10s", "then": "sales", "announce_every": "off"}
        },
        "departments": {"sales": {"members": ["103"], "then": "voicemail 101"}},
    }
    plan["extensions"]["101"]["voicemail"] = {}
    switch = await switch_factory(address=address, plan=plan)
    await switch.wait_event("own words prepared")
    boris, clara = await handset("102", switch), await handset("103", switch)
    carrier = await baresip_factory("004417112345", address=server, registrar=address, tone=CALLER)

    # By day: the menu, a queue in which nobody answers, a department that declines, a message.
    await carrier.dial(NUMBER)
    await carrier.hears(MENU)
    await carrier.dtmf("1")
    offered = await boris.called()
    await offered.ring()
    at_sales = await clara.called(within=20)
    await at_sales.refuse(486)
    await carrier.hears(BOX)
    await until(
        lambda: any(file.stat().st_size > 40_000 for file in boxes.glob("*.part")), "a message is left"
    )
    await carrier.hangup()
    await until(lambda: bool(list(boxes.glob("*.json"))), "it is kept")
    (message,) = [file.with_suffix(".wav") for file in boxes.glob("*.json")]
    samples, rate = soundfile.read(message)
    assert frequencies_in(samples[-2 * rate : -rate], rate, [MENU, BOX, CALLER]) == {CALLER}
    await switch.idle()

    # By night: straight to the box.
    await switch.control("mode", mode="night")
    await carrier.dial(NUMBER)
    await carrier.hears(BOX)
    await carrier.hangup()
    await switch.idle()

    # And out again.
    talk = await clara.dial("9004417112345")
    await carrier.answer()
    await talk.answered()
    clara.media.play(BORIS)
    await carrier.hears(BORIS)
    await clara.media.hears({CALLER}, [BORIS, CALLER])
    await talk.hang_up()
    await carrier.closed()
