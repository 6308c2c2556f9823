"""Forwarding with real phones: who is rung, who talks, what the phones are told of the way."""

from typing import Any

import pytest

from media.spectrum import frequencies_in
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Talk, disconnect, talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan

TONES = [440, 700, 1100]


async def office(switch_factory: SwitchFactory, people: dict[str, Any], **settings: Any) -> Switch:
    """Extensions 101 to 104; `people` says what is special about some."""
    address = new_address()
    plan = dialplan(address, ("101", "102", "103", "104"), **settings)
    for number, special in people.items():
        plan["extensions"][number].update(special)
    return await switch_factory(plan=plan, address=address)


async def answered(talk: Talk, by: Talk) -> None:
    """`by` takes the call of `talk`; they talk, and the caller hangs up."""
    await by.accept()
    await talk.answered()
    await talk_alone(talk.phone, by.phone, (440, 1100))
    await disconnect(talk, by)


async def test_always(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, {"102": {"forward": {"always": "103"}}})
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    rung = await clara.called()
    assert "<sip:101@" in rung.invite.get("From")
    assert rung.invite.get("Diversion") == "<sip:102@office.example>;reason=unconditional;counter=1"
    assert rung.invite.get("History-Info") == (
        "<sip:102@office.example>;index=1, <sip:103@office.example;cause=302>;index=1.1;mp=1"
    )
    assert (await talk.provisional(181)).body == b""
    await rung.ring()
    ringing = await talk.provisional(180)
    assert "<sip:103@" in ringing.get("P-Asserted-Identity"), "he sees where it rings"
    await answered(talk, rung)
    assert not [m for m in boris.sip.inbox.items if m.status == 0 and m.method == "INVITE"], (
        "who forwards is not rung"
    )
    await switch.idle()


@pytest.mark.parametrize(
    ("key", "status", "reason", "history"),
    [
        ("busy", 486, "user-busy", "?Reason=SIP%3Bcause%3D486>;index=1, <sip:103@office.example;cause=486>"),
        ("busy", 603, "user-busy", "?Reason=SIP%3Bcause%3D486>;index=1, <sip:103@office.example;cause=486>"),
        ("unregistered", 480, "unavailable", "?Reason=SIP%3Bcause%3D480>"),
    ],
)
async def test_the_phone_does_not_take_it(
    switch_factory: SwitchFactory, handset: HandsetFactory, key: str, status: int, reason: str, history: str
) -> None:
    switch = await office(switch_factory, {"102": {"forward": {key: "103"}}})
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    await (await boris.called()).refuse(status)
    rung = await clara.called()
    assert f";reason={reason};" in rung.invite.get("Diversion")
    assert history in rung.invite.get("History-Info")
    await answered(talk, rung)
    await switch.idle()


async def test_no_answer(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, {"102": {"forward": {"no_answer": "103", "after": 1}}})
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    first = await boris.called()
    await first.ring()
    await talk.provisional(180)
    await first.cancelled()
    rung = await clara.called()
    assert ";reason=no-answer;" in rung.invite.get("Diversion")
    await answered(talk, rung)
    calls = await switch.control("calls")
    assert calls["calls"] == []
    await switch.idle()


@pytest.mark.parametrize("kind", ["unregistered", "no_answer"])
async def test_no_phone(switch_factory: SwitchFactory, handset: HandsetFactory, kind: str) -> None:
    switch = await office(switch_factory, {"102": {"forward": {kind: "103"}}})
    anna, clara = await handset("101", switch), await handset("103", switch)
    talk = await anna.dial("102")
    await answered(talk, await clara.called())


async def test_busy_without_call_waiting(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, {"102": {"forward": {"busy": "103"}, "call_waiting": False}})
    anna, boris, clara, dora = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    first = await dora.dial("102")
    taken = await boris.called()
    await taken.accept()
    await first.answered()
    talk = await anna.dial("102")
    await answered(talk, await clara.called())
    await disconnect(first, taken)


async def test_do_not_disturb_to_a_department(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    people = {"102": {"do_not_disturb": True, "forward": {"do_not_disturb": "sales"}}}
    departments = {"sales": {"name": "Sales", "members": ["102", "103", "104"]}}
    switch = await office(switch_factory, people, departments=departments)
    anna, boris, clara, dora = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    talk = await anna.dial("102")
    rung, beside = await clara.called(), await dora.called()
    await beside.ring()
    await rung.accept()
    await talk.answered()
    await beside.cancelled()
    await talk_alone(anna, clara, (440, 1100))
    await disconnect(talk, rung)
    assert not [m for m in boris.sip.inbox.items if m.status == 0 and m.method == "INVITE"]
    await switch.idle()


async def test_a_chain_and_its_way(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    people = {"102": {"forward": {"always": "103"}}, "103": {"forward": {"busy": "104"}}}
    switch = await office(switch_factory, people)
    anna, clara, dora = [await handset(number, switch) for number in ("101", "103", "104")]
    talk = await anna.dial("102")
    await (await clara.called()).refuse(486)
    rung = await dora.called()
    assert rung.invite.all("Diversion") == [
        "<sip:103@office.example>;reason=user-busy;counter=1",
        "<sip:102@office.example>;reason=unconditional;counter=1",
    ], "the last one to forward comes first"
    assert rung.invite.get("History-Info") == (
        "<sip:102@office.example>;index=1, "
        "<sip:103@office.example;cause=302?Reason=SIP%3Bcause%3D486>;index=1.1;mp=1, "
        "<sip:104@office.example;cause=486>;index=1.1.1;mp=1.1"
    )
    await answered(talk, rung)


async def test_a_circle_is_cut(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    people = {"102": {"forward": {"always": "103"}}, "103": {"forward": {"always": "102"}}}
    switch = await office(switch_factory, people)
    anna = await handset("101", switch)
    await handset("102", switch)
    await handset("103", switch)
    assert (await (await anna.dial("102")).final()).status == 482
    ended = await switch.wait_event("call ended")
    assert (ended["outcome"], ended["blame"]) == ("forward-loop", "callee")


async def test_nobody_answers_at_last(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """The forwarding back to who was rung first is cut: the caller hears why the last one did not take it."""
    people = {"102": {"forward": {"busy": "103"}}, "103": {"forward": {"busy": "102"}}}
    switch = await office(switch_factory, people)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    await (await boris.called()).refuse(486)
    await (await clara.called()).refuse(486)
    assert (await talk.final()).status == 486
    assert (await switch.wait_event("call ended"))["outcome"] == "busy"


async def test_the_caller_gives_up_after_it_went_on(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory, {"102": {"forward": {"busy": "103"}}})
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    await (await boris.called()).refuse(486)
    rung = await clara.called()
    await rung.ring()
    await talk.provisional(180)
    await talk.cancel()
    await rung.cancelled()
    assert (await talk.final()).status == 487
    await switch.idle()


async def test_ringback_after_early_media(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """Who has heard a voice from the first phone hears from us that the next one rings."""
    switch = await office(switch_factory, {"102": {"forward": {"busy": "103"}}})
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    first = await boris.called()
    boris.media.send_to(first.invite.body)
    await first.respond(183, "Session Progress", boris.media.sdp())
    await talk.provisional(183)
    await first.refuse(486)
    rung = await clara.called()
    await rung.ring()
    heard = await anna.media.heard(5.5)  # a second of tone, four of silence
    assert frequencies_in(heard.samples, heard.rate, [425, 700]) == {425}
    await answered(talk, rung)


async def test_a_transfer_goes_where_its_target_forwards(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """Before it comes back: the target's own wish counts first."""
    switch = await office(switch_factory, {"103": {"forward": {"busy": "104"}}})
    anna, boris, clara, dora = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    await talk.answered()
    await called.refer("103")
    await (await clara.called()).refuse(486)
    rung = await dora.called()
    assert rung.invite.all("Diversion") == ["<sip:103@office.example>;reason=user-busy;counter=1"]
    await rung.accept()
    await called.ended()
    await talk_alone(anna, dora, (440, 1100))
    await disconnect(talk, rung)


async def test_baresip(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    switch = await office(switch_factory, {"102": {"forward": {"busy": "103"}}})
    anna = await baresip_factory("101", switch, tone=440)
    boris = await baresip_factory("102", switch)
    clara = await baresip_factory("103", switch, tone=1100)
    await anna.dial("102")
    await boris.wait("CALL_INCOMING")
    await boris.hangup()
    await clara.answer()
    await anna.established()
    await clara.hears(440)
    await anna.hears(1100)
    await anna.hangup()
    await clara.closed()
    await switch.idle()
