"""Faxes end to end: a page goes out and comes in over real RTP, dot by dot; who calls with a voice."""

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image, ImageDraw

from media.tones import sine
from tests.conftest import SwitchFactory
from tests.e2e.carriers import CarrierFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.carrier import Carrier
from tests.rig.handset import Handset
from tests.rig.mail import MailServer
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

NUMBER = "+4930123450"


def plan(address: str, **settings: Any) -> dict[str, Any]:
    """A fax machine, and a trunk that leads back to the switch itself."""
    made = dialplan(address, ("101", "102"), **settings)
    made["extensions"]["101"]["voicemail"] = {"email": "anna@office.example"} if "mail" in settings else {}
    made["trunks"] = {
        "loop": {"server": f"{address}:5060", "numbers": [NUMBER], "prefix": "9", "qualify": "off"}
    }
    made["numbers"] = {NUMBER: "office"}
    made["faxes"] = {"office": {"number": "399", "station": "+49 30 123450", "header": "Berg & Sons"}}
    return made


def page(file: Path) -> Image.Image:
    """Small, so that its sending is quick; a fax's own dots, so that they can be compared."""
    image = Image.new("1", (1728, 120), 1)
    draw = ImageDraw.Draw(image)
    draw.text((200, 20), "Offer 4711", fill=0, font_size=60)
    draw.ellipse((1000, 10, 1200, 110), outline=0, width=4)
    image.save(file, compression="group4", dpi=(204, 196))
    return image


async def softswitch(switch: Switch, *words: str) -> str:
    """The command line."""
    command = [sys.executable, "-m", "softswitch.cli.main", *words, "--dialplan", str(switch.file)]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
    return told.decode()


@pytest.mark.timeout(200)  # a page takes 20 s; a machine that is too busy for sound tries again
async def test_a_page_goes_out_and_comes_in_as_it_was(switch_factory: SwitchFactory, tmp_path: Path) -> None:
    mail = MailServer()
    await mail.start()
    address = new_address()
    made = plan(
        address,
        mail={"server": "127.0.0.1", "port": mail.port, "tls": "off", "sender": "pbx@office.example"},
    )
    made["faxes"]["office"] |= {"email": "office@office.example", "attempts": 5, "retry_after": "10s"}
    switch = await switch_factory(plan=made, address=address)
    image = page(tmp_path / "page.tif")
    told = await softswitch(switch, "fax", str(tmp_path / "page.tif"), f"9{NUMBER}", "--from", "101")
    assert "1 page, is on its way" in told
    await switch.wait_event("answered")
    calls = (await switch.control("calls"))["calls"]
    assert [(call["caller"], call["state"]) for call in calls] == [("101", "fax"), (NUMBER, "fax")]
    await switch.wait_event("fax to send", within=150.0, state="sent")
    mails = [await mail.received(nth) for nth in (1, 2, 3)]
    about = sorted((one["X-To"], one["Subject"]) for one in mails)
    assert about[0][0] == "anna@office.example"
    assert "sent" in about[0][1]
    attached = next(part for one in mails for part in one.iter_attachments())
    assert attached.get_content().startswith(b"%PDF-")
    await switch.idle()
    faxes = (await switch.control("faxes"))["faxes"]
    sent, received = sorted(faxes, key=lambda fax: str(fax["state"]), reverse=True)
    records = sqlite3.connect(switch.file.parent / "state" / "records.db")
    told = [("out", "completed"), ("in", "completed")]
    rows = "select direction, outcome from calls order by id"
    await until(lambda: records.execute(rows).fetchall() == told, "both calls are recorded", every=0.1)
    records.close()
    assert (sent["state"], received["state"]) == ("sent", "received")
    assert sent["outcome"] == received["outcome"] == ""
    assert received["pages"] == 1
    assert received["speed"] in (14400, 12000, 9600), (
        "V.17, slower where this machine is too busy for its sound"
    )
    assert received["corrected"]
    assert received["station"] == "+49 30 123450"
    tiff = Path(received["path"]).with_suffix(".tif")
    with Image.open(tiff) as came:
        there = np.array(came.convert("1"))
    was = np.array(image)
    # The line above the page is put before it, and nothing is lost.
    assert there.shape[1] == was.shape[1]
    assert (there[-was.shape[0] :] == was).all()
    assert not there[: -was.shape[0]].all()
    await switch.control("faxes", action="delete", id=received["call"])
    await until(lambda: not tiff.exists(), "it is gone")
    await mail.stop()


async def hears_the_machine(phone: Handset | Carrier) -> None:
    """Its tone (CED)."""
    await phone.media.hears({2100}, [2100], 0.3, since_key=True)


async def test_a_voice_is_no_fax_and_a_phone_without_g711_is_refused(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """The machine's tone (CED, ITU-T T.30 4.2) tells the person that this is none; nothing is kept."""
    address = new_address()
    switch = await switch_factory(plan=plan(address), address=address)
    anna = await handset("101", switch)
    foreign = anna.media.sdp().replace(b"RTP/AVP 0 101", b"RTP/AVP 9").replace(b":0 PCMU", b":9 G722")
    refused = await anna.dial("399", body=foreign)
    assert (await refused.final()).status == 488
    talk = await anna.dial("399")
    answer = await talk.answered()
    assert b"telephone-event" not in answer.body, "keys mean nothing here"

    await hears_the_machine(anna)
    udptl = b"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    udptl += b"m=image 6000 udptl t38\r\na=T38FaxVersion:0\r\n"
    assert (await talk.reinvite(udptl)).status == 488, "the fax goes on as sound"
    await talk.hang_up()
    ended = await switch.wait_event("call ended", outcome="fax-failed")
    assert ended["ended_by"] == "101"
    await switch.wait_event("fax", what="0 pages came to the fax office: no fax machine was heard")
    await switch.idle()
    assert (await switch.control("faxes"))["faxes"] == []


async def test_who_is_answered_already_comes_to_the_machine(
    switch_factory: SwitchFactory,
    handset: HandsetFactory,
    carrier: CarrierFactory,
    tmp_path: Path,
) -> None:
    """By its calling tone (CNG) where its number says `fax`; and from G.722, which no modem comes through."""
    address, server = new_address(), new_address()
    made = plan(address)
    made["trunks"]["loop"]["server"] = f"{server}:5060"
    file = tmp_path / "words.wav"
    soundfile.write(file, sine(700, 0.6, 16000), 16000)
    made["announcements"] = {
        "closed": {"say": str(file), "repeat": 20},
        "onward": {"number": "390", "say": str(file), "then": "office"},
    }
    made["numbers"] = {NUMBER: {"otherwise": "closed", "fax": "office"}}
    switch = await switch_factory(plan=made, address=address)
    await switch.wait_event("own words prepared")
    line = await carrier(address, server)
    outside = await line.call_in(NUMBER)
    await outside.answered()
    line.media.play(1100)
    await switch.wait_event("a fax machine calls", place="office")
    line.media.hush()
    await hears_the_machine(line)
    await outside.hang_up()
    anna = await handset("101", switch)
    talk = await anna.dial("390", body=anna.media.sdp().replace(b"RTP/AVP 0 101", b"RTP/AVP 9 0 101"))
    assert b"RTP/AVP 9" in (await talk.answered()).body
    again = await talk.take("INVITE")
    assert b"RTP/AVP 8 0\r\n" in again.body or b"RTP/AVP 0 8\r\n" in again.body
    await talk.respond(200, "OK", body=anna.media.sdp(version=2), to=again)
    await hears_the_machine(anna)
    await talk.hang_up()
    await switch.idle()


async def test_a_fax_that_cannot_be_sent_now_waits_or_is_given_up(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """Busy, and a person who hangs up: later. A number that does not exist: never."""
    address = new_address()
    switch = await switch_factory(plan=plan(address), address=address)
    boris = await handset("102", switch)

    async def send(number: str, by: str = "") -> None:
        page(switch.file.parent / "state" / "faxes" / ".handed-over" / "page.tif")
        await switch.control("fax", file="page.tif", pages=1, number=number, by=by)

    await send("102")
    called = await boris.called()
    assert b"RTP/AVP 8 0\r\n" in called.invite.body or b"RTP/AVP 0 8\r\n" in called.invite.body
    await called.refuse(486, "Busy Here")
    waits = await switch.wait_event("fax to send", number="102")
    assert (waits["state"], waits["outcome"]) == ("waiting", "The called person was busy")
    await send("777", by="101")
    lost = await switch.wait_event("fax to send", number="777")
    assert (lost["state"], lost["outcome"]) == ("failed", "The dialled number does not exist here")
    await send("102")
    called = await boris.called()
    await called.accept()
    await called.hang_up()
    waits = await switch.wait_event("fax to send", outcome="no fax machine was heard")
    assert waits["state"] == "waiting"
    refusal = await switch.control_answer("fax", file="../page.tif", pages=1, number="102")
    assert not refusal["ok"]
    await switch.idle()
