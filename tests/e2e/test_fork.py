"""An extension with several devices: all ring, the first that answers has the call."""

from tests.conftest import PhoneFactory, SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.sipp import User

ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'


async def test_the_first_answer_wins_and_the_others_stop_ringing(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna = await handset("101", switch)
    devices = [await handset("102", switch) for _ in range(3)]
    talk = await anna.dial("102")
    rung = [await device.called() for device in devices]
    assert len({called.call_id for called in rung}) == 3
    for called in rung:
        await called.ring()
    await talk.provisional(180)
    await rung[1].accept()
    await talk.answered()
    for loser in (rung[0], rung[2]):
        assert (await loser.cancelled()).get("Reason") == ELSEWHERE
    anna.media.play(440)
    devices[1].media.play(700)
    await anna.media.hears({700}, [440, 700])
    assert devices[0].media.packets.items == devices[2].media.packets.items == []
    ringing = anna.sip.inbox.matching(lambda m: m.status == 180)
    assert len(ringing) == 1, "the caller is told once that it rings"
    await talk.hang_up()
    await rung[1].ended()


async def test_softphones_fork_too(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await switch_factory()
    anna = await baresip_factory("101", switch, tone=440)
    desk = await baresip_factory("102", switch, tone=700)
    mobile = await baresip_factory("102", switch, tone=1100, transport="tcp")
    await anna.dial("102")
    await desk.wait("CALL_INCOMING")
    await mobile.answer()
    await desk.closed()
    await anna.hears(1100)
    await mobile.hears(440)
    await anna.hangup()
    await mobile.closed()


async def test_a_second_answer_is_cleaned_up(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Both lift at once: the second 200 gets its ACK and then BYE (RFC 3261 §13.2.2.4)."""
    switch = await switch_factory()
    anna = await handset("101", switch)
    first, second = await handset("102", switch), await handset("102", switch)
    talk = await anna.dial("102")
    winner, loser = await first.called(), await second.called()
    await winner.ring()
    await loser.ring()
    await winner.accept()
    cancel = await loser.take("CANCEL")
    await loser.respond(200, "OK", to=cancel)
    await loser.accept()
    bye = await loser.ended()
    assert bye.get("Reason") == ELSEWHERE
    await talk.answered()
    first.media.play(700)
    second.media.play(1100)
    anna.media.play(440)
    await anna.media.hears({700}, [440, 700, 1100])
    await talk.hang_up()
    await winner.ended()
    await switch.wait_event("call ended", outcome="completed")


async def test_a_loser_that_had_not_rung_yet_is_cancelled_when_it_does(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna = await handset("101", switch)
    quick, slow = await handset("102", switch), await handset("102", switch)
    talk = await anna.dial("102")
    winner, loser = await quick.called(), await slow.called()
    await winner.accept()
    await talk.answered()
    await loser.ring()
    assert (await loser.cancelled()).get("Reason") == ELSEWHERE
    await talk.hang_up()
    await winner.ended()


async def test_all_refuse_and_the_caller_learns_the_most_telling(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna = await handset("101", switch)
    devices = [await handset("102", switch) for _ in range(2)]
    for statuses, told in (
        ((486, 486), 486),
        ((486, 480), 486),
        ((408, 486), 486),
        ((480, 404), 480),
        ((500, 503), 480),
    ):
        talk = await anna.dial("102")
        rung = [await device.called() for device in devices]
        for called, status in zip(rung, statuses, strict=True):
            await called.refuse(status)
        assert (await talk.final()).status == told, f"the phones said {statuses}"


async def test_one_refuses_and_another_answers(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna = await handset("101", switch)
    first, second = await handset("102", switch), await handset("102", switch)
    talk = await anna.dial("102")
    busy, free = await first.called(), await second.called()
    await busy.refuse(486, "Busy Here")
    await free.ring()
    await free.accept()
    await talk.answered()
    await talk.hang_up()
    await free.ended()


async def test_a_decline_speaks_for_all_devices(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """A 6xx ends the search (RFC 3261 §16.7 step 5)."""
    switch = await switch_factory()
    anna = await handset("101", switch)
    first, second = await handset("102", switch), await handset("102", switch)
    talk = await anna.dial("102")
    declined, other = await first.called(), await second.called()
    await other.ring()
    await declined.refuse(603, "Decline")
    assert (await other.cancelled()).get("Reason") == 'SIP;cause=603;text="Declined"'
    assert (await talk.final()).status == 603
    await switch.wait_event("call ended", outcome="declined")


async def test_the_caller_gives_up_and_every_device_stops(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna = await handset("101", switch)
    devices = [await handset("102", switch) for _ in range(3)]
    talk = await anna.dial("102")
    rung = [await device.called() for device in devices]
    for called in rung:
        await called.ring()
    await talk.provisional(180)
    await talk.cancel()
    for called in rung:
        await called.cancelled()
    assert (await talk.final()).status == 487


async def test_forked_by_sipp_while_the_loser_answers_late(
    switch_factory: SwitchFactory, sipp: SippFactory
) -> None:
    """The race as SIPp plays it: its 200 crosses the CANCEL."""
    switch = await switch_factory()
    quick = await sipp(scenarios.callee(ring=200), switch.address, registered_as=User("102", "pw-102"))
    late = await sipp(
        scenarios.callee_answers_after_cancel(), switch.address, registered_as=User("102", "pw-102")
    )
    calling = await sipp(scenarios.caller(talk=200), switch.address, users=[User("101", "pw-101", "102")])
    for part in (calling, quick, late):
        assert (await part.finished()).succeeded == 1
