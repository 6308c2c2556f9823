"""Logs and traces: a call's lines name it, no secret is in any of them, nobody outside can forge one."""

import asyncio
import io
import json
import re
from typing import Any

import structlog

from softswitch.app import logs
from softswitch.config import Log
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.message import Message, replace, request
from tests.rig.ports import new_address
from tests.rig.raw import ack, with_digest
from tests.rig.switch import DOMAIN, Switch, dialplan, password

SECRETS = re.compile(r'(?:response|nonce|cnonce|opaque)\s*=\s*"?([^",\s]{8,})')


async def everything_told(switch: Switch) -> str:
    """All that the switch has written or will tell of its calls, at its most talkative."""
    calls = (await switch.control("calls", recent=50))["calls"]
    traces = [await switch.control("trace", call=call["id"]) for call in calls]
    others = [await switch.control(name) for name in ("status", "registrations")]
    await switch.terminate()
    return "\n".join([*switch.process.lines.items, json.dumps([calls, traces, others])])


async def test_no_password_digest_nonce_or_key_is_written_anywhere(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"))
    for number, extension in plan["extensions"].items():
        extension.update(srtp="offer", password=f"very-secret-{number}")
    switch = await switch_factory(address=address, plan=plan)
    anna = await baresip_factory("101", switch, srtp="offer", password="very-secret-101")
    boris = await baresip_factory("102", switch, srtp="offer", password="very-secret-102")
    await anna.dial("102")
    await boris.answer()
    await anna.established()
    await anna.hangup()
    await boris.closed()

    # A proof in folded lines, a wrong one, a malformed one, and a call with it.
    clara = await handset("103", switch, register=False)
    secrets: set[str] = set()

    async def prove(message: Message, given: str) -> Message:
        refusal = await clara.sip.ask(message)
        if message.method == "INVITE":
            await clara.sip.send(ack(message, refusal))
        proved = with_digest(message, refusal, "103", given)
        secrets.update(SECRETS.findall(refusal.get("WWW-Authenticate") + proved.get("Authorization")))
        folded = replace(proved, "Authorization", proved.get("Authorization").replace(", ", ",\r\n "))
        answer = await clara.sip.ask(folded)
        if message.method == "INVITE":
            await clara.sip.send(ack(proved, answer))
        return answer

    aor = f"<sip:103@{DOMAIN}>"
    where: dict[str, Any] = {"via": clara.sip.via, "from_": aor, "contact": clara.sip.contact("103")}
    register = request("REGISTER", f"sip:{DOMAIN}", to=aor, **where)
    assert (await prove(register, "very-secret-103")).status == 200
    again = request("REGISTER", f"sip:{DOMAIN}", to=aor, **where)
    assert (await prove(again, "wrong-but-secret")).status == 403
    invite = request("INVITE", f"sip:999@{DOMAIN}", to=f"<sip:999@{DOMAIN}>", body=clara.media.sdp(), **where)
    assert (await prove(invite, "very-secret-103")).status == 404
    torn = replace(register, "Authorization", 'Digest username="103", response="0123456789abcdef')
    assert (await clara.sip.ask(torn)).status in (400, 401)

    anna.vanish()
    boris.vanish()
    told = await everything_told(switch)
    assert "very-secret" not in told
    assert "wrong-but-secret" not in told
    assert "0123456789abcdef" not in told
    assert len(secrets) >= 6
    assert [secret for secret in secrets if secret in told] == []
    assert "inline:" not in told
    assert "a=crypto: (not shown)" in told, "there were keys, and they are covered"


async def test_every_line_of_a_call_names_it(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, ("101", "102", "103", "104")))
    anna, boris, clara, dora = [await handset(number, switch) for number in ("101", "102", "103", "104")]
    first, second = await anna.dial("102"), await clara.dial("104")
    at_boris, at_dora = await boris.called(), await dora.called()
    await asyncio.gather(at_boris.accept(), at_dora.accept(), first.answered(), second.answered())
    await asyncio.gather(first.hang_up(), at_boris.ended(), second.hang_up(), at_dora.ended())
    for caller in ("101", "103"):
        started = await switch.wait_event("call", caller=caller)
        await switch.wait_event("call ended", call=started["call"])
    lines = [line for line in switch.log.items if line["event"] in ("call", "answered", "call ended")]
    by_call: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_call.setdefault(line["call"], []).append(line)
    assert len(by_call) == 2
    for told in by_call.values():
        assert [line["event"] for line in told] == ["call", "answered", "call ended"]


async def test_hostile_text_forges_no_line_and_sends_nothing_to_a_terminal(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """Whoever may register or call may write what he likes into names, user agents and reasons."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch, register=False), await handset("102", switch)
    evil = 'x\x1b[2J\x07\x9b"}\u2028{"event": "forged", "level": "error"}'
    aor = f"<sip:101@{DOMAIN}>"
    where: dict[str, Any] = {"via": anna.sip.via, "from_": aor, "contact": anna.sip.contact("101")}

    async def prove(message: Message, given: str = password("101")) -> Message:
        return await anna.sip.ask_with_digest(message, "101", given)

    named = request("REGISTER", f"sip:{DOMAIN}", to=aor, extra=[("User-Agent", evil)], **where)
    assert (await prove(named)).status == 200
    told = request("REGISTER", f"sip:{DOMAIN}", to=aor, call_id="a\x1b[31mb", **where)
    await anna.sip.send(told)
    wrong = request("REGISTER", f"sip:{DOMAIN}", to=aor, **where)
    challenge = await anna.sip.ask(wrong)
    forged = with_digest(wrong, challenge, evil.replace('"', "'"), "guess")
    assert (await anna.sip.ask(forged)).status in (400, 403)
    # Numbers and reason phrases travel through call control.
    outgoing = await anna.dial("102", name="\x1b]0;owned\x07")
    at_boris = await boris.called()
    await at_boris.respond(486, evil.replace("\u2028", " "))
    assert (await outgoing.final()).status == 486
    await switch.wait_event("call ended", outcome="busy")

    for name in ("registrations", "calls"):
        await switch.control(name)
    await switch.terminate()
    assert not [line for line in switch.log.items if line["event"] == "forged"]
    assert all(line.startswith("{") for line in switch.process.lines.items)
    assert not [line for line in switch.process.lines.items if re.search(r"[\x00-\x1f\x7f-\x9f\u2028]", line)]


def test_hostile_text_forges_no_line_of_a_text_log_either() -> None:
    output = io.StringIO()
    writer = logs.configure(Log(format="text"), output)
    try:
        structlog.get_logger().info(
            "registered", device="x\r\n\x1b[2J2026 [error] forged\u2028y", nonce="abc"
        )
    finally:
        writer.close()
        structlog.reset_defaults()
    (line,) = output.getvalue().split("\n")[:-1]
    assert line.isprintable()
    assert "forged" in line
    assert "abc" not in line
