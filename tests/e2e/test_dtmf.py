"""Keys pressed at one end arrive at the other, whatever way each end has for them."""

from tests.conftest import PhoneFactory, SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.handset import Handset, connect, disconnect
from tests.rig.sipp import User
from tests.rig.waiting import until

RELAY = "application/dtmf-relay"


async def has_keys(phone: Handset, keys: str) -> None:
    await until(lambda: phone.media.keys() == keys, f"{keys} at {phone.user}", story=phone.media.keys)


async def test_rfc_4733_both_ways(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    anna.media.play(440)
    boris.media.play(700)
    await boris.media.heard(0.2)
    for key in "15*":
        await anna.media.press(key, 80)
    await anna.media.press("7", 400)
    await has_keys(boris, "15*7")
    for key in "0#D":
        await boris.media.press(key, 80)
    await has_keys(anna, "0#D")
    await boris.media.press("1", 80)
    await boris.media.press("1", 80)
    await has_keys(anna, "0#D11")
    await disconnect(talk, called)
    assert boris.media.keys() == "15*7", "none comes back to who pressed it"


async def test_info_becomes_rfc_4733(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    boris.media.play(700)
    for body, kind in (
        (b"Signal=5\r\nDuration=160\r\n", RELAY),
        (b"Signal= *\nDuration= 160", RELAY),
        (b"9", "application/dtmf"),
        (b"#\r\n", "application/dtmf"),
    ):
        assert (await talk.ask("INFO", body, body_type=kind)).status == 200, body
    await has_keys(boris, "5*9#")
    assert (await called.ask("INFO", b"Signal=3\r\nDuration=100\r\n", body_type=RELAY)).status == 200
    await has_keys(anna, "3")
    assert (await talk.ask("INFO")).status == 200, "a keep-alive of some phones"
    assert (await talk.ask("INFO", b"x", body_type="application/dtmf")).status == 400
    assert (await talk.ask("INFO", b"<x/>", body_type="application/media_control+xml")).status == 415
    await disconnect(talk, called)


async def test_a_phone_without_rfc_4733_gets_info(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept(boris.media.sdp(keys=False))
    await talk.answered()
    anna.media.play(440)
    await anna.media.press("4", 80)
    info = await called.taken("INFO")
    assert info.get("Content-Type") == RELAY
    assert b"Signal=4" in info.body.replace(b" ", b"")
    assert (await talk.ask("INFO", b"6", body_type="application/dtmf")).status == 200
    assert b"Signal=6" in (await called.taken("INFO")).body.replace(b" ", b"")
    await disconnect(talk, called)


async def test_softphones_press_keys(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await switch_factory()
    anna = await baresip_factory("101", switch, codecs=["PCMU/8000/1"])
    boris = await baresip_factory("102", switch, codecs=["opus/48000/2"], tone=700)
    await anna.dial("102")
    await boris.answer()
    await anna.established()
    await anna.hears(700)
    await anna.dtmf("4")
    await boris.wait("CALL_DTMF_START", parameter="4")
    await boris.wait("CALL_DTMF_END")
    await boris.dtmf("2")
    await anna.wait("CALL_DTMF_START", parameter="2")
    await anna.hangup()
    await boris.closed()


async def test_info_by_sipp(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    switch = await switch_factory()
    called = await sipp(scenarios.callee(), switch.address, registered_as=User("102", "pw-102"))
    caller = scenarios.info_dtmf_caller("12", between=50)
    calling = await sipp(caller, switch.address, users=[User("101", "pw-101", "102")])
    assert (await calling.finished()).succeeded == 1
    assert (await called.finished()).succeeded == 1
