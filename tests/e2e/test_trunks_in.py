"""Calls in by trunks, from a carrier made by hand: whom they reach, and who does not get through."""

from pathlib import Path

import pytest
import soundfile

from media.tones import sine
from tests.e2e.carriers import CarrierFactory, Joined, last_call
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import talk_alone
from tests.rig.ports import new_address


@pytest.mark.parametrize("number", ["+4930123451", "4930123451"])
async def test_a_call_comes_in_and_both_hear_each_other(
    joined: Joined, handset: HandsetFactory, number: str, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "note.wav", sine(900, 1.0, 8000), 8000)
    switch, line = await joined(
        numbers={"+4930123451": {"otherwise": "101", "music": "jazz"}},
        music={"jazz": {"files": str(tmp_path / "note.wav")}},
    )
    anna = await handset("101", switch)
    outside = await line.call_in(number, name="Dora")
    inside = await anna.called()
    assert '"Dora" <sip:+491711234567@office.example>' in inside.invite.get("From")
    assert "+491711234567" in inside.invite.get("P-Asserted-Identity")
    await inside.accept()
    await outside.answered()
    await talk_alone(line, anna)
    await inside.reinvite(anna.media.sdp("sendonly", 2))
    await line.media.hears({900}, [700, 900])
    await outside.hang_up()
    await inside.ended()
    call = await last_call(switch)
    assert (call["caller"], call["caller_name"], call["outcome"]) == ("+491711234567", "Dora", "completed")


async def test_a_department_rings_and_the_carrier_hears_the_end(
    joined: Joined, handset: HandsetFactory
) -> None:
    switch, line = await joined()
    anna, clara = await handset("101", switch), await handset("103", switch)
    outside = await line.call_in("+4930123450")
    first, second = await anna.called(), await clara.called()
    await first.ring()
    await second.accept()
    await first.cancelled()
    await outside.answered()
    await second.hang_up()
    await outside.ended()
    await switch.idle()


async def test_the_asserted_identity_counts_and_privacy_is_kept(
    joined: Joined, handset: HandsetFactory
) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    identities = [("P-Asserted-Identity", '"Emil" <tel:+49-171-99>')]
    outside = await line.call_in("+4930123451", "12345", "Nobody", extra=identities)
    inside = await anna.called()
    assert '"Emil" <sip:+4917199@office.example>' in inside.invite.get("From")
    await inside.refuse(486)
    assert (await outside.final()).status == 486
    hidden = await line.call_in("+4930123451", extra=[*identities, ("Privacy", "id")])
    inside = await anna.called()
    assert "4917199" not in str(inside.invite)
    assert "sip:anonymous@" in inside.invite.get("From")
    await inside.refuse(486)
    await hidden.final()


async def test_a_call_to_our_contact_is_for_the_number_in_to(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    outside = await line.call_in("softswitch", to="+4930123451")
    await (await anna.called()).refuse(486)
    assert (await outside.final()).status == 486


async def test_a_stranger_is_asked_for_proof(
    joined: Joined, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    switch, line = await joined()
    anna = await handset("101", switch)
    stranger = await carrier(switch.address, new_address())
    assert (await (await stranger.call_in("+4930123451")).final()).status == 401
    # The right address, but not the port that the dialplan names.
    neighbour = await carrier(switch.address, line.sip.address, local_port=5070)
    assert (await (await neighbour.call_in("+4930123451")).final()).status == 401
    assert anna.sip.inbox.matching(lambda m: m.start.startswith("INVITE")) == []


@pytest.mark.parametrize("called", ["+4930999", "123451", "101", "0049123456", "90049123456", "*8", "700"])
async def test_what_is_not_in_numbers_does_not_exist(
    joined: Joined, handset: HandsetFactory, called: str
) -> None:
    switch, line = await joined()
    await handset("101", switch)
    assert (await (await line.call_in(called)).final()).status == 404
    assert (await last_call(switch))["outcome"] == "unknown-number"


async def test_who_claims_to_be_an_extension_gains_nothing(joined: Joined, handset: HandsetFactory) -> None:
    switch, line = await joined()
    anna, clara = await handset("101", switch), await handset("103", switch)
    outside = await line.call_in("+4930123451", "103", "Clara")
    inside = await anna.called()
    # Clara is not busy with a call that somebody makes in her name.
    direct = await line.call_in("+4930123450", "101")
    await (await clara.called()).refuse(486)
    await inside.accept()
    await outside.answered()
    # Codes pressed from outside are nothing but tones.
    line.media.play(440)
    await line.media.press("#")
    await line.media.press("#")
    await line.media.press("7")
    await anna.media.heard(0.5)
    (talking,) = [call for call in (await switch.control("calls"))["calls"] if call["answered_at"]]
    assert talking["state"] == "talking"
    await outside.hang_up()
    await inside.ended()
    await direct.cancel()
