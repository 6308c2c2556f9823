"""Pickup: a call that rings elsewhere is answered here, by code and by the phone's own key."""

import asyncio

import pytest

from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, disconnect, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import RigError

ANNA, BORIS, CLARA = 440, 700, 1100
ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'


@pytest.fixture
async def office(switch_factory: SwitchFactory) -> Switch:
    """102 and 103 are of one department, 104 of none; 105 may pick up nothing."""
    address = new_address()
    plan = dialplan(
        address,
        ("101", "102", "103", "104"),
        departments={"sales": {"number": "200", "members": ["102", "103"]}},
    )
    plan["extensions"]["104"]["rights"] = {"pickup": "department"}
    return await switch_factory(plan=plan, address=address)


async def ringing(office: Switch, handset: HandsetFactory) -> tuple[Handset, Talk, Talk]:
    """Anna calls Boris, whose phone rings."""
    anna, boris = await handset("101", office), await handset("102", office)
    talk = await anna.dial("102")
    rung = await boris.called()
    await rung.ring()
    await talk.provisional(180)
    return anna, talk, rung


@pytest.mark.parametrize("code", ["*8", "*8102", "*8200"])
async def test_by_code(office: Switch, handset: HandsetFactory, code: str) -> None:
    clara = await handset("103", office)
    if code == "*8200":
        anna, boris = await handset("101", office), await handset("102", office)
        talk = await anna.dial("200")
        rung, own = await boris.called(), await clara.called()
        await rung.ring()
        await own.ring()
    else:
        anna, talk, rung = await ringing(office, handset)
    picking = await clara.dial(code)
    shown = (await picking.answered()).get("P-Asserted-Identity")
    assert "<sip:101@" in shown, "she sees whom she has picked up"
    await talk.answered()
    assert (await rung.cancelled()).get("Reason") == ELSEWHERE
    await talk_alone(anna, clara, (ANNA, CLARA))
    await disconnect(picking, talk)
    await office.idle()
    ended = (await office.control("calls", recent=2))["calls"]
    assert {call["outcome"] for call in ended} == {"completed", "handed-on"}


async def test_by_replaces(office: Switch, handset: HandsetFactory) -> None:
    anna, talk, rung = await ringing(office, handset)
    clara = await handset("103", office)
    picking = await clara.dial("102", extra=[("Replaces", f"{rung.replaces};early-only")])
    await picking.answered()
    await talk.answered()
    await rung.cancelled()
    await talk_alone(anna, clara, (ANNA, CLARA))
    await disconnect(talk, picking)
    await office.idle()


async def test_a_call_moves_to_ones_other_phone(office: Switch, handset: HandsetFactory) -> None:
    anna, desk, mobile = [await handset(number, office) for number in ("101", "104", "104")]
    talk = await anna.dial("104")
    called, other = await desk.called(), await mobile.called()
    await other.ring()
    await called.accept()
    await other.cancelled()
    await talk.answered()
    moving = await mobile.dial("104", extra=[("Replaces", called.replaces)])
    await moving.answered()
    await called.ended()
    await talk_alone(anna, mobile, (ANNA, CLARA))
    await disconnect(talk, moving)
    await office.idle()


async def test_two_reach_for_it(office: Switch, handset: HandsetFactory) -> None:
    """Exactly one has it, the other one is told; whoever was first on the wire."""
    anna, talk, rung = await ringing(office, handset)
    clara, other = await handset("103", office), await handset("103", office)
    both = await asyncio.gather(clara.dial("*8102"), other.dial("*8102"))
    answers = await asyncio.gather(*(one.final() for one in both))
    assert sorted(answer.status for answer in answers) == [200, 480]
    await talk.answered()
    await rung.cancelled()
    (winner,) = [one for one, answer in zip(both, answers, strict=True) if answer.status == 200]
    await disconnect(winner, talk)
    assert anna.user == "101"
    await office.idle()


async def test_answered_and_picked_up_at_once(office: Switch, handset: HandsetFactory) -> None:
    """Boris lifts as Clara dials: one of them talks, nobody is left over."""
    _, talk, rung = await ringing(office, handset)
    clara = await handset("103", office)
    dialling = asyncio.ensure_future(clara.dial("*8102"))
    await rung.respond(200, "OK", rung.phone.media.sdp())
    picking = await dialling
    answer = await picking.final()
    await talk.answered()
    if answer.status == 200:
        await rung.take("ACK")
        await rung.ended()
        await disconnect(picking, talk)
    else:
        assert answer.status == 480
        await rung.take("ACK")
        await disconnect(rung, talk)
    await office.idle()


async def test_refused(office: Switch, handset: HandsetFactory) -> None:
    clara, dora = await handset("103", office), await handset("104", office)
    assert (await (await clara.dial("*8102")).final()).status == 480, "nothing rings"
    assert (await (await clara.dial("*8")).final()).status == 480, "nothing rings"
    anna, talk, rung = await ringing(office, handset)
    assert (await (await dora.dial("*8102")).final()).status == 403, "not her department"
    assert (await (await dora.dial("102", extra=[("Replaces", rung.replaces)])).final()).status == 403
    made_up = f"nobody;to-tag={talk.tag};from-tag=x"
    assert (await (await clara.dial("102", extra=[("Replaces", made_up)])).final()).status == 481
    await rung.accept()
    await talk.answered()
    late = await (await clara.dial("102", extra=[("Replaces", f"{rung.replaces};early-only")])).final()
    assert late.status == 486, "answered meanwhile"
    assert anna.user == "101"
    await disconnect(talk, rung)


async def test_softphones(office: Switch, baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101", office, tone=ANNA)
    boris = await baresip_factory("102", office, tone=BORIS)
    clara = await baresip_factory("103", office, tone=CLARA)
    await anna.dial("102")
    await boris.wait("CALL_INCOMING")
    await clara.dial("*8102")
    await boris.closed()
    await anna.hears(CLARA)
    await clara.hears(ANNA)
    await clara.hangup()
    await anna.closed()
    await office.idle()


async def test_departments_ring_together(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara = [await handset(number, office) for number in ("101", "102", "103")]
    talk = await anna.dial("200")
    first, second = await boris.called(), await clara.called()
    await first.ring()
    await second.accept()
    await first.cancelled()
    await talk.answered()
    await talk_alone(anna, clara, (ANNA, CLARA))
    await disconnect(talk, second)
    member = await boris.dial("200")
    rung = await clara.called()
    with pytest.raises(RigError):
        await boris.called(within=0.2)
    await rung.refuse(486)
    assert (await member.final()).status == 486
