"""Departments: who rings when, what phones show, what the caller hears, where calls go that nobody takes."""

from typing import Any

from media.music import music
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan


async def office(switch_factory: SwitchFactory, **sales: Any) -> Switch:
    address = new_address()
    departments = {"sales": {"number": "200", "name": "Sales", "members": ["102", "103", "104"], **sales}}
    plan = dialplan(address, ("101", "102", "103", "104"), departments=departments)
    return await switch_factory(plan=plan, address=address)


async def test_in_turn_and_then_elsewhere(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(
        switch_factory, ring="in turn", step_time=1, members=["102", "103"], then="104", caller_hears="music"
    )
    anna, boris, clara, dora = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    talk = await anna.dial("200", name="Anna")
    await talk.provisional(183)
    first = await boris.called()
    assert first.invite.get("From").startswith('"Sales: Phone 101" <sip:101@')
    await first.ring()
    await first.cancelled()
    second = await clara.called()
    await anna.media.hears_like(music(8000), seconds=0.5)
    await second.refuse(603)
    last = await dora.called()
    assert "<sip:200@" in last.invite.get("Diversion")
    await last.accept()
    await talk.answered()
    await disconnect(talk, last)
    ended = await switch.wait_event("call ended")
    assert ended["outcome"] == "completed"


async def test_growing_and_a_colleague_who_declines(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory, ring="growing", step_time=1)
    anna, boris, clara, dora = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    talk = await anna.dial("200")
    first = await boris.called()
    await first.ring()
    second = await clara.called()
    await second.refuse(603)
    third = await dora.called()
    await third.ring()
    await first.accept()
    await third.cancelled()
    await talk.answered()
    await disconnect(talk, first)


async def test_least_recent(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Who has taken a call is the last one to be rung for the next; who is in a call is not rung at all."""
    switch = await office(switch_factory, ring="least recent", members=["102", "103"])
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    for phone in (boris, clara, boris):
        talk = await anna.dial("200")
        called = await phone.called()
        await called.accept()
        await talk.answered()
        await disconnect(talk, called)
        await switch.idle()
