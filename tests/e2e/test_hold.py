"""Hold and resume, from either side and in every dialect; who is held hears music and nothing breaks."""

from collections.abc import Awaitable, Callable
from typing import Literal

import pytest

from media.music import music
from media.spectrum import frequencies_in, glitches, likeness, silences
from tests.conftest import PhoneFactory, SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.handset import Handset, Talk, connect, disconnect
from tests.rig.ports import new_address
from tests.rig.recording import Recording
from tests.rig.sipp import User
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until

ANNA, BORIS = 440, 700
TONES = [ANNA, BORIS]


ROUNDS = 4


async def breaks_every_time(hear: Callable[[], Awaitable[set[str]]]) -> set[str]:
    """Where sound breaks each time: a busy machine breaks it here and there, the switch in the same place."""
    places = await hear()
    for _ in range(ROUNDS - 1):
        if places:
            places &= await hear()
    return places


def is_music(heard: Recording) -> bool:
    """The built-in piece, without a hole."""
    alike = likeness(heard.samples, music(heard.rate))
    return alike > 0.9 and silences(heard.samples, heard.rate, shortest=0.08) == []


def breaks(heard: Recording, tone: float) -> bool:
    """Whether that tone breaks, and no other is heard.

    A break or two may be the sender's own on a busy machine; sound that has piled up breaks every 0.2 s.
    """
    assert frequencies_in(heard.samples, heard.rate, TONES) <= {tone}
    return len(glitches(heard.samples, heard.rate, tone)) > 2


async def state(switch: Switch) -> str:
    (call,) = (await switch.control("calls"))["calls"]
    return str(call["state"])


def offer(phone: Handset, kind: str, version: int) -> bytes:
    """An offer to hold; 0.0.0.0 is how RFC 2543 had it."""
    if kind == "0.0.0.0":  # noqa: S104 - an SDP value, nothing is bound
        return phone.media.sdp(version=version, address=kind)
    return phone.media.sdp(kind, version)


@pytest.mark.parametrize("side", ["caller", "callee"])
async def test_hold_and_resume(
    switch_factory: SwitchFactory, handset: HandsetFactory, side: Literal["caller", "callee"]
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    holder, held = (anna, boris) if side == "caller" else (boris, anna)

    async def once() -> set[str]:
        talks = await connect(anna, boris)
        places = await held_in_three_ways(switch, holder, held, talks[0 if side == "caller" else 1])
        await disconnect(*talks)
        return places

    assert await breaks_every_time(once) == set()


async def held_in_three_ways(switch: Switch, holder: Handset, held: Handset, by: Talk) -> set[str]:
    """Where the sound breaks when the holder comes back."""
    tones = {"101": ANNA, "102": BORIS}
    for phone in (holder, held):
        phone.media.play(tones[phone.user])
    start = len(held.media.packets.items)
    await held.media.heard(0.3)
    version = 1
    music_heard, returns = [], {}
    for kind, answered in (("sendonly", "recvonly"), ("inactive", "inactive"), ("0.0.0.0", "")):  # noqa: S104
        version += 2
        answer = await by.reinvite(offer(holder, kind, version))
        assert answer.status == 200
        assert f"a={answered}".encode() in answer.body
        music_heard.append((await held.media.heard(1.1)).last(0.9))
        before = len(holder.media.packets.items)
        await held.media.heard(0.2)
        assert len(holder.media.packets.items) == before, f"{kind}: who holds is sent nothing"
        assert await state(switch) == "held"
        assert (await by.reinvite(holder.media.sdp(version=version + 1))).status == 200
        returns[f"{kind}, held"] = (await held.media.heard(1.1)).last(0.9), tones[holder.user]
        returns[f"{kind}, holder"] = (await holder.media.heard(0.9)).last(0.9), tones[held.user]
        assert await state(switch) == "talking"
    # Judged only now: it takes so long that the phones' own sound would stutter meanwhile.
    for heard in music_heard:
        assert is_music(heard)
    assert held.media.quality(start=start).lost == 0
    return {place for place, one in returns.items() if breaks(*one)}


async def test_softphones_hold_and_resume(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory
) -> None:
    switch = await switch_factory()
    anna = await baresip_factory("101", switch, tone=ANNA)
    boris = await baresip_factory("102", switch, tone=BORIS)
    await anna.dial("102")
    await boris.answer()
    await boris.hears(ANNA)
    await anna.hears(BORIS)
    for holder, held, holders_tone, helds_tone in (
        (anna, boris, ANNA, BORIS),
        (boris, anna, BORIS, ANNA),
    ):
        await holder.hold()
        assert is_music((await held.hears_more(1.5)).last(1.0))
        await holder.resume()
        await held.hears(holders_tone)
        await holder.hears(helds_tone)
    await anna.hangup()
    await boris.closed()


async def test_both_hold_each_other(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    assert await breaks_every_time(lambda: both_hold(switch, anna, boris)) == set()


async def both_hold(switch: Switch, anna: Handset, boris: Handset) -> set[str]:
    """Where the sound breaks after both have come back."""
    talk, called = await connect(anna, boris)
    anna.media.play(ANNA)
    boris.media.play(BORIS)
    await talk.reinvite(anna.media.sdp("sendonly", 2))
    await called.reinvite(boris.media.sdp("sendonly", 2))
    await talk.reinvite(anna.media.sdp("sendrecv", 3))
    while_held = (await anna.media.heard(1.2)).last(1.0)
    assert await state(switch) == "held", "Boris still holds her"
    await called.reinvite(boris.media.sdp("sendrecv", 3))
    heard_by_anna = (await anna.media.heard(1.1)).last(0.9)
    heard_by_boris = (await boris.media.heard(0.9)).last(0.9)
    await disconnect(called, talk)
    assert is_music(while_held)
    returns = {"anna": (heard_by_anna, BORIS), "boris": (heard_by_boris, ANNA)}
    return {place for place, one in returns.items() if breaks(*one)}


async def test_hanging_up_while_held(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    await talk.reinvite(anna.media.sdp("sendonly", 2))
    await boris.media.heard(0.3)
    await disconnect(called, talk)
    talk, called = await connect(anna, boris)
    await talk.reinvite(anna.media.sdp("inactive", 2))
    await boris.media.heard(0.3)
    await disconnect(talk, called)


async def test_one_music_for_all_who_wait_and_nobody_hears_another(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    phones = [await handset("101", switch) for _ in range(2)] + [await handset("102", switch)]
    first, second, boris = phones
    first.media.play(ANNA)
    talk, called = await connect(first, boris)
    await called.reinvite(boris.media.sdp("sendonly", 2))
    other, other_called = await connect(second, boris)
    second.media.play(BORIS)
    await other_called.reinvite(boris.media.sdp("sendonly", 2))
    for phone in (first, second):
        assert is_music((await phone.media.heard(1.2)).last(1.0))
    await disconnect(talk, called)
    await disconnect(other, other_called)


@pytest.mark.parametrize("side", ["caller", "callee"])
async def test_sipp_holds(switch_factory: SwitchFactory, sipp: SippFactory, side: str) -> None:
    """The ladder of SIPp's hold: recvonly answers sendonly, the other side hears of nothing."""
    switch = await switch_factory()
    callee = scenarios.callee() if side == "caller" else scenarios.hold_callee(held=200, talk=100)
    caller = scenarios.hold_caller(held=200, talk=100) if side == "caller" else scenarios.caller(talk=1000)
    called = await sipp(callee, switch.address, registered_as=User("102", "pw-102"))
    calling = await sipp(caller, switch.address, users=[User("101", "pw-101", "102")])
    assert (await calling.finished()).succeeded == 1
    assert (await called.finished()).succeeded == 1


async def test_who_waits_is_reassured(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """After a while the music stops for a sentence, and goes on."""
    address = new_address()
    switch = await switch_factory(plan=dialplan(address, hold={"reassure_after": "1s"}), address=address)
    await switch.wait_event("prompts prepared", within=60)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    await talk.reinvite(anna.media.sdp("sendonly", 2))
    await boris.media.heard(0.4)

    def hears_music(seconds: float) -> bool:
        heard = boris.media.recent(seconds)
        return heard is not None and likeness(heard.samples, music(heard.rate)) > 0.9

    await until(lambda: hears_music(0.4), "music")
    await until(lambda: not hears_music(0.4), "a sentence instead")
    await until(lambda: hears_music(0.4), "music again")
    await talk.reinvite(anna.media.sdp(version=3))
    anna.media.play(ANNA)
    await boris.media.hears({ANNA}, TONES)
    await disconnect(talk, called)


@pytest.mark.parametrize("resumes", [False, True])
async def test_the_holder_is_rung(
    switch_factory: SwitchFactory, handset: HandsetFactory, resumes: bool
) -> None:
    """Whichever of his phones answers has the caller; it rings no more when he comes back by himself."""
    address = new_address()
    plan = dialplan(address, hold={"reassure_after": "off", "ring_back_after": "5s"})
    switch = await switch_factory(plan=plan, address=address)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(boris, anna)
    other = await handset("101", switch)
    other.media.play(ANNA)
    await called.reinvite(anna.media.sdp("sendonly", 2))
    rung, rung_other = await anna.called(), await other.called()
    assert "<sip:102@" in rung.invite.get("From")
    if resumes:
        await rung.ring()
        await rung_other.ring()
        await called.reinvite(anna.media.sdp(version=3))
        await rung.cancelled()
        await rung_other.cancelled()
        await disconnect(talk, called)
    else:
        await rung_other.accept()
        await called.ended()
        await boris.media.hears({ANNA}, TONES)
        await disconnect(talk, rung_other)
    await switch.idle()


async def test_who_waits_is_called_back(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """He presses 2; when both are free the holder is rung, and then he."""
    address = new_address()
    switch = await switch_factory(plan=dialplan(address, hold={"reassure_after": "1s"}), address=address)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(boris, anna)
    await boris.media.heard(0.2)
    await boris.media.press("2", 80)  # not held: it goes to her
    await called.reinvite(anna.media.sdp("sendonly", 2))
    await boris.media.heard(1.2)
    await boris.media.press("2", 80)
    await called.ended()
    await talk.ended()
    rung = await anna.called()
    assert "<sip:102@" in rung.invite.get("From")
    await rung.accept()
    back = await boris.called()
    assert "<sip:101@" in back.invite.get("From")
    await back.accept()
    await disconnect(rung, back)
    await switch.idle()


async def test_who_waits_leaves_a_message(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    plan = dialplan(address, hold={"reassure_after": "1s"}, voicemail={"min_length": "1s"})
    plan["extensions"]["101"]["voicemail"] = {"pin": "4711"}
    switch = await switch_factory(plan=plan, address=address)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(boris, anna)
    await called.reinvite(anna.media.sdp("sendonly", 2))
    await boris.media.heard(1.4)
    await boris.media.press("1", 80)
    await called.ended()
    boris.media.play(BORIS)
    folder = switch.file.parent / "state" / "voicemail" / "101"
    await until(
        lambda: any(part.stat().st_size > 24000 for part in folder.glob("*.part")), "a message is recorded"
    )
    await talk.hang_up()
    await switch.wait_event("voicemail message left", box="101", caller="102")
    await switch.idle()
