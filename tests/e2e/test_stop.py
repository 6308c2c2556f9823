"""The end: no new calls, time for running ones, a BYE for the rest, and nothing half open at any far end."""

import asyncio
import signal

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk
from tests.rig.message import Message, request
from tests.rig.ports import new_address
from tests.rig.raw import ack
from tests.rig.switch import DOMAIN, dialplan


def invite(phone: Handset, number: str) -> Message:
    return request(
        "INVITE",
        f"sip:{number}@{DOMAIN}",
        via=phone.sip.via,
        from_=f"<sip:{phone.user}@{DOMAIN}>",
        to=f"<sip:{number}@{DOMAIN}>",
        contact=phone.sip.contact(phone.user),
        body=phone.media.sdp(),
    )


async def talking(anna: Handset, boris: Handset) -> tuple[Talk, Talk]:
    outgoing = await anna.dial(boris.user)
    incoming = await boris.called()
    await incoming.accept()
    await outgoing.answered()
    return outgoing, incoming


async def test_draining_refuses_calls_and_lets_the_running_one_end(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, ("101", "102", "103")))
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    outgoing, incoming = await talking(anna, boris)

    switch.process.kill(signal.SIGTERM)
    await switch.wait_event("stopping", calls=1)
    refused = invite(clara, "101")
    answer = await clara.sip.ask(refused)
    await clara.sip.send(ack(refused, answer))
    assert (answer.status, answer.get("Retry-After")) == (503, "5")
    assert (await switch.control("status"))["draining"] is True
    # The call is a call as before; phones may still register.
    assert (await outgoing.reinvite()).status == 200
    await clara.register()

    await outgoing.hang_up()
    await incoming.ended()
    assert await switch.process.wait(5) == 0
    await switch.wait_event("stopped")


async def test_what_still_runs_after_the_drain_gets_its_end(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """One call talks, one rings: BYE to both sides, CANCEL to the callee and 503 to the caller."""
    address = new_address()
    numbers = ("101", "102", "103", "104")
    switch = await switch_factory(address=address, plan=dialplan(address, numbers, calls={"drain": 1}))
    anna, boris, clara, dora = [await handset(number, switch) for number in numbers]
    talks = await talking(anna, boris)
    calling = await clara.dial("104")
    ringing = await dora.called()
    await ringing.ring()
    await calling.provisional(180)

    switch.process.kill(signal.SIGTERM)
    byes = await asyncio.gather(talks[0].ended(), talks[1].ended())
    cancel = await ringing.cancelled()
    final = await calling.final()
    assert final.status == 503
    assert final.get("Retry-After")
    assert all("Reason" in dict(message.headers) for message in (*byes, cancel))
    assert await switch.process.wait(8) == 0
    await switch.wait_event("stopped")
    assert not [line for line in switch.log.items if line["event"] == "phones did not answer BYE"]


async def test_a_drain_changed_by_reload_holds(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, calls={"drain": 60}))
    anna, boris = await handset("101", switch), await handset("102", switch)
    outgoing, incoming = await talking(anna, boris)
    switch.rewrite(dialplan(address, calls={"drain": 0}))
    await switch.control("reload")
    switch.process.kill(signal.SIGTERM)
    await asyncio.gather(outgoing.ended(), incoming.ended())
    assert await switch.process.wait(8) == 0


async def test_a_phone_that_does_not_answer_the_bye_does_not_hold_the_end_up_for_long(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, calls={"drain": 0}))
    anna, boris = await handset("101", switch), await handset("102", switch)
    outgoing, _ = await talking(anna, boris)
    switch.process.kill(signal.SIGTERM)
    await outgoing.ended()
    await boris.take("BYE")
    assert await switch.process.wait(8) == 0
    await switch.wait_event("phones did not answer BYE")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_without_calls_it_ends_at_once(
    switch_factory: SwitchFactory, handset: HandsetFactory, number: signal.Signals
) -> None:
    switch = await switch_factory()
    await handset("101", switch)
    await handset("102", switch, "tcp")
    switch.process.kill(number)
    assert await switch.process.wait(10) == 0, "long before the drain of 30 s is over"
    await switch.wait_event("stopped")
    waited = switch.log.matching(lambda line: line["event"] == "phones did not answer BYE")
    assert not waited
    assert not (switch.file.parent / "state" / "control.sock").exists()
