"""Speaking through the speakers of phones: to many, with one, and a parked call announced."""

from typing import Any

import pytest

from media.spectrum import frequencies_in
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, connect, disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

PEOPLE = {"101": 500, "102": 750, "103": 1150, "104": 1500}


async def office(switch_factory: SwitchFactory, **settings: Any) -> Switch:
    address = new_address()
    paging = {"790": {"name": "Workshop", "members": ["101", "102", "103", "104"]}}
    plan = dialplan(address, tuple(PEOPLE), paging=paging, **settings)
    return await switch_factory(plan=plan, address=address)


def hears(phone: Handset, *numbers: str) -> bool:
    recent = phone.media.recent(0.3)
    wanted = {PEOPLE[number] for number in numbers}
    return recent is not None and frequencies_in(recent.samples, recent.rate, list(PEOPLE.values())) == wanted


def answers_by_itself(talk: Talk) -> bool:
    invite = talk.invite
    return (
        invite.get("Answer-Mode") == "Auto"
        and invite.get("Call-Info").endswith(";answer-after=0")
        and "info=alert-autoanswer" in invite.get("Alert-Info")
    )


async def test_a_page(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Boris and Clara hear Anna and are not heard; Dora, who is in a call, is left alone."""
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("790")
    at_boris, at_clara = await boris.called(), await clara.called()
    assert answers_by_itself(at_boris)
    assert '"Workshop" <sip:790@' in at_boris.invite.get("From")
    await at_boris.accept()
    await talk.answered()
    await at_clara.accept()
    for phone in (anna, boris, clara):
        phone.media.play(PEOPLE[phone.user])
    await until(lambda: hears(boris, "101") and hears(clara, "101"), "both hear her")
    assert not hears(anna, "102")
    await at_clara.hang_up()
    await disconnect(talk, at_boris)
    await switch.idle()


async def test_who_is_in_a_call_is_left_alone(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talks = await connect(boris, clara)
    talk = await anna.dial("790")
    assert (await talk.final()).status == 480
    invites = {m.get("Call-ID") for m in clara.sip.inbox.items if m.method == "INVITE" and not m.status}
    assert len(invites) == 1
    await disconnect(*talks)
    await switch.idle()


async def test_intercom(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("*80102")
    called = await boris.called()
    assert answers_by_itself(called)
    await called.accept()
    await talk.answered()
    for phone in (anna, boris):
        phone.media.play(PEOPLE[phone.user])
    await until(lambda: hears(boris, "101") and hears(anna, "102"), "both hear each other")
    busy = await (await handset("103", switch)).dial("*80102")
    assert (await busy.final()).status == 486
    await disconnect(talk, called)
    await switch.idle()


@pytest.mark.parametrize(("dialled", "status"), [("*80101", 403), ("*80999", 404), ("*80103", 480)])
async def test_intercom_is_refused(
    switch_factory: SwitchFactory, handset: HandsetFactory, dialled: str, status: int
) -> None:
    switch = await office(switch_factory)
    anna = await handset("101", switch)
    talk = await anna.dial(dialled)
    assert (await talk.final()).status == status
    await switch.idle()


async def test_a_parked_call_is_announced(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Clara's phone says it, and is let go; then she fetches the call."""
    switch = await office(switch_factory, parking={"announce": "790"})
    await switch.wait_event("prompts prepared", within=60)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk, called = await connect(anna, boris)
    await called.refer("700")
    speaks = await clara.called()
    assert answers_by_itself(speaks)
    await speaks.accept()
    await until(lambda: is_loud(clara), "it is said")
    await speaks.ended(within=20)
    fetched = await clara.dial("701")
    await fetched.answered()
    await disconnect(fetched, talk)
    await switch.idle()


def is_loud(phone: Handset) -> bool:
    recent = phone.media.recent(0.2)
    return recent is not None and bool(abs(recent.samples).max() > 0.02)
