"""Voicemail end to end: a message is left, heard by its owner, and outlives the switch's death."""

import io
from pathlib import Path
from typing import Any

import soundfile

from media.spectrum import frequencies_in
from media.tones import sine
from media.wav import write
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, connect, press
from tests.rig.mail import MailServer
from tests.rig.message import Message, request, response
from tests.rig.ports import new_address
from tests.rig.switch import DOMAIN, Switch, dialplan, password
from tests.rig.waiting import until

TONE = 620
GREETING = 1400
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
    if "mail" in settings:
        made["extensions"]["102"]["email"] = "boris@office.example"
    return made


async def office(switch_factory: SwitchFactory, folder: Path, **settings: Any) -> Switch:
    """Its texts are silent but for the tone: tests need not hear them out."""
    address = new_address()
    texts = folder / "switch" / "prompts" / "en.yaml"
    texts.parent.mkdir(parents=True)
    texts.write_text("texts: {" + ", ".join(f'{name}: ""' for name in UNSAID) + "}")
    return await switch_factory(plan=plan(address, **settings), address=address)


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
    await phone.media.hears({frequency}, [frequency], within=30.0, since_key=True)


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


async def test_forwarded_called_back_and_a_greeting_recorded(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    """By phone: a copy goes into Clara's box, Anna is called back, and Boris greets from then on."""
    switch = await office(switch_factory, tmp_path)
    anna = await handset("101", switch)
    talk = await leave_message(switch, anna)
    await talk.hang_up()
    await switch.wait_event("voicemail message left", box="102", caller="101")
    boris = await handset("102", switch)
    folder = switch.file.parent / "state" / "voicemail"
    listening = await boris.dial("*97")
    await listening.answered()
    await press(boris, "4711#1")
    await hears(boris, TONE)
    await press(boris, "8103#")
    await until(
        lambda: bool(list((folder / "103").glob("*.json"))), "the copy is in the other box", within=20
    )
    await press(boris, "2")
    rung = await anna.called(within=20)
    assert "102" in rung.invite.get("P-Asserted-Identity")
    await rung.accept()
    await listening.hang_up()
    await rung.ended()

    recording_it = await boris.dial("*97")
    await recording_it.answered()
    await press(boris, "4711#01")
    boris.media.play(GREETING)
    await until(
        lambda: any(one.stat().st_size > 24000 for one in (folder / "102").glob("*.part")), "he has spoken"
    )
    await press(boris, "#")
    await until(lambda: (folder / "102" / "greeting.wav").exists(), "the greeting is kept", within=20)
    await recording_it.hang_up()
    await boris.sip.close()
    again = await anna.dial("*102")
    await again.answered()
    await hears(anna, GREETING)
    await again.hang_up()
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


async def notified(phone: Handset) -> Message:
    """The next NOTIFY, answered."""
    notify = await phone.sip.request("NOTIFY")
    await phone.sip.send(response(notify, 200, "OK"))
    assert notify.get("Event") == "message-summary"
    return notify


async def test_the_lamp_and_the_mail(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    """One of Boris's phones subscribes, the other does not; both are told, and he has it by mail."""
    server = MailServer()
    await server.start()
    mail = {"server": "127.0.0.1", "port": server.port, "tls": "off", "sender": "pbx@office.example"}
    switch = await office(switch_factory, tmp_path, mail=mail)
    anna, boris, other = [await handset(number, switch) for number in ("101", "102", "102")]
    for phone in (boris, other):
        assert b"Messages-Waiting: no" in (await notified(phone)).body, "told as soon as it has registered"
    asked = request(
        "SUBSCRIBE",
        f"sip:102@{DOMAIN}",
        via=boris.sip.via,
        from_=f"<sip:102@{DOMAIN}>",
        to=f"<sip:102@{DOMAIN}>",
        contact=boris.sip.contact("102"),
        extra=[("Event", "message-summary"), ("Expires", "600")],
    )
    granted = await boris.sip.ask_with_digest(asked, "102", password("102"))
    assert (granted.status, granted.get("Expires")) == (200, "600")
    first = await notified(boris)
    assert first.tag("From") == granted.tag("To")
    assert first.get("Call-ID") == asked.get("Call-ID")
    assert first.get("Subscription-State").startswith("active;expires=")
    talk = await leave_message(switch, anna, "*102")
    await talk.hang_up()
    for phone in (boris, other):
        told = await notified(phone)
        assert b"Messages-Waiting: yes" in told.body
        assert b"Voice-Message: 1/0 (0/0)" in told.body
    received = await server.received()
    assert (received["X-To"], received["Subject"]) == (
        "boris@office.example",
        "Voicemail from Phone 101 (101)",
    )
    (part,) = received.iter_attachments()
    sound, rate = soundfile.read(io.BytesIO(part.get_content()))
    assert frequencies_in(sound[:rate], rate, [TONE, 900]) == {TONE}
    ending = request(
        "SUBSCRIBE",
        f"sip:102@{DOMAIN}",
        via=boris.sip.via,
        from_=asked.get("From"),
        to=granted.get("To"),
        call_id=asked.get("Call-ID"),
        cseq=20,
        contact=boris.sip.contact("102"),
        extra=[("Event", "message-summary"), ("Expires", "0")],
    )
    assert (await boris.sip.ask_with_digest(ending, "102", password("102"))).status == 200
    assert (await notified(boris)).get("Subscription-State") == "terminated;reason=timeout"
    await switch.idle()
    await server.stop()


async def test_the_greeting_is_that_of_the_mode(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    box = tmp_path / "switch" / "state" / "voicemail" / "102"
    box.mkdir(parents=True)
    for name, tone in (("greeting.wav", 440), ("greeting-night.wav", 700)):
        write(box / name, sine(tone, 3.0, 8000), 8000)
    switch = await office(switch_factory, tmp_path, modes={"day": "by hand", "night": "otherwise"})
    anna = await handset("101", switch)
    for mode, tone in (("night", 700), ("day", 440)):
        await switch.control("mode", mode=mode)
        talk = await anna.dial("102")
        await talk.answered()
        await anna.media.hears({tone}, [440, 700])
        await talk.hang_up()
    await switch.idle()
