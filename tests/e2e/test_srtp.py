"""SRTP with keys in the SDP (RFC 4568), per extension: off, accept, offer, require."""

from typing import Any

from media.spectrum import frequencies_in
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan


async def started(switch_factory: SwitchFactory, name: str = "switch", **srtp: str) -> Switch:
    """A switch with these settings, as `e101="require"`; another `name` has no bindings of the first."""
    address = new_address()
    plan: dict[str, Any] = dialplan(address)
    for number, setting in srtp.items():
        plan["extensions"][number[1:]]["srtp"] = setting
    return await switch_factory(name, address=address, plan=plan)


async def secured(switch: Switch) -> list[bool]:
    (call,) = (await switch.control("calls"))["calls"]
    return [leg["secured"] for leg in call["legs"]]


async def test_both_encrypt(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await started(switch_factory, e101="require", e102="require")
    anna = await baresip_factory("101", switch, tone=440, srtp="require")
    boris = await baresip_factory("102", switch, tone=700, srtp="require")
    for caller, callee in ((anna, boris), (boris, anna)):
        await caller.dial(callee.settings.user)
        await callee.answer()
        for phone, tone in ((anna, 700), (boris, 440)):
            await phone.established()
            heard = await phone.hears(tone)
            assert frequencies_in(heard.samples, heard.rate, [440, 700]) == {tone}
        assert await secured(switch) == [True, True]
        await caller.hangup()
        for phone in (caller, callee):
            await phone.closed()
        await switch.log.take(lambda line: line["event"] == "call ended", "end of the call")


async def test_one_encrypts(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    """Each leg for itself: accepted from one phone, offered to it in RTP/AVP, and plain at the other."""
    switch = await started(switch_factory, e101="offer", e102="accept")
    anna = await baresip_factory("101", switch, tone=440, srtp="offer")
    boris = await baresip_factory("102", switch, tone=700)
    for caller, callee, expected in ((anna, boris, [True, False]), (boris, anna, [False, True])):
        await caller.dial(callee.settings.user)
        await callee.answer()
        await anna.hears(700)
        await boris.hears(440)
        assert await secured(switch) == expected
        await caller.hangup()
        for phone in (caller, callee):
            await phone.closed()
        await switch.log.take(lambda line: line["event"] == "call ended", "end of the call")


async def test_hold_keeps_it_encrypted(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await started(switch_factory, e101="require", e102="require")
    anna = await baresip_factory("101", switch, tone=440, srtp="require")
    boris = await baresip_factory("102", switch, tone=700, srtp="require")
    await anna.dial("102")
    await boris.answer()
    await boris.hears(440)
    await anna.hold()
    await boris.hears_more(1.2)
    await anna.resume()
    await boris.hears(440)
    await anna.hears(700)
    assert await secured(switch) == [True, True]
    await anna.hangup()
    await boris.closed()


async def test_what_each_setting_offers_and_takes(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    for setting, profile, crypto, takes_plain, takes_savp in (
        ("off", b"RTP/AVP", False, True, False),
        ("accept", b"RTP/AVP", False, True, True),
        ("offer", b"RTP/AVP", True, True, True),
        ("require", b"RTP/SAVP", True, False, True),
    ):
        switch = await started(switch_factory, setting, e101=setting)
        anna, boris = await handset("101", switch), await handset("102", switch)
        talk = await boris.dial("101")
        called = await anna.called()
        assert b" %s " % profile in called.invite.body, setting
        assert (b"a=crypto:" in called.invite.body) is crypto, setting
        await called.refuse(486)
        await talk.final()

        plain = anna.media.sdp()
        savp = plain.replace(b"RTP/AVP", b"RTP/SAVP") + (
            b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
        )
        for body, accepted in ((plain, takes_plain), (savp, takes_savp)):
            talk = await anna.dial("102", body=body)
            if not accepted:
                assert (await talk.final()).status == 488, setting
                continue
            called = await boris.called()
            assert b"a=crypto" not in called.invite.body, "the other leg is another leg"
            await called.accept()
            answer = await talk.answered()
            assert (b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" in answer.body) is (body == savp)
            await disconnect(talk, called)
        await switch.terminate()
