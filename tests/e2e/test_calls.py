"""Extension calls extension, with real phones: who hears whom is judged by ear."""

from tests.conftest import PhoneFactory, SwitchFactory


async def test_two_phones_talk(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await switch_factory()
    anna = await baresip_factory("101", switch, tone=440)
    boris = await baresip_factory("102", switch, tone=700)

    await anna.dial("102")
    await anna.wait("CALL_RINGING")
    await boris.answer()
    await anna.established()
    await boris.established()

    await anna.hears(700)
    await boris.hears(440)
    await anna.hangup()
    await boris.closed()
    await switch.wait_event("call ended", outcome="completed")
