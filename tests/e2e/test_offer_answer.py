"""Offers and answers in all their places: late, renewed, by UPDATE, in reliable provisional responses."""

import pytest

from tests.conftest import SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory, RtpFactory
from tests.rig import scenarios
from tests.rig.handset import Handset, connect, disconnect
from tests.rig.message import Message, request
from tests.rig.sipp import User
from tests.rig.switch import DOMAIN

ANNA = User("101", "pw-101", "102")
BORIS = User("102", "pw-102")


async def hears(phone: Handset, tone: float) -> None:
    await phone.media.hears({tone}, [440, 700])


async def test_late_offer(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """INVITE without SDP: our offer is in the 200, the answer in the ACK (RFC 3264 §5)."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102", body=b"")
    called = await boris.called()
    assert b"m=audio" in called.invite.body
    await called.ring()
    assert (await talk.provisional(180)).body == b""
    await called.accept()
    answer = await talk.final_unacknowledged()
    assert b"m=audio" in answer.body
    await talk.acknowledge(anna.media.sdp())
    anna.media.play(440)
    boris.media.play(700)
    await hears(anna, 700)
    await hears(boris, 440)
    await disconnect(talk, called)


async def test_late_offer_by_sipp(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    switch = await switch_factory()
    called = await sipp(scenarios.callee(), switch.address, registered_as=BORIS)
    calling = await sipp(scenarios.late_offer(), switch.address, users=[ANNA])
    assert (await calling.finished()).succeeded == 1
    assert (await called.finished()).succeeded == 1


async def test_late_offer_whose_ack_brings_no_answer(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102", body=b"")
    called = await boris.called()
    await called.accept()
    await talk.final_unacknowledged()
    await talk.acknowledge()
    await talk.ended()
    await called.ended()
    await switch.wait_event("call ended", outcome="no-sound", blame="caller")


async def test_sound_moves_to_another_port(
    switch_factory: SwitchFactory, handset: HandsetFactory, rtp: RtpFactory
) -> None:
    """A re-INVITE of the callee, an UPDATE of the caller: each names another socket, sound goes there."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    boris.media = await rtp()
    assert (await called.reinvite(boris.media.sdp(version=2))).status == 200
    anna.media = await rtp()
    updated = await talk.ask("UPDATE", anna.media.sdp(version=2))
    assert updated.status == 200
    anna.media.send_to(updated.body)
    anna.media.play(440)
    boris.media.play(700)
    await hears(anna, 700)
    await hears(boris, 440)
    await disconnect(talk, called)


async def test_what_changes_nothing_breaks_nothing(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """The same offer again, an UPDATE without SDP, a re-INVITE without SDP: sound goes on."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    anna.media.play(440)
    boris.media.play(700)
    await hears(anna, 700)
    for answer in (
        await talk.reinvite(),
        await talk.ask("UPDATE"),
        await talk.ask("OPTIONS"),
        await talk.reinvite(b""),
        await called.reinvite(),
        await called.reinvite(b""),
    ):
        assert answer.status == 200, answer.start
    await hears(anna, 700)
    await hears(boris, 440)
    await disconnect(called, talk)


async def test_what_cannot_be_accepted_leaves_the_call_as_it_was(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    anna.media.play(440)
    boris.media.play(700)
    foreign = (
        anna.media.sdp(version=2).replace(b"RTP/AVP 0 101", b"RTP/AVP 97").replace(b":0 PCMU", b":97 iLBC")
    )
    assert (await talk.reinvite(foreign)).status == 488
    named = anna.media.sdp(version=3).replace(anna.media.address.encode(), b"media.example.com")
    assert (await talk.reinvite(named)).status == 488, "a name is not looked up"
    text = talk.make("INVITE", b"hello", body_type="text/plain")
    assert (await anna.sip.ask(text)).status == 415
    assert (await talk.ask("MESSAGE", b"hello", body_type="text/plain")).status == 405
    await hears(anna, 700)
    await hears(boris, 440)
    await disconnect(talk, called)


async def test_video_is_refused_and_sound_taken(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial(
        "102", body=anna.media.sdp() + b"m=video 6002 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n"
    )
    called = await boris.called()
    assert b"m=video" not in called.invite.body
    await called.accept()
    answer = await talk.answered()
    assert b"m=video 0 " in answer.body
    await disconnect(talk, called)


async def test_requests_of_no_dialog(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna = await handset("101", switch)

    async def stray(method: str) -> Message:
        return await anna.sip.ask(
            request(
                method,
                f"sip:softswitch@{switch.address}",
                via=anna.sip.via,
                from_=f"<sip:101@{DOMAIN}>",
                to=f"<sip:102@{DOMAIN}>;tag=nobody",
                contact=anna.sip.contact(),
            )
        )

    for method in ("BYE", "UPDATE", "INFO", "INVITE", "PRACK", "REFER", "OPTIONS"):
        assert (await stray(method)).status == 481, method


@pytest.mark.parametrize("side", ["caller", "callee", "both"])
async def test_reliable_ringing(switch_factory: SwitchFactory, sipp: SippFactory, side: str) -> None:
    """RFC 3262: who requires 100rel gets RSeq and sends PRACK, on its own leg and on no other."""
    switch = await switch_factory()
    callee = scenarios.callee() if side == "caller" else scenarios.prack_callee()
    caller = scenarios.caller() if side == "callee" else scenarios.prack_caller()
    called = await sipp(callee, switch.address, registered_as=BORIS)
    calling = await sipp(caller, switch.address, users=[ANNA])
    assert (await calling.finished()).succeeded == 1
    assert (await called.finished()).succeeded == 1


async def test_reliable_early_media(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """The answer comes in a reliable 183, so PRACK settles it and the 200 needs no SDP."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    reliable = [("Supported", "100rel"), ("Require", "100rel")]
    talk = await anna.dial("102", extra=reliable)
    called = await boris.called()
    assert "100rel" in called.invite.get("Supported")
    await called.respond(183, "Session Progress", boris.media.sdp(), [("Require", "100rel"), ("RSeq", "7")])
    boris.media.send_to(called.invite.body)
    prack = await called.taken("PRACK")
    assert prack.get("RAck") == f"7 {called.invite.get('CSeq')}"
    boris.media.play(700)
    progress = await talk.provisional(183)
    assert "100rel" in progress.get("Require")
    rack = f"{progress.get('RSeq')} {progress.get('CSeq')}"
    assert (await talk.ask("PRACK", extra=[("RAck", rack)])).status == 200
    await hears(anna, 700)
    await called.respond(200, "OK")
    await called.take("ACK")
    await talk.answered()
    anna.media.play(440)
    await hears(boris, 440)
    await disconnect(talk, called)


async def test_update_by_sipp(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    switch = await switch_factory()
    called = await sipp(scenarios.callee(), switch.address, registered_as=BORIS)
    calling = await sipp(scenarios.update_caller(), switch.address, users=[ANNA])
    assert (await calling.finished()).succeeded == 1
    assert (await called.finished()).succeeded == 1
