"""The session refresh of RFC 4028 as it happens: it takes the minimum interval of 90 s, and patience.

Both calls run at once, so that the minute and a quarter is waited for once.
"""

import asyncio

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Talk, connect
from tests.rig.message import Message
from tests.rig.ports import new_address
from tests.rig.switch import dialplan

REFRESH_WITHIN = 60.0
"""Seconds: half the interval, and then some."""
DEATH_WITHIN = 45.0
"""Seconds from an unanswered refresh: 32 s of repeating it (RFC 3261 §17.1), and then some."""


async def refresh(talk: Talk) -> Message:
    """The first request of the switch in this dialog."""
    return await talk.phone.sip.receive(
        lambda message: (
            message.get("Call-ID") == talk.call_id and message.start.startswith(("UPDATE ", "INVITE "))
        ),
        "session refresh",
        REFRESH_WITHIN,
    )


@pytest.mark.timeout(180)
async def test_a_dead_phone_is_found_by_its_refresh(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    numbers = ["101", "102", "103", "104"]
    plan = dialplan(address, numbers, calls={"session_timer": "90s"})
    plan["rtp"] = {**plan["rtp"], "timeout": "off"}
    switch = await switch_factory(address=address, plan=plan)
    phones = [await handset(number, switch) for number in numbers]
    dead_talk, dead = await connect(phones[0], phones[1])
    live_talk, live = await connect(phones[2], phones[3])

    async def answer_refresh(talk: Talk) -> None:
        asked = await refresh(talk)
        await talk.respond(200, "OK", to=asked, body=talk.phone.media.sdp() if asked.body else b"")

    answering = [asyncio.ensure_future(answer_refresh(talk)) for talk in (dead_talk, live_talk, live)]
    await refresh(dead)  # and no answer, ever
    ended = await switch.wait_event("call ended", within=DEATH_WITHIN)
    assert ended["outcome"] == "callee-vanished"
    assert (await dead_talk.ended()).get("Reason") == 'SIP;cause=408;text="Request Timeout"'
    await asyncio.gather(*answering)
    (call,) = (await switch.control("calls"))["calls"]
    assert (call["caller"], call["state"]) == ("103", "talking")
    await live_talk.hang_up()
    await live.ended()
