"""Whoever hangs up, wherever he is: all others go on or are let go, each call has one end, nothing stays."""

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Talk, connect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until, until_told

SAYS = {"say": "You have come to a place where nobody is, and this goes on for a while."}


async def office(switch_factory: SwitchFactory) -> Switch:
    address = new_address()
    plan = dialplan(
        address,
        ("101", "102", "103"),
        announcements={"closed": {**SAYS, "number": "310"}},
        menus={"main": {"number": "300", "prompt": SAYS["say"], "keys": {"1": "102"}}},
        queues={"line": {"number": "400", "agents": ["103"]}},
        scenarios={
            "survey": {
                "number": "320",
                "steps": {"first": {"ask": SAYS["say"], "into": "answer", "digits": 3}},
            }
        },
        conferences={"800": {"pin": "4711"}},
    )
    return await switch_factory(plan=plan, address=address)


async def comes_to(switch: Switch, state: str) -> None:
    """There is one call, and it does that."""

    async def does() -> bool:
        return [one["state"] for one in (await switch.control("calls"))["calls"]] == [state]

    await until_told(does, state)


async def ended(switch: Switch, calls: int) -> None:
    """So many calls have ended since the start, each once, and nothing is left of them."""
    await switch.idle()

    def ends() -> list[str]:
        return [line["call"] for line in switch.log.items if line.get("event") == "call ended"]

    await until(lambda: len(ends()) >= calls, "calls have ended")  # log lines come in batches
    assert len(ends()) == len(set(ends())) == calls


@pytest.mark.parametrize(
    ("number", "state"),
    [
        ("310", "announcement"),
        ("300", "menu"),
        ("320", "scenario"),
        ("400", "queue"),
        ("800", "conference"),
        ("700", "parking"),
        ("*98", "voicemail"),
    ],
)
async def test_at_a_place_that_takes_the_call(
    switch_factory: SwitchFactory, handset: HandsetFactory, number: str, state: str
) -> None:
    switch = await office(switch_factory)
    anna = await handset("101", switch)
    talk = await anna.dial(number)
    await talk.answered()
    await comes_to(switch, state)
    await talk.hang_up()
    await ended(switch, 1)


async def in_the_queue(switch: Switch, handset: HandsetFactory) -> tuple[Talk, Talk]:
    """Anna has called the queue, and Clara, its agent, is rung."""
    anna, clara = await handset("101", switch), await handset("103", switch)
    talk = await anna.dial("400")
    return talk, await clara.called()


async def test_in_a_queue_while_an_agent_is_rung(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    talk, rung = await in_the_queue(switch, handset)
    await rung.ring()
    await talk.answered()
    await talk.hang_up()
    await rung.cancelled()
    await ended(switch, 1)


async def test_an_agent_in_the_middle_of_the_talk(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    talk, rung = await in_the_queue(switch, handset)
    await rung.accept()
    await talk.answered()
    await comes_to(switch, "talking")
    await rung.hang_up()
    await talk.ended()
    await ended(switch, 1)


@pytest.mark.parametrize("who", ["waits", "dials"])
async def test_after_the_code_of_a_transfer(
    switch_factory: SwitchFactory, handset: HandsetFactory, who: str
) -> None:
    """One waits, the other has pressed `##` and no number yet."""
    switch = await office(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    boris.media.play(700)
    for key in "##":
        await boris.media.press(key, 80)
    await comes_to(switch, "held")
    leaves, stays = (talk, called) if who == "waits" else (called, talk)
    await leaves.hang_up()
    await stays.ended()
    await ended(switch, 1)


async def test_who_waits_while_the_one_who_is_asked_still_rings(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    boris.media.play(700)
    for key in "*2103":
        await boris.media.press(key, 80)
    rung = await clara.called()
    await rung.ring()
    await talk.hang_up()
    await rung.accept()
    await called.hang_up()
    await rung.ended()
    await ended(switch, 1)
