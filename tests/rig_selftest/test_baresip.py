"""The rig's phones without any switch: they call each other, and each hears the other and only the other."""

import pytest

from media.spectrum import frequencies_in, glitches
from tests.conftest import PhoneFactory
from tests.rig.baresip import Baresip
from tests.rig.waiting import RigError

ANNA, BORIS, NOBODY = 440, 1000, 1350
EVERYBODY = [ANNA, BORIS, NOBODY]


async def call(anna: Baresip, boris: Baresip) -> None:
    """Anna calls, Boris answers."""
    await anna.dial(f"sip:{boris.settings.user}@{boris.address}")
    await boris.answer()
    await anna.established()
    await boris.established()


@pytest.mark.parametrize(
    ("codec", "rate"),
    [("PCMU/8000/1", 8000), ("PCMA/8000/1", 8000), ("G722/16000/1", 16000), ("opus/48000/2", 48000)],
)
async def test_each_hears_exactly_the_other(baresip_factory: PhoneFactory, codec: str, rate: int) -> None:
    anna = await baresip_factory("101", tone=ANNA, codecs=[codec])
    boris = await baresip_factory("102", tone=BORIS, codecs=[codec])
    await call(anna, boris)
    await anna.hears(BORIS)
    await boris.hears(ANNA)
    await boris.hangup()
    await anna.closed()
    for phone, tone in ((anna, BORIS), (boris, ANNA)):
        heard = phone.heard()
        assert heard.rate == rate
        assert frequencies_in(heard.samples, heard.rate, EVERYBODY) == {tone}


async def test_the_ear_survives_hold_and_resume(baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101", tone=ANNA)
    boris = await baresip_factory("102", tone=BORIS)
    await call(anna, boris)
    await anna.hears(BORIS)
    await anna.hold()
    await anna.resume()
    for phone, tone in ((anna, BORIS), (boris, ANNA)):
        heard = await phone.hears_more(1.0)
        assert len(phone.recordings()) == 2
        assert frequencies_in(heard.samples, heard.rate, EVERYBODY) == {tone}
        assert glitches(heard.last(0.8).samples, heard.rate, tone) == []


async def test_srtp_is_negotiated(baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101", tone=ANNA, srtp="require")
    boris = await baresip_factory("102", tone=BORIS, srtp="require")
    await call(anna, boris)
    await anna.hears(BORIS)
    await boris.hears(ANNA)
    assert any("a=crypto:" in line for line in anna.process.lines.items)


async def test_a_phone_without_tone_sends_nothing(baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101", tone=None)
    boris = await baresip_factory("102", tone=BORIS)
    await call(anna, boris)
    await anna.hears(BORIS)
    assert boris.heard().seconds == 0.0


async def test_refusing_and_cancelling(baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101")
    boris = await baresip_factory("102")
    await anna.dial(f"sip:102@{boris.address}")
    await boris.wait("CALL_INCOMING")
    await boris.hangup()
    assert (await anna.closed()).parameter.startswith("486")
    await boris.closed()
    await anna.dial(f"sip:102@{boris.address}")
    await boris.wait("CALL_INCOMING")
    await anna.hangup()
    await boris.closed()


async def test_a_vanished_phone_is_gone(baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101")
    anna.vanish()
    assert await anna.process.wait() == -9


async def test_a_wait_in_vain_shows_what_the_phone_said(baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101")
    with pytest.raises(RigError, match=r"(?s)no CALL_ESTABLISHED within 0\.1 s.*baresip is ready"):
        await anna.established(within=0.1)


async def test_an_unknown_command_is_an_error(baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101")
    with pytest.raises(RigError, match="command not found"):
        await anna.command("nonsense")
