"""A domain name in a session description is refused: PJMEDIA would look it up, and every call would wait."""

import time
from collections.abc import Awaitable, Callable

from tests.conftest import SwitchFactory
from tests.e2e.conftest import RtpFactory
from tests.rig.handset import Handset
from tests.rig.message import request
from tests.rig.raw import Raw
from tests.rig.switch import DOMAIN

NAME = "never.looked.up.invalid"


WAYS = {
    "connection": lambda sdp: sdp.replace("c=IN IP4 127", f"c=IN IP4 {NAME}\r\nx=127"),
    "after a carriage return": lambda sdp: sdp.replace("s=-\r\n", f"s=-\rc=IN IP4 {NAME}\r\n"),
    "connection of a stream": lambda sdp: sdp + f"c=IN IP4 {NAME}\r\n",
    "connection over two lines": lambda sdp: sdp + f"c=IN\r\nIP4 {NAME} x\r\n",
    "RTCP": lambda sdp: sdp + f"a=rtcp:6001 IN IP4 {NAME}\r\n",
    "RTCP without a space": lambda sdp: sdp + f"a=rtcp:6001IN IP4 {NAME}  \r\n",
}


async def test_names_are_refused(
    switch_factory: SwitchFactory, raw: Callable[..., Awaitable[Raw]], rtp: RtpFactory
) -> None:
    switch = await switch_factory()
    caller = Handset("101", await raw(switch.address), await rtp())
    for way, named in WAYS.items():
        invite = request(
            "INVITE",
            f"sip:102@{DOMAIN}",
            via=caller.sip.via,
            from_=f"<sip:101@{DOMAIN}>",
            to=f"<sip:102@{DOMAIN}>",
            contact=caller.sip.contact("101"),
            body=named(caller.media.sdp().decode()).encode(),
        )
        # The words are those of who looks at it before PJMEDIA does.
        assert (await caller.sip.ask(invite)).start == "SIP/2.0 488 Domain Name In SDP", way
    switch.check_log()


async def test_a_name_in_an_answer_is_no_answer(
    switch_factory: SwitchFactory, raw: Callable[..., Awaitable[Raw]], rtp: RtpFactory
) -> None:
    switch = await switch_factory()
    caller = Handset("101", await raw(switch.address), await rtp())
    callee = Handset("102", await raw(switch.address), await rtp())
    await callee.register()
    talk = await caller.dial("102")
    called = await callee.called()
    start = time.monotonic()
    await called.accept(body=WAYS["RTCP"](callee.media.sdp().decode()).encode())
    await called.ended()
    assert (await talk.final()).status >= 400
    assert time.monotonic() - start < 4.5, "a resolver would have had its 5 s"
