"""Messages longer than there is room for, or than they say: refused, and nobody else notices."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.conftest import SwitchFactory
from tests.rig.message import Message, request
from tests.rig.raw import Raw
from tests.rig.switch import DOMAIN
from tests.rig.waiting import PATIENCE
from tests.torture.call import call

_GIGABYTES = 2_000_000_000


def of_length(raw: Raw, claimed: int, sent: int) -> bytes:
    """OPTIONS with that Content-Length and a body that is so long."""
    message = request(
        "OPTIONS", f"sip:{DOMAIN}", via=raw.via, from_=f"<sip:x@{DOMAIN}>", to=f"<sip:x@{DOMAIN}>"
    )
    headers = (*message.headers, ("Content-Length", str(claimed)))
    return Message(message.start, headers, b"x" * sent).encode()


@pytest.mark.parametrize("claimed", [8_000, 66_000, _GIGABYTES, 2**31 - 1, 2**31, 2**64])
async def test_a_connection_that_claims_too_much_is_closed(
    switch_factory: SwitchFactory, raw: Callable[..., Awaitable[Raw]], claimed: int
) -> None:
    switch = await switch_factory()
    party = await raw(switch.address, "tcp")
    await party.send(of_length(party, claimed, sent=9_000))
    await asyncio.wait_for(party.closed.wait(), PATIENCE)
    await call(await raw(switch.address), await raw(switch.address))
    switch.check_log()


@pytest.mark.parametrize("claimed", [9_000, _GIGABYTES])
async def test_a_datagram_that_claims_too_much_is_refused(
    switch_factory: SwitchFactory, raw: Callable[..., Awaitable[Raw]], claimed: int
) -> None:
    switch = await switch_factory()
    party = await raw(switch.address)
    await party.send(of_length(party, claimed, sent=100))
    answer = await party.receive(lambda m: m.status > 0, "answer")
    assert answer.status == 400
    switch.check_log()
