"""When lines, ports or descriptors run out, callers are told to come back, and the switch recovers."""

import asyncio
import resource
import signal

import pytest

from softswitch.sip.admission import BEHIND
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk
from tests.rig.message import Message, request
from tests.rig.ports import new_address, switch_rtp_range
from tests.rig.raw import ack, with_digest
from tests.rig.switch import DOMAIN, dialplan, password


async def dial(phone: Handset, number: str) -> Message:
    """An INVITE that is proved, and its final response, acknowledged, whoever gives it."""
    invite = request(
        "INVITE",
        f"sip:{number}@{DOMAIN}",
        via=phone.sip.via,
        from_=f"<sip:{phone.user}@{DOMAIN}>",
        to=f"<sip:{number}@{DOMAIN}>",
        contact=phone.sip.contact(phone.user),
        body=phone.media.sdp(),
    )
    answer = await phone.sip.ask(invite)
    await phone.sip.send(ack(invite, answer))
    if answer.status == 401:
        invite = with_digest(invite, answer, phone.user, password(phone.user))
        answer = await phone.sip.ask(invite)
        await phone.sip.send(ack(invite, answer))
    return answer


async def talking(anna: Handset, boris: Handset) -> tuple[Talk, Talk]:
    outgoing = await anna.dial(boris.user)
    incoming = await boris.called()
    await incoming.accept()
    await outgoing.answered()
    return outgoing, incoming


async def hang_up(talks: tuple[Talk, Talk]) -> None:
    await asyncio.gather(talks[0].hang_up(), talks[1].ended())


async def test_a_switch_that_comes_behind_says_so_and_catches_up(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    switch.process.kill(signal.SIGSTOP)
    try:
        # Not a wait: so long the machine has no time for the switch.
        await asyncio.sleep(10 * BEHIND + 0.2)
    finally:
        switch.process.kill(signal.SIGCONT)
    await switch.wait_event("overloaded")
    await switch.wait_event("caught up")
    await hang_up(await talking(anna, boris))


async def test_more_calls_than_allowed(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, calls={"max_calls": 1}))
    anna, boris = await handset("101", switch), await handset("102", switch)
    talks = await talking(anna, boris)
    refused = await dial(boris, "101")
    assert (refused.status, refused.get("Retry-After")) == (503, "5")
    await hang_up(talks)
    await switch.idle()
    await hang_up(await talking(anna, boris))


async def test_no_rtp_ports_left(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Room for three legs: the first call has two, the second one's callee finds none."""
    address = new_address()
    first = int(switch_rtp_range().partition("-")[0])
    plan = dialplan(address, ("101", "102", "103", "104"), rtp={"ports": f"{first}-{first + 5}"})
    switch = await switch_factory(address=address, plan=plan)
    anna, boris, clara, dora = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    talks = await talking(anna, boris)
    for _ in range(3):
        refused = await dial(clara, "104")
        assert refused.status == 503
        assert refused.get("Retry-After")
    assert not dora.sip.inbox.matching(lambda m: m.start.startswith("INVITE"))
    assert (await talks[0].reinvite()).status == 200, "the running call does not suffer"

    await hang_up(talks)
    await switch.idle()
    await hang_up(await talking(clara, dora))


@pytest.mark.parametrize("legs", [1, 2])
async def test_no_rtp_port_for_the_callee_or_even_for_the_caller(
    switch_factory: SwitchFactory, handset: HandsetFactory, legs: int
) -> None:
    address = new_address()
    first = int(switch_rtp_range().partition("-")[0])
    plan = dialplan(address, ("101", "102", "103", "104"), rtp={"ports": f"{first}-{first + 2 * legs - 1}"})
    switch = await switch_factory(address=address, plan=plan)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = await talking(anna, boris) if legs == 2 else None
    refused = await dial(clara, "101")
    assert refused.status == 503
    assert refused.get("Retry-After")
    if talks is not None:
        await hang_up(talks)


async def test_no_descriptors_left(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """The limit is lowered while it runs, as if something else had taken them all."""
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, ("101", "102", "103", "104")))
    anna, boris, clara, dora = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    talks = await talking(anna, boris)
    pid = switch.process.pid
    generous = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (20, generous[1]))
    refused = await dial(clara, "104")
    assert refused.status == 503
    assert refused.get("Retry-After")
    assert (await talks[0].reinvite()).status == 200, "the running call does not suffer"
    await hang_up(talks)

    resource.prlimit(pid, resource.RLIMIT_NOFILE, generous)
    await switch.idle()
    await hang_up(await talking(clara, dora))
