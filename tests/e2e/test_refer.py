"""REFER, its progress and the connected line on the wire; what becomes of the calls is call control's."""

import pytest

from media.spectrum import frequencies_in
from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk, connect, disconnect
from tests.rig.message import Message
from tests.rig.obeying import CLARA, COMMAND
from tests.rig.switch import Switch

SHOW = [("Refer-To", "<sip:show@office.example>")]


async def talking(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> tuple[Switch, Handset, Handset, Talk, Talk]:
    switch = await switch_factory(command=COMMAND)
    anna, boris = await handset("101", switch), await handset("102", switch)
    return switch, anna, boris, *await connect(anna, boris)


async def news(talk: Talk) -> tuple[str, str, str]:
    """The next NOTIFY, answered: Event, the state of the subscription, and what it says."""
    notify = await talk.taken("NOTIFY")
    assert notify.get("Content-Type").replace(" ", "") == "message/sipfrag;version=2.0"
    return notify.get("Event"), notify.get("Subscription-State"), notify.body.decode().strip()


async def test_progress_is_told(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    _, _, _, talk, called = await talking(switch_factory, handset)
    answer = await talk.ask("REFER", extra=[("Refer-To", "<sip:103@office.example>")])
    assert (answer.status, bool(answer.get("Contact"))) == (202, True)
    assert [await news(talk) for _ in range(3)] == [
        ("refer", "active;expires=180", "SIP/2.0 100 Trying"),
        ("refer", "active;expires=180", "SIP/2.0 180 Ringing"),
        ("refer", "terminated;reason=noresource", "SIP/2.0 200 OK"),
    ]
    second = talk.make("REFER", extra=[("r", "<sip:103@office.example>")])
    assert (await talk.phone.sip.ask(second)).status == 202
    number = second.get("CSeq").split()[0]
    assert {(await news(talk))[0] for _ in range(3)} == {f"refer;id={number}"}
    await disconnect(called, talk)


async def test_a_retransmission_and_an_old_number_do_nothing(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    _, anna, _, talk, called = await talking(switch_factory, handset)
    refer = talk.make("REFER", extra=[("Refer-To", "<sip:103@office.example>")])
    assert (await anna.sip.ask(refer)).status == 202
    assert (await anna.sip.ask(refer)).status == 202
    for _ in range(3):
        await news(talk)
    old = talk.make("REFER", extra=[("Refer-To", "<sip:103@office.example>")])
    old = Message(old.start, tuple((n, refer.get(n) if n == "CSeq" else v) for n, v in old.headers), old.body)
    assert (await anna.sip.ask(old)).status == 500
    await disconnect(talk, called)
    notifies = {m.get("CSeq") for m in anna.sip.inbox.items if not m.status and m.method == "NOTIFY"}
    assert len(notifies) == 3


async def test_a_phone_that_refuses_the_news_keeps_its_call(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    _, anna, _, talk, called = await talking(switch_factory, handset)
    assert (await talk.ask("REFER", extra=[("Refer-To", "<sip:103@office.example>")])).status == 202
    for _ in range(3):
        await talk.respond(481, "Subscription Does Not Exist", to=await talk.take("NOTIFY"))
    assert (await talk.reinvite(anna.media.sdp(version=2))).status == 200
    await disconnect(called, talk)


async def test_no_news_where_none_is_wanted(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch, anna, _, talk, called = await talking(switch_factory, handset)
    extra = [("Refer-To", "<sip:103@office.example>"), ("Refer-Sub", "false"), ("Require", "norefersub")]
    answer = await talk.ask("REFER", extra=extra)
    assert (answer.status, answer.get("Refer-Sub")) == (202, "false")
    await switch.wait_log(lambda line: line["event"] == "referred", "the REFER")
    await disconnect(talk, called)
    assert not [m for m in anna.sip.inbox.items if not m.status and m.method == "NOTIFY"]


async def test_an_attended_transfer_names_our_leg(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """Tags of Replaces as its receiver, here we, sees the dialog."""
    switch, _, _, talk, called = await talking(switch_factory, handset)
    assert talk.answer is not None
    ours, hers = talk.answer.tag("To"), talk.invite.tag("From")
    replaces = f"{talk.call_id}%3Bto-tag%3D{ours}%3Bfrom-tag%3D{hers}"
    refer_to = f"<sip:103@office.example;method=INVITE?Subject=x&Replaces={replaces}>"
    extra = [("Refer-To", refer_to), ("Referred-By", "<sip:101@office.example>")]
    assert (await talk.ask("REFER", extra=extra)).status == 202
    line = await switch.wait_log(lambda line: line["event"] == "referred", "the REFER")
    assert line["uri"] == "sip:103@office.example"
    assert line["found"] == talk.call_id
    assert line["by"] == "<sip:101@office.example>"
    for _ in range(3):
        await news(talk)
    await disconnect(called, talk)


@pytest.mark.parametrize(
    ("status", "extra"),
    [
        (400, []),
        (400, [("Refer-To", "<sip:103@office.example>"), ("Refer-To", "<sip:104@office.example>")]),
        (400, [("Refer-To", "<sip:103@office.example>, <sip:104@office.example>")]),
        (400, [("Refer-To", "<sip:103@office.example?Replaces=a%3Bto-tag%3D1>")]),
        (416, [("Refer-To", "<http://office.example/>")]),
        (420, [("Refer-To", "<sip:103@office.example>"), ("Require", "multiple-refer")]),
        (501, [("Refer-To", "<sip:103@office.example;method=BYE>")]),
    ],
)
async def test_refused(
    switch_factory: SwitchFactory, handset: HandsetFactory, status: int, extra: list[tuple[str, str]]
) -> None:
    _, _, _, talk, called = await talking(switch_factory, handset)
    assert (await talk.ask("REFER", extra=extra)).status == status
    await disconnect(talk, called)


@pytest.mark.parametrize("way", ["UPDATE", "INVITE"])
async def test_the_display_follows_and_the_sound_goes_on(
    switch_factory: SwitchFactory, handset: HandsetFactory, way: str
) -> None:
    switch = await switch_factory(command=COMMAND)
    anna, boris = await handset("101", switch), await handset("102", switch)
    allow = [("Allow", "INVITE, ACK, BYE, CANCEL" + (", UPDATE" if way == "UPDATE" else ""))]
    talk = await anna.dial("102", extra=allow)
    called = await boris.called()
    await called.accept()
    await talk.answered()
    boris.media.play(700)
    await anna.media.heard(0.3)
    assert (await talk.ask("REFER", extra=SHOW)).status == 202
    shown = await talk.take(way)
    assert shown.get("P-Asserted-Identity") == CLARA
    if way == "UPDATE":
        assert shown.body == b""
        await talk.respond(200, "OK", to=shown)
    else:
        # Once more after a re-INVITE of the phone has crossed it (RFC 3261 §14.1).
        await talk.respond(491, "Request Pending", to=shown)
        shown = await talk.take(way)
        assert shown.get("P-Asserted-Identity") == CLARA
        await talk.respond(200, "OK", anna.media.sdp(), to=shown)
        number = shown.get("CSeq").split()[0]
        await anna.sip.receive(lambda m: m.start[:4] == "ACK " and m.get("CSeq") == f"{number} ACK", "ACK")
    heard = (await anna.media.heard(0.8)).last(0.5)
    await disconnect(talk, called)
    assert frequencies_in(heard.samples, heard.rate, [440, 700]) == {700}
    assert anna.media.quality().lost == 0


async def test_invite_with_replaces(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """PJSIP does not act on it; call control does, and the phone may require it."""
    _, anna, boris, talk, called = await talking(switch_factory, handset)
    assert talk.answer is not None
    named = f"{talk.call_id};to-tag={talk.answer.tag('To')};from-tag={talk.invite.tag('From')}"
    for values in ([named, named], ["x;to-tag=1"]):
        refused = await boris.dial("101", extra=[("Replaces", value) for value in values])
        assert (await refused.final()).status == 400
    taking = await boris.dial("101", extra=[("Replaces", named), ("Require", "replaces")])
    assert (await taking.final()).status == 403, "he may not relieve her"
    assert (await talk.reinvite(anna.media.sdp(version=2))).status == 200
    await disconnect(talk, called)
