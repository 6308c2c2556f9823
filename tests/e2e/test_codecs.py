"""Each leg has its own codec; what differs is transcoded, what need not is not."""

from typing import Any

from media.spectrum import frequencies_in, tone_level
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.baresip import Baresip
from tests.rig.handset import disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

ALL = ["pcmu", "pcma", "g722", "opus", "gsm"]
PHONES = {
    "PCMU": ("PCMU/8000/1", 440),
    "PCMA": ("PCMA/8000/1", 600),
    "G722": ("G722/16000/1", 800),
    "opus": ("opus/48000/2", 1000),
    "GSM": ("GSM/8000/1", 1200),
}


async def with_codecs(switch_factory: SwitchFactory, numbers: list[str], **settings: Any) -> Switch:
    address = new_address()
    plan = dialplan(address, numbers, **{"codecs": ALL, **settings})
    return await switch_factory(address=address, plan=plan)


async def codecs_of(switch: Switch) -> list[str]:
    (call,) = (await switch.control("calls"))["calls"]
    return [leg["codec"] for leg in call["legs"]]


async def test_every_codec_to_the_next(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    """A chain of calls: PCMU, PCMA, G.722, Opus, GSM, and back to PCMU."""
    numbers = [str(101 + index) for index in range(len(PHONES))]
    switch = await with_codecs(switch_factory, numbers)
    phones: list[tuple[str, int, Baresip]] = [
        (name, tone, await baresip_factory(number, switch, codecs=[codec], tone=tone))
        for number, (name, (codec, tone)) in zip(numbers, PHONES.items(), strict=True)
    ]
    tones = [tone for _, tone in PHONES.values()]
    for (codec, tone, caller), (other_codec, other_tone, callee) in zip(
        phones, phones[1:] + phones[:1], strict=True
    ):
        await caller.dial(callee.settings.user)
        await callee.answer()
        for phone, expected in ((caller, other_tone), (callee, tone)):
            await phone.established()
            await phone.hears(expected, seconds=0.3)
            heard = await phone.hears_more(0.3)
            assert frequencies_in(heard.samples, heard.rate, tones) == {expected}
        assert await codecs_of(switch) == [codec, other_codec]
        await caller.hangup()
        await caller.closed()
        await callee.closed()
        await switch.log.take(lambda line: line["event"] == "call ended", "end of the call")


async def test_what_both_speak_is_not_transcoded(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory
) -> None:
    """The caller's first choice leads our offer, whatever the dialplan prefers."""
    switch = await with_codecs(switch_factory, ["101", "102"])
    anna = await baresip_factory("101", switch, codecs=["opus/48000/2", "PCMU/8000/1"], tone=440)
    boris = await baresip_factory(
        "102", switch, codecs=["PCMU/8000/1", "opus/48000/2", "G722/16000/1"], tone=700
    )
    await anna.dial("102")
    await boris.answer()
    await anna.hears(700)
    await boris.hears(440)
    assert await codecs_of(switch) == ["opus", "opus"]
    await anna.hangup()
    await boris.closed()


async def test_wideband(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    """With `audio: wideband` a tone above what G.711 carries arrives."""
    switch = await with_codecs(switch_factory, ["101", "102"], audio="wideband")
    anna = await baresip_factory("101", switch, codecs=["G722/16000/1"], tone=5000)
    boris = await baresip_factory("102", switch, codecs=["opus/48000/2"], tone=6000)
    await anna.dial("102")
    await boris.answer()
    await boris.hears(5000)
    await anna.hears(6000)
    await anna.hangup()
    await boris.closed()


async def test_narrowband_cuts_it_off(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await with_codecs(switch_factory, ["101", "102"])
    anna = await baresip_factory("101", switch, codecs=["G722/16000/1"], tone=5000)
    boris = await baresip_factory("102", switch, codecs=["G722/16000/1"], tone=1000)
    await anna.dial("102")
    await boris.answer()
    await anna.hears(1000)
    heard = (await boris.hears_more(0.6)).last(0.4)
    assert tone_level(heard.samples, heard.rate, 5000) < -45
    assert tone_level(heard.samples, heard.rate, 3000) < -40, "and folds nothing down"
    await anna.hangup()
    await boris.closed()


async def test_only_what_the_dialplan_allows(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await with_codecs(switch_factory, ["101", "102"], codecs=["pcmu", "gsm"])
    anna, boris = await handset("101", switch), await handset("102", switch)
    foreign = anna.media.sdp().replace(b"RTP/AVP 0 101", b"RTP/AVP 8").replace(b":0 PCMU", b":8 PCMA")
    refused = await (await anna.dial("102", body=foreign)).final()
    assert refused.status == 488
    assert boris.sip.inbox.matching(lambda m: m.method == "INVITE" and not m.status) == []
    both = anna.media.sdp().replace(b"RTP/AVP 0 101", b"RTP/AVP 8 0 101")
    talk = await anna.dial("102", body=both)
    called = await boris.called()
    line = next(line for line in called.invite.body.decode().splitlines() if line.startswith("m=audio"))
    assert line.split()[3:5] == ["0", "3"]
    assert not {"8", "9"} & set(line.split()[3:])
    await called.accept()
    answer = await talk.answered()
    assert b"RTP/AVP 0 101" in answer.body
    await disconnect(talk, called)
