"""What happens at the same moment, forced in both orders: one has it, the other is told."""

from typing import Any

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, connect, disconnect
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

PEOPLE = ("101", "102", "103", "104")


@pytest.fixture
async def office(switch_factory: SwitchFactory) -> Switch:
    """104 is the mobile of 103."""
    address = new_address()
    plan: dict[str, Any] = dialplan(address, PEOPLE)
    plan["extensions"]["103"]["mobile"] = "104"
    return await switch_factory(plan=plan, address=address)


async def answers_too_late(rung: Talk) -> None:
    """Its 200 has crossed the CANCEL: it is acknowledged, and ended."""
    await rung.respond(200, "OK", rung.phone.media.sdp())
    await rung.take("ACK")
    await rung.ended()


async def at_desks(office: Switch, handset: HandsetFactory) -> tuple[Handset, Handset, Handset, Handset]:
    anna, boris, clara, mobile = [await handset(number, office) for number in PEOPLE]
    return anna, boris, clara, mobile


async def test_pickup_and_answer(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara, _ = await at_desks(office, handset)
    for first in ("pickup", "answer"):
        talk = await anna.dial("102")
        rung = await boris.called()
        await rung.ring()
        if first == "pickup":
            picking = await clara.dial("*8102")
            await picking.answered()
            await answers_too_late(rung)
            await talk.answered()
            await disconnect(picking, talk)
        else:
            await rung.accept()
            assert (await (await clara.dial("*8102")).final()).status == 480
            await talk.answered()
            await disconnect(rung, talk)
    await office.idle()


async def test_the_mobiles_key_and_the_desks_answer(office: Switch, handset: HandsetFactory) -> None:
    anna, _, desk, mobile = await at_desks(office, handset)
    for first in ("key", "desk"):
        talk = await anna.dial("103")
        at_desk, at_mobile = await desk.called(), await mobile.called()
        await at_desk.ring()
        await at_mobile.accept()
        key = at_mobile.make("INFO", b"Signal=1\r\n", body_type="application/dtmf-relay")
        if first == "key":
            await mobile.sip.ask(key)
            await talk.answered()
            await answers_too_late(at_desk)
            winner = at_mobile
        else:
            await at_desk.accept()
            await mobile.sip.send(key)
            await at_mobile.ended()
            await talk.answered()
            winner = at_desk
        await disconnect(winner, talk)
    await office.idle()


async def test_a_transfer_and_a_hangup(office: Switch, handset: HandsetFactory) -> None:
    """Boris sends Anna on as she hangs up."""
    anna, boris, clara, _ = await at_desks(office, handset)
    for first in ("transfer", "hangup"):
        talk, called = await connect(anna, boris)
        refer = called.make("REFER", extra=[("Refer-To", "<sip:102@office.example>")])
        bye = talk.make("BYE")
        if first == "transfer":
            await boris.sip.send(refer)
            await anna.sip.send(bye)
        else:
            await anna.sip.send(bye)
            await boris.sip.send(refer)
        await called.ended()
        await office.idle()
    talk, called = await connect(anna, clara)
    await disconnect(talk, called)


async def test_each_sends_the_other_on(office: Switch, handset: HandsetFactory) -> None:
    """Whoever comes first; the other one's phone is told that there is nothing to send any more."""
    anna, boris, _, dora = await at_desks(office, handset)
    for first in ("caller", "callee"):
        talk, called = await connect(anna, boris)
        one, two = (talk, called) if first == "caller" else (called, talk)
        await one.refer("104")
        rung = await dora.called()
        await two.refer("104")
        assert [await two.told() for _ in range(2)][-1] == "SIP/2.0 491 Request Pending"
        await rung.refuse(486)
        assert [await one.told() for _ in range(2)][-1] == "SIP/2.0 486 Busy Here"
        await disconnect(one, two)
    await office.idle()
