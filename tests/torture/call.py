"""One plain call by hand: what must work after everything that was done to the switch."""

import re

from tests.rig.message import Message, replace, request, response, tagged
from tests.rig.raw import Raw, ack, with_digest
from tests.rig.switch import DOMAIN, password


async def call(caller: Raw, callee: Raw, domain: str = DOMAIN) -> None:
    """102 registers from `callee`; 101 calls it, is answered and hangs up. Raises where that fails."""
    assert (await callee.register("102", password("102"), domain)).status == 200
    invite = request(
        "INVITE",
        f"sip:102@{domain}",
        via=caller.via,
        from_=f"<sip:101@{domain}>",
        to=f"<sip:102@{domain}>",
        contact=caller.contact("101"),
        body=_description(caller),
    )
    refusal = await caller.ask(invite)
    await caller.send(ack(invite, refusal))
    proved = with_digest(invite, refusal, "101", password("101"))
    await caller.send(proved)
    incoming = await callee.request("INVITE")
    answer = response(incoming, 200, extra=[("Contact", callee.contact("102"))], body=_description(callee))
    await callee.send(tagged(answer, "callee"))
    final = await caller.answer_to(proved)
    assert final.status == 200, final.start
    await caller.send(ack(proved, final))
    await callee.request("ACK")
    ended = await caller.ask(_bye(caller, proved, final))
    await callee.send(response(await callee.request("BYE"), 200))
    assert ended.status == 200, ended.start


def _bye(caller: Raw, invite: Message, answer: Message) -> Message:
    target = re.search(r"<(.*)>", answer.get("Contact"))
    bye = request(
        "BYE",
        target[1] if target else "",
        via=caller.via,
        from_=invite.get("From"),
        to=answer.get("To"),
        call_id=invite.get("Call-ID"),
    )
    return replace(bye, "CSeq", "9999 BYE")


def _description(raw: Raw) -> bytes:
    lines = ("v=0", f"o=- 1 1 IN IP4 {raw.address}", "s=-", f"c=IN IP4 {raw.address}", "t=0 0")
    return "\r\n".join((*lines, "m=audio 6000 RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "")).encode()
