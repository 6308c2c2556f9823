"""What a phone plays before it answers is the caller's to hear."""

from media.spectrum import frequencies_in
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, disconnect
from tests.rig.rtp import sound_of

TONES = [440, 700, 1100]


def told(phone: Handset) -> list[int]:
    """The responses of ringing that a caller got."""
    return [m.status for m in phone.sip.inbox.items if 100 < m.status < 200]


def heard_so_far(phone: Handset) -> set[float]:
    recording = sound_of(phone.media.packets.items)
    return frequencies_in(recording.samples, recording.rate, TONES)


async def test_the_caller_hears_what_is_played_before_the_answer(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.respond(183, "Session Progress", boris.media.sdp())
    boris.media.send_to(called.invite.body)
    boris.media.play(700)
    assert (await talk.provisional(183)).body
    anna.media.play(440)
    await anna.media.hears({700}, TONES)
    assert told(anna) == [183], "a 180 would make the phone ring over it"
    assert heard_so_far(boris) == set(), "what the caller says is nobody's business yet"
    await called.accept()
    await talk.answered()
    await boris.media.hears({440}, TONES)
    await anna.media.hears({700}, TONES)
    await disconnect(talk, called)


async def test_ringing_first_then_an_announcement_and_no_answer(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.ring()
    await talk.provisional(180)
    await called.respond(183, "Session Progress", boris.media.sdp())
    boris.media.send_to(called.invite.body)
    boris.media.play(700)
    await talk.provisional(183)
    await anna.media.hears({700}, TONES)
    await called.refuse(486)
    assert (await talk.final()).status == 486


async def test_ringing_that_carries_sound(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Some phones put their SDP in the 180."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.respond(180, "Ringing", boris.media.sdp())
    boris.media.send_to(called.invite.body)
    boris.media.play(700)
    await talk.provisional(183)
    await anna.media.hears({700}, TONES)
    await talk.cancel()
    await called.cancelled()
    assert (await talk.final()).status == 487


async def test_progress_without_sound_is_ringing(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.respond(183, "Session Progress")
    assert (await talk.provisional(180)).body == b""
    await called.accept()
    await talk.answered()
    await disconnect(called, talk)


async def test_of_several_devices_none_is_heard_before_it_answers(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna = await handset("101", switch)
    first, second = await handset("102", switch), await handset("102", switch)
    talk = await anna.dial("102")
    early, other = await first.called(), await second.called()
    await early.respond(183, "Session Progress", first.media.sdp())
    first.media.send_to(early.invite.body)
    first.media.play(700)
    assert (await talk.provisional(180)).body == b""
    second.media.play(1100)
    await other.ring()
    await other.accept()
    await talk.answered()
    await early.cancelled()
    await anna.media.hears({1100}, TONES)
    assert told(anna) == [180]
    await disconnect(talk, other)


async def test_a_softphone_hears_it(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna = await baresip_factory("101", switch, tone=440)
    boris = await handset("102", switch)
    await anna.dial("102")
    called = await boris.called()
    await called.respond(183, "Session Progress", boris.media.sdp())
    boris.media.send_to(called.invite.body)
    boris.media.play(700)
    await anna.hears(700)
    await called.accept()
    await anna.established()
    await boris.media.hears({440}, TONES)
    await called.hang_up()
    await anna.closed()
