"""Calls that are not put through: what the caller's phone is told, and what the records say."""

from typing import Any

import pytest

from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.message import request
from tests.rig.ports import new_address
from tests.rig.switch import DOMAIN, Switch, dialplan

Plan = dict[str, Any]


async def started(switch_factory: SwitchFactory, settings: Plan | None = None, **called: Any) -> Switch:
    """A switch whose extension 102 has these settings and whose dialplan has those at the top."""
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"), **(settings or {}))
    plan["extensions"]["102"] |= called
    return await switch_factory(address=address, plan=plan)


async def test_what_the_phone_says_and_what_the_caller_is_told(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await started(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    for said, told, outcome in (
        (486, 486, "busy"),
        (600, 486, "busy"),
        (603, 603, "declined"),
        (480, 480, "device-refused"),
        (302, 480, "device-refused"),
        (488, 488, "no-common-codec"),
        (500, 480, "device-refused"),
    ):
        talk = await anna.dial("102")
        called = await boris.called()
        await called.ring()
        await talk.provisional(180)
        elsewhere = [("Contact", "<sip:0900@evil.example>")] if said == 302 else []
        await called.refuse(said, extra=elsewhere)
        assert (await talk.final()).status == told, f"the phone said {said}"
        ended = await switch.log.take(lambda line: line["event"] == "call ended", "end of the call")
        assert (ended["outcome"], ended["blame"]) == (outcome, "callee")


async def test_a_softphone_rejects(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await switch_factory()
    anna, boris = await baresip_factory("101", switch), await baresip_factory("102", switch)
    await anna.dial("102")
    await boris.wait("CALL_INCOMING")
    await boris.hangup()
    assert (await anna.closed()).parameter == "486 Busy Here"


async def test_nobody_answers_in_time(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await started(switch_factory, ring_time=1)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.ring()
    await talk.provisional(180)
    assert (await called.cancelled()).get("Reason") == 'SIP;cause=480;text="No answer"'
    final = await talk.final()
    assert (final.status, final.start.split(" ", 2)[2]) == (480, "No Answer")
    await switch.wait_event("call ended", outcome="no-answer")


async def test_the_ring_time_of_the_dialplan(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await started(switch_factory, {"calls": {"ring_time": 1}})
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.ring()
    await called.cancelled()
    assert (await talk.final()).status == 480


async def test_a_phone_that_says_nothing_at_all(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """Registered and gone: no response ever comes, and the ring time ends it (no CANCEL without a 1xx)."""
    switch = await started(switch_factory, ring_time=1)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    await boris.called()
    assert (await talk.final()).status == 480
    assert boris.sip.inbox.matching(lambda m: m.method == "CANCEL" and not m.status) == []


async def test_do_not_disturb(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await started(switch_factory, do_not_disturb=True)
    anna, boris = await handset("101", switch), await handset("102", switch)
    final = await (await anna.dial("102")).final()
    assert (final.status, final.start.split(" ", 2)[2]) == (480, "Do Not Disturb")
    assert boris.sip.inbox.matching(lambda m: m.method == "INVITE" and not m.status) == []
    await switch.wait_event("call ended", outcome="do-not-disturb")
    talk = await boris.dial("101")
    called = await anna.called()
    await called.refuse(486)
    assert (await talk.final()).status == 486, "it may call out all the same"


@pytest.mark.parametrize(
    ("number", "status", "outcome"), [("102", 480, "unregistered"), ("999", 404, "unknown-number")]
)
async def test_nobody_is_there(
    switch_factory: SwitchFactory, handset: HandsetFactory, number: str, status: int, outcome: str
) -> None:
    switch = await started(switch_factory)
    anna = await handset("101", switch)
    assert (await (await anna.dial(number)).final()).status == status
    await switch.wait_event("call ended", outcome=outcome)


async def test_a_phone_that_has_unregistered_is_not_rung(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await started(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    await boris.register(expires=0)
    assert (await (await anna.dial("102")).final()).status == 480


async def test_without_call_waiting_a_second_call_is_busy(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await started(switch_factory, call_waiting=False)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    called = await boris.called()
    await called.ring()
    await talk.provisional(180)
    assert (await (await clara.dial("102")).final()).status == 486, "it rings already"
    await called.accept()
    await talk.answered()
    assert (await (await clara.dial("102")).final()).status == 486, "it talks"
    await talk.hang_up()
    await called.ended()
    await switch.wait_event("call ended", outcome="completed")
    again = await clara.dial("102")
    rung = await boris.called()
    await rung.accept()
    await again.answered()
    await again.hang_up()
    await rung.ended()


async def test_without_call_waiting_it_is_busy_while_it_calls(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await started(switch_factory, call_waiting=False)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await boris.dial("101")
    called = await anna.called()
    await called.ring()
    await talk.provisional(180)
    assert (await (await clara.dial("102")).final()).status == 486
    await talk.cancel()
    await called.cancelled()


async def test_with_call_waiting_a_second_call_rings(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await started(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    first = await anna.dial("102")
    talking = await boris.called()
    await talking.accept()
    await first.answered()
    second = await clara.dial("102")
    knocking = await boris.called()
    await knocking.ring()
    await second.provisional(180)
    await knocking.refuse(486)
    assert (await second.final()).status == 486
    assert (await first.ask("OPTIONS")).status == 200, "the first call stands"
    await first.hang_up()
    await talking.ended()


async def test_more_calls_than_allowed(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await started(switch_factory, {"calls": {"max_calls": 1}})
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    await talk.answered()
    sent = request(
        "INVITE",
        f"sip:102@{DOMAIN}",
        via=clara.sip.via,
        from_=f"<sip:103@{DOMAIN}>",
        to=f"<sip:102@{DOMAIN}>",
        contact=clara.sip.contact(),
        body=clara.media.sdp(),
    )
    refused = await clara.sip.ask(sent)
    assert refused.status == 503
    assert int(refused.get("Retry-After")) > 0
    await talk.hang_up()
    await called.ended()
    await switch.wait_event("call ended")
    again = await clara.dial("102")
    rung = await boris.called()
    await rung.accept()
    await again.answered()
    await again.hang_up()
    await rung.ended()


async def test_too_many_hops(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await started(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102", hops=0)
    assert (await talk.final()).status == 483
    talk = await anna.dial("102", hops=5)
    called = await boris.called()
    assert called.invite.all("Max-Forwards") == ["4"]
    await called.refuse(486)
    await talk.final()
