"""Two offices, each a switch of its own: numbers and names reach across, features too, no call goes round."""

from typing import Any

import pytest

from media.music import music
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import connect, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan


def plan(address: str, people: tuple[str, ...], other: str, theirs: str) -> dict[str, Any]:
    office = {"server": f"{other}:5060", "numbers": [theirs], "qualify": "off"}
    return {**dialplan(address, people), "offices": {"other": office}}


@pytest.fixture
async def offices(switch_factory: SwitchFactory) -> tuple[Switch, Switch]:
    """201 and 202 in one, 301 and 302 in the other; 202 and 302 forward to each other."""
    here, there = new_address(), new_address()
    ours, theirs = plan(here, ("201", "202"), there, "3xx"), plan(there, ("301", "302", "303"), here, "2xx")
    ours["extensions"]["202"]["forward"] = {"always": "302"}
    theirs["extensions"]["302"]["forward"] = {"always": "202"}
    return (
        await switch_factory(address=here, plan=ours),
        await switch_factory(name="there", address=there, plan=theirs),
    )


async def test_they_talk_across_and_see_who_calls(
    offices: tuple[Switch, Switch], handset: HandsetFactory
) -> None:
    here, there = offices
    anna, clara = await handset("201", here), await handset("301", there)
    calling = await anna.dial("301")
    called = await clara.called()
    assert '"Phone 201" <sip:201@' in called.invite.get("From")
    await called.ring()
    await calling.provisional(180)
    await called.accept()
    await calling.answered()
    await talk_alone(anna, clara)
    await calling.hang_up()
    await called.ended()
    await here.idle()
    await there.idle()


async def test_hold_and_transfer_reach_across(
    offices: tuple[Switch, Switch], handset: HandsetFactory
) -> None:
    here, there = offices
    anna = await handset("201", here)
    clara, dewi = await handset("301", there), await handset("303", there)
    talk, called = await connect(anna, clara)
    clara.media.play(440)
    await anna.media.heard(0.2)
    assert (await called.reinvite(clara.media.sdp("sendonly", 2))).status == 200
    # Through two switches: a hole where a packet comes late is the machine's.
    await anna.media.hears_like(music(8000), least=0.7)
    assert (await called.reinvite(clara.media.sdp(version=3))).status == 200
    assert (await called.refer("303")).status == 202
    brought = await dewi.called()
    assert '"Phone 201" <sip:201@' in brought.invite.get("From")
    await brought.accept()
    await called.ended()
    await talk_alone(anna, dewi)
    await talk.hang_up()
    await brought.ended()
    await here.idle()
    await there.idle()


async def test_no_call_goes_round(offices: tuple[Switch, Switch], handset: HandsetFactory) -> None:
    here, there = offices
    anna = await handset("201", here)
    calling = await anna.dial("202")
    assert (await calling.final()).status in (482, 503)
    await here.idle()
    await there.idle()
    calls = (await here.control("calls", recent=10))["calls"]
    assert len(calls) <= 2
