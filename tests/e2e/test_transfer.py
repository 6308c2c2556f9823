"""Transfer by the phone's key: blind and attended, what comes back, what the displays show."""

import pytest

from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory, RtpFactory
from tests.rig.handset import UPDATES, Handset, connect, disconnect, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

ANNA, BORIS, CLARA = 440, 700, 1100
TONES = [ANNA, BORIS, CLARA]


@pytest.fixture
async def office(switch_factory: SwitchFactory) -> Switch:
    address = new_address()
    return await switch_factory(plan=dialplan(address, ("101", "102", "103")), address=address)


async def staff(office: Switch, handset: HandsetFactory) -> tuple[Handset, Handset, Handset]:
    """Anna, Boris and Clara, each speaking their own tone as soon as there is a way."""
    return await handset("101", office), await handset("102", office), await handset("103", office)


def second_line(phone: Handset, media: object) -> Handset:
    """Another call of the same phone, with sound of its own."""
    return Handset(phone.user, phone.sip, media, phone.seen)  # type: ignore[arg-type]


@pytest.mark.parametrize("side", ["caller", "callee"])
async def test_blind(office: Switch, handset: HandsetFactory, side: str) -> None:
    anna, boris, clara = await staff(office, handset)
    talk, called = await connect(anna, boris, UPDATES)
    stays, leaves = (talk, called) if side == "callee" else (called, talk)
    assert (await leaves.refer("103")).status == 202
    assert await leaves.told() == "SIP/2.0 100 Trying"
    rung = await clara.called()
    assert f"<sip:{stays.phone.user}@" in rung.invite.get("From"), "she sees who it is"
    await rung.ring()
    assert await leaves.told() == "SIP/2.0 180 Ringing"
    await rung.accept(extra=UPDATES)
    assert await leaves.told() == "SIP/2.0 200 OK"
    await leaves.hang_up()
    assert "Phone 103" in await stays.shown()
    await rung.shown()
    tone = ANNA if stays.phone is anna else BORIS
    await talk_alone(stays.phone, clara, (tone, CLARA))
    await disconnect(rung, stays)
    ended = await office.wait_event("call ended")
    assert (ended["outcome"], ended["ended_by"]) == ("completed", "103")
    await office.idle()


async def test_who_is_sent_on_hears_that_it_rings(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara = await staff(office, handset)
    _, called = await connect(anna, boris)
    await called.refer("103")
    rung = await clara.called()
    await rung.ring()
    await anna.media.hears({425}, [425, 700])
    await called.hang_up()
    await rung.refuse(486)
    back = await boris.called()
    assert "<sip:101@" in back.invite.get("From"), "he sees who comes back"
    await back.accept()
    await talk_alone(anna, boris, (ANNA, BORIS))


async def test_a_phone_that_does_not_hang_up_is_hung_up(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara = await staff(office, handset)
    talk, called = await connect(anna, boris)
    await called.refer("103")
    rung = await clara.called()
    await rung.accept()
    await called.ended()
    await talk_alone(anna, clara, (ANNA, CLARA))
    assert talk.phone is anna


@pytest.mark.parametrize("target", ["999", "104"])
async def test_nowhere(office: Switch, handset: HandsetFactory, target: str) -> None:
    """To a number that is none the two are left together."""
    anna, boris, _ = await staff(office, handset)
    talk, called = await connect(anna, boris)
    assert (await called.refer(target)).status == 202
    assert await called.told() == "SIP/2.0 100 Trying"
    assert await called.told() == "SIP/2.0 404 Not Found"
    await talk_alone(anna, boris, (ANNA, BORIS))
    await disconnect(talk, called)


async def test_busy_and_he_is_still_there(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara = await staff(office, handset)
    talk, called = await connect(anna, boris)
    await called.refer("103")
    await (await clara.called()).refuse(486)
    assert [await called.told() for _ in range(2)] == ["SIP/2.0 100 Trying", "SIP/2.0 486 Busy Here"]
    await talk_alone(anna, boris, (ANNA, BORIS))
    await disconnect(called, talk)


async def test_who_is_sent_on_hangs_up(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara = await staff(office, handset)
    talk, called = await connect(anna, boris)
    await called.refer("103")
    rung = await clara.called()
    await rung.ring()
    await talk.hang_up()
    await rung.cancelled()
    assert [await called.told() for _ in range(3)][-1] == "SIP/2.0 487 Request Terminated"
    await called.ended()
    await office.idle()


@pytest.mark.parametrize("side", ["caller", "callee"])
async def test_attended(office: Switch, handset: HandsetFactory, rtp: RtpFactory, side: str) -> None:
    anna, boris, clara = await staff(office, handset)
    first, second = (anna, boris) if side == "callee" else (boris, anna)
    talk, called = await connect(first, second, UPDATES)
    asks, stays = (called, talk) if side == "callee" else (talk, called)
    line = second_line(asks.phone, await rtp())
    consulting, rung = await connect(line, clara, UPDATES)
    tone = BORIS if asks.phone is boris else ANNA
    await talk_alone(line, clara, (tone, CLARA))
    assert (await asks.refer("103", instead_of=consulting)).status == 202
    assert [await asks.told() for _ in range(2)] == ["SIP/2.0 100 Trying", "SIP/2.0 200 OK"]
    await consulting.ended()
    await asks.hang_up()
    assert "Phone 103" in await stays.shown()
    assert f"Phone {stays.phone.user}" in await rung.shown()
    await talk_alone(stays.phone, clara, (ANNA if stays.phone is anna else BORIS, CLARA))
    await disconnect(stays, rung)
    await office.wait_event("call ended", outcome="handed-on")
    await office.wait_event("call ended", outcome="completed")
    await office.idle()


async def test_attended_while_it_still_rings(
    office: Switch, handset: HandsetFactory, rtp: RtpFactory
) -> None:
    anna, boris, clara = await staff(office, handset)
    talk, called = await connect(anna, boris)
    consulting = await second_line(boris, await rtp()).dial("103")
    rung = await clara.called()
    await rung.ring()
    await consulting.provisional(180)
    await called.refer("103", instead_of=consulting)
    assert (await consulting.final()).status == 487
    await called.hang_up()
    await rung.accept()
    await talk_alone(anna, clara, (ANNA, CLARA))
    await disconnect(talk, rung)
    await office.idle()


async def test_attended_and_nobody_answers(office: Switch, handset: HandsetFactory, rtp: RtpFactory) -> None:
    anna, boris, clara = await staff(office, handset)
    _, called = await connect(anna, boris)
    consulting = await second_line(boris, await rtp()).dial("103")
    rung = await clara.called()
    await rung.ring()
    await consulting.provisional(180)
    await called.refer("103", instead_of=consulting)
    await called.hang_up()
    await rung.refuse(603)
    back = await boris.called()
    await back.accept()
    await talk_alone(anna, boris, (ANNA, BORIS))


async def test_a_call_that_is_not_his(office: Switch, handset: HandsetFactory, rtp: RtpFactory) -> None:
    anna, boris, clara = await staff(office, handset)
    talk, called = await connect(anna, boris)
    other, other_called = await connect(clara, second_line(boris, await rtp()))
    await talk.refer("103", instead_of=other)
    assert [await talk.told() for _ in range(2)][-1] == "SIP/2.0 403 Forbidden"
    made_up = other
    made_up.invite = talk.invite
    await talk.refer("103", instead_of=made_up)
    assert [await talk.told() for _ in range(2)][-1] == "SIP/2.0 481 Call Does Not Exist"
    await talk_alone(anna, boris, (ANNA, BORIS))
    await disconnect(talk, called)
    assert other_called.phone.user == "102"


async def test_softphones(office: Switch, baresip_factory: PhoneFactory) -> None:
    anna = await baresip_factory("101", office, tone=ANNA)
    boris = await baresip_factory("102", office, tone=BORIS)
    clara = await baresip_factory("103", office, tone=CLARA, transport="tcp")
    await anna.dial("102")
    await boris.answer()
    await anna.hears(BORIS)
    await boris.transfer("103")
    await clara.answer()
    await boris.closed()
    await anna.hears(CLARA)
    await clara.hears(ANNA)
    await anna.hangup()
    await clara.closed()
    await office.idle()
