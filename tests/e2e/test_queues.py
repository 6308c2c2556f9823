"""Queues over the wire: callers in line, agents who answer, miss, log in; callback, reload, restart."""

from pathlib import Path
from typing import Any

import soundfile

from media.music import music
from media.spectrum import frequencies_in
from media.tones import sine
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory, RtpFactory
from tests.e2e.test_records import get
from tests.rig.handset import Handset, connect, disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

TONE = 1000


def waits_to(phone: Handset, tone: int | None) -> bool:
    """Whether a tone is all that he has heard of late; None: something without it."""
    heard = phone.media.recent(0.4)
    if heard is None:
        return False
    found = frequencies_in(heard.samples, heard.rate, [TONE])
    return found == ({tone} if tone else set())


async def office(
    switch_factory: SwitchFactory, address: str = "", music_classes: Any = None, **support: Any
) -> Switch:
    address = address or new_address()
    queue = {"number": "400", "name": "Support", "agents": ["104"], "announce_every": "off", **support}
    plan = dialplan(
        address,
        ("101", "102", "103", "104"),
        queues={"support": queue},
        music=music_classes or {},
        metrics={"listen": f"{address}:9090"},
    )
    return await switch_factory(plan=plan, address=address)


async def hears_music(phone: Handset) -> None:
    await phone.media.hears_like(music(8000), seconds=0.7)


async def support(switch: Switch) -> Any:
    (queue,) = (await switch.control("queues"))["queues"]
    return queue


async def test_two_callers_and_one_agent(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """In the order of coming, with music; a reload in between; what the agent has missed pauses him."""
    switch = await office(switch_factory, pause_after_missed=1, leave_key="0", leave_to="103")
    anna, boris, clara, agent = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    first = await anna.dial("400")
    await first.answered()
    rung = await agent.called()
    assert rung.invite.get("From").startswith('"Support: Phone 101" <sip:101@')
    second = await boris.dial("400")
    await second.answered()
    await hears_music(boris)
    await rung.refuse(486)
    await switch.wait_event("agent paused", agent="104", reason="missed calls")
    await switch.control("reload")
    queue = await support(switch)
    assert [one["number"] for one in queue["waiting"]] == ["101", "102"]
    assert queue["agents"][0]["state"] == "paused"
    page = (await get(switch.address, "/metrics")).splitlines()
    assert 'softswitch_queue_waiting{queue="support"} 2.0' in page
    assert 'softswitch_queue_agents{queue="support",state="paused"} 1.0' in page
    assert 'softswitch_queue_entered_total{queue="support"} 2.0' in page
    await switch.control("queues", action="unpause", agent="104")
    rung = await agent.called()
    await rung.accept()
    assert "<sip:101@" in rung.invite.get("From")
    anna.media.play(440)
    agent.media.play(700)
    await anna.media.hears({700}, [440, 700])
    assert (await support(switch))["agents"][0]["state"] == "talking"
    await boris.media.press("0", 80)
    elsewhere = await clara.called()
    await elsewhere.accept()
    left = await switch.wait_event("left queue", reason="key")
    assert left["position"] == 1
    await disconnect(first, rung)
    await disconnect(second, elsewhere)
    await switch.idle()
    today = (await support(switch))["today"]
    assert (today["entered"], today["answered"], today["left"], today["abandoned"]) == (2, 1, 1, 0)


async def test_told_where_he_is_and_called_back(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    file = tmp_path / "tone.wav"
    soundfile.write(file, sine(TONE, 5.0, 8000), 8000)
    classes = {"default": {"files": str(file)}}
    switch = await office(switch_factory, announce_every=10, callback_key="1", music_classes=classes)
    anna, agent = [await handset(number, switch) for number in ("101", "104")]
    pausing = await agent.dial("*46")
    await pausing.answered()
    await switch.wait_event("agent paused", agent="104")
    await pausing.hang_up()
    talk = await anna.dial("400")
    await talk.answered()

    await until(lambda: waits_to(anna, TONE), "he hears music", every=0.05)
    await until(lambda: waits_to(anna, None), "he hears where he is", every=0.05)
    await anna.media.press("1", 80)
    await switch.wait_event("left queue", reason="callback")
    await talk.ended()
    going_on = await agent.dial("*46")
    await going_on.answered()
    await going_on.hang_up()
    rung = await agent.called()
    assert rung.invite.get("From").startswith('"Support: Phone 101" <sip:101@')
    await rung.accept()
    back = await anna.called()
    await back.accept()
    await switch.wait_event("left queue", reason="called-back")
    await disconnect(back, rung)
    await switch.idle()


async def test_nobody_is_there_and_agents_log_in(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """By code, which outlives a restart; who gives up is counted."""
    address = new_address()
    switch = await office(switch_factory, address, log_in=True, when_empty="103")
    anna, clara, agent = [await handset(number, switch) for number in ("101", "103", "104")]
    talk = await anna.dial("400")
    elsewhere = await clara.called()
    await elsewhere.accept()
    await talk.answered()
    await disconnect(talk, elsewhere)
    coming = await agent.dial("*45")
    await coming.answered()
    await switch.wait_event("agent logged in", agent="104", queue="support")
    await coming.hang_up()
    await switch.idle()
    await switch.terminate()
    switch = await office(switch_factory, address, log_in=True, when_empty="103")
    talk = await anna.dial("400")
    await talk.answered()
    rung = await agent.called()
    await talk.hang_up()
    await rung.ring()
    await rung.cancelled()
    assert (await switch.wait_event("left queue"))["reason"] == "abandoned"
    await switch.wait_event("call ended", outcome="cancelled")


async def test_a_colleague_waits_in_line_for_a_caller(
    switch_factory: SwitchFactory, handset: HandsetFactory, rtp: RtpFactory
) -> None:
    """He asks the queue, and hands the caller over: the caller has the place."""
    switch = await office(switch_factory)
    anna, boris, agent = [await handset(number, switch) for number in ("101", "102", "104")]
    await agent.register(expires=0)
    talk, called = await connect(anna, boris)
    asking = await Handset("102", boris.sip, await rtp(), boris.seen).dial("400")
    await asking.answered()
    await called.refer("400", instead_of=asking)
    await asking.ended()
    await called.hang_up()
    (waiting,) = (await support(switch))["waiting"]
    assert (waiting["number"], waiting["rung"]) == ("101", False)
    await agent.register()
    rung = await agent.called()
    assert "<sip:101@" in rung.invite.get("From")
    await rung.accept()
    await disconnect(talk, rung)
    await switch.idle()
