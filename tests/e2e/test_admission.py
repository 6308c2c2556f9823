"""Who gets in: nothing without proof, nothing in another's name, nothing past the dialplan."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk
from tests.rig.message import Message, new_token, replace, request
from tests.rig.ports import new_address
from tests.rig.raw import ack, with_digest
from tests.rig.switch import DOMAIN, dialplan, password

UNKNOWN = "FROBNICATE"


def ask_for(phone: Handset, method: str, to: str = f"<sip:102@{DOMAIN}>", **settings: Any) -> Message:
    """A request from the phone, complete and correct, to 102 at home."""
    return request(
        method,
        f"sip:102@{DOMAIN}",
        via=phone.sip.via,
        from_=f"<sip:{phone.user}@{DOMAIN}>",
        to=to,
        contact=phone.sip.contact(phone.user),
        **settings,
    )


async def talking(anna: Handset, boris: Handset) -> tuple[Talk, Talk]:
    outgoing = await anna.dial(boris.user)
    incoming = await boris.called()
    await incoming.accept()
    await outgoing.answered()
    return outgoing, incoming


def invites(phone: Handset) -> list[Message]:
    return phone.sip.inbox.matching(lambda m: m.start.startswith("INVITE"))


async def test_every_method_is_challenged_and_then_only_calls_are_for_phones(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    phone = await handset("101", switch, register=False)
    callee = await handset("102", switch)
    for method in ("INVITE", "MESSAGE", "SUBSCRIBE", "NOTIFY", "REFER", "PUBLISH", "INFO", "UPDATE", UNKNOWN):
        sent = ask_for(phone, method)
        answer = await phone.sip.ask(sent)
        assert answer.status == 401, method
        assert answer.get("WWW-Authenticate").startswith("Digest ")
        if method == "INVITE":
            await phone.sip.send(ack(sent, answer))
            continue
        proved = await phone.sip.ask_with_digest(ask_for(phone, method), "101", password("101"))
        if method in ("NOTIFY", "REFER", "SUBSCRIBE"):
            # Known, but nothing to ask outside a call, or of no event.
            assert proved.status == {"NOTIFY": 481, "REFER": 403, "SUBSCRIBE": 489}[method]
        else:
            assert proved.status == 405, method
            assert "INVITE" in proved.get("Allow")
        wrong = await phone.sip.ask_with_digest(ask_for(phone, method), "101", "guess")
        assert wrong.status == 403, method
    assert invites(callee) == []


@pytest.mark.parametrize(("method", "answered"), [("CANCEL", 400), ("ACK", None), ("MESSAGE", 401)])
async def test_credentials_that_nobody_knows_are_none(
    switch_factory: SwitchFactory, handset: HandsetFactory, method: str, answered: int | None
) -> None:
    """ACK and CANCEL cannot be challenged (RFC 3261 §22.1), whatever they bring."""
    switch = await switch_factory()
    phone = await handset("101", switch, register=False)
    strange = ask_for(phone, method, extra=[("Authorization", "Basic Zm9v")])
    await phone.sip.send(strange)
    line = await switch.wait_event("unparsable message")
    assert line["answered"] == (None if answered is None else str(answered))
    if answered is not None:
        assert (await phone.sip.answer_to(strange)).status == answered
    switch.check_log()


async def test_an_in_dialog_request_without_its_dialog_is_481(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    stranger = await handset("102", switch, register=False)
    outgoing, incoming = await talking(anna, boris)

    methods = ("BYE", "INVITE", "UPDATE", "PRACK", "INFO", "REFER", "NOTIFY", "MESSAGE", "OPTIONS", UNKNOWN)
    for method in methods:
        made_up = ask_for(stranger, method, to=f"<sip:101@{DOMAIN}>;tag={new_token()}")
        answer = await stranger.sip.ask(made_up)
        assert answer.status == 481, method
        # The Call-ID of a running call is not enough: the tags must be right, too.
        guessed = ask_for(
            stranger, method, to=f"<sip:101@{DOMAIN}>;tag={new_token()}", call_id=outgoing.call_id, cseq=900
        )
        answer = await stranger.sip.ask(guessed)
        assert answer.status == 481, method
        if method == "INVITE":
            await stranger.sip.send(ack(guessed, answer))
    (call,) = (await switch.control("calls"))["calls"]
    assert call["state"] == "talking"
    await outgoing.hang_up()
    await incoming.ended()


async def test_a_refer_in_a_dialog_goes_by_the_dialplan(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """PJSIP would call whatever Refer-To names, wherever that is. Only the number counts, as if dialled."""
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, ("101", "102", "103")))
    anna, boris = await handset("101", switch), await handset("102", switch)
    stranger = await handset("103", switch, register=False)
    outgoing, incoming = await talking(anna, boris)
    for where in (f"<sip:999@{stranger.sip.address}>", f"<sip:103@{stranger.sip.address}>"):
        assert (await outgoing.ask("REFER", extra=[("Refer-To", where)])).status == 202
        while (news := await outgoing.told()).split()[1] == "100":
            pass
        assert news.split()[1] in ("404", "480"), news
    assert invites(stranger) == []
    await outgoing.hang_up()
    await incoming.ended()


async def test_replaces_takes_no_call_away(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, ("101", "102", "103")))
    anna, boris = await handset("101", switch), await handset("102", switch)
    thief = await handset("103", switch)
    outgoing, incoming = await talking(anna, boris)
    answer = outgoing.answer
    assert answer is not None
    replaces = f"{outgoing.call_id};to-tag={answer.tag('To')};from-tag=guessed"
    stolen = await thief.dial("101", extra=[("Replaces", replaces)])
    assert (await stolen.final()).status == 481
    right = f"{outgoing.call_id};to-tag={answer.tag('To')};from-tag={outgoing.invite.tag('From')}"
    stolen = await thief.dial("101", extra=[("Replaces", right)])
    assert (await stolen.final()).status == 403, "who talks is relieved by his own phones only"
    (call,) = (await switch.control("calls"))["calls"]
    assert call["state"] == "talking"
    await outgoing.hang_up()
    await incoming.ended()


async def test_what_an_invite_may_not_be(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """In another's name, for another domain or no telephone at all, in need of what we do not know."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)

    async def refused(invite: Message) -> Message:
        answer = await anna.sip.ask_with_digest(invite, "101", password("101"))
        await anna.sip.send(ack(invite, answer))
        return answer

    def invite(extra: Sequence[tuple[str, str]] = ()) -> Message:
        return ask_for(anna, "INVITE", body=anna.media.sdp(), extra=extra)

    for name in ("102", "anonymous", "boss"):
        in_anothers_name = replace(invite(), "From", f"<sip:{name}@{DOMAIN}>;tag={new_token()}")
        assert (await refused(in_anothers_name)).status == 403
    elsewhere = invite()
    start = elsewhere.start.replace(DOMAIN, "other.example")
    assert (await refused(Message(start, elsewhere.headers, elsewhere.body))).status == 404
    needy = await refused(invite(extra=[("Require", "frobnicate")]))
    assert (needy.status, needy.get("Unsupported")) == (420, "frobnicate")
    mail = invite()
    mail = Message(
        mail.start.replace(f"sip:102@{DOMAIN}", "mailto:102@office.example"), mail.headers, mail.body
    )
    assert (await refused(mail)).status in (400, 416)
    assert invites(boris) == []
    assert (await switch.control("status"))["calls"] == 0


@pytest.mark.parametrize("line", ["c=IN IP4 host.example", "c=IN IP6 host.example", "c=IN IP6 ::1"])
async def test_sdp_that_would_be_looked_up_is_refused_at_once(
    switch_factory: SwitchFactory, handset: HandsetFactory, line: str
) -> None:
    """A name, or an address of another IP version than ours: a resolver would block all calls."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    named = anna.media.sdp().replace(f"c=IN IP4 {anna.media.address}".encode(), line.encode())
    invite = ask_for(anna, "INVITE", body=named)
    answer = await anna.sip.ask_with_digest(invite, "101", password("101"))
    await anna.sip.send(ack(invite, answer))
    assert answer.status == 488
    assert invites(boris) == []
    # A re-INVITE may not bring one in either, and the call goes on.
    outgoing, incoming = await talking(anna, boris)
    assert (await outgoing.reinvite(named)).status == 488
    await outgoing.hang_up()
    await incoming.ended()


async def test_tel_uris_are_numbers(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    invite = ask_for(anna, "INVITE", body=anna.media.sdp())
    invite = replace(Message("INVITE tel:102 SIP/2.0", invite.headers, invite.body), "To", "<tel:102>")
    challenge = await anna.sip.ask(invite)
    await anna.sip.send(ack(invite, challenge))
    proved = with_digest(invite, challenge, "101", password("101"))
    await anna.sip.send(proved)
    incoming = await boris.called()
    await incoming.refuse(486)
    assert (await anna.sip.answer_to(proved)).status == 486


async def test_options_are_answered_without_proof(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    phone = await handset("101", switch, register=False)
    answer = await phone.sip.ask(ask_for(phone, "OPTIONS"))
    assert answer.status == 200
    assert {"INVITE", "REGISTER", "BYE"} <= set(answer.get("Allow").split(", "))
    assert answer.get("Accept") == "application/sdp"
    assert {"REFER", "NOTIFY"} <= set(answer.get("Allow").split(", "))
    assert {"PUBLISH", "MESSAGE"}.isdisjoint(answer.get("Allow").split(", "))
    assert {"replaces", "norefersub"} <= set(answer.get("Supported").split(", "))
