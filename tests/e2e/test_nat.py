"""Phones behind NAT: nobody reaches the address in their Contact, only where their packets come from."""

import re

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.message import request
from tests.rig.ports import new_address
from tests.rig.switch import DOMAIN, dialplan
from tests.rig.waiting import until_told

PRIVATE = "192.0.2.77:45678"
"""A network for documentation (RFC 5737): nobody is there."""


@pytest.mark.parametrize("protocol", ["udp", "tcp", "tls"])
async def test_calls_and_their_requests_go_where_packets_come_from(
    switch_factory: SwitchFactory, handset: HandsetFactory, protocol: str
) -> None:
    address = new_address()
    listen = [f"udp://{address}:5060", f"tcp://{address}:5060", f"tls://{address}:5061"]
    plan = dialplan(address, listen=listen, tls={"certificate": "auto"})
    switch = await switch_factory(address=address, plan=plan)
    anna = await handset("101", switch, protocol, claims=PRIVATE)
    boris = await handset("102", switch, protocol, claims=PRIVATE)
    listed = (await switch.control("registrations"))["registrations"]
    assert all(one["behind_nat"] for one in listed)
    assert {one["address"] for one in listed} == {
        f"{phone.sip.address}:{phone.sip.port}" for phone in (anna, boris)
    }

    outgoing = await anna.dial("102")
    incoming = await boris.called()
    # The request carries the phone's own Contact (RFC 3261 §16.5) and is sent to its source.
    assert incoming.invite.start.split()[1].startswith(f"sip:102@{PRIVATE}")
    await incoming.ring()
    await outgoing.provisional(180)
    await incoming.accept()
    await outgoing.answered()

    # A re-INVITE of either side is answered, and its ACK finds the way.
    assert (await outgoing.reinvite()).status == 200
    assert (await incoming.reinvite()).status == 200
    # What the switch itself sends within the dialogs.
    (call,) = (await switch.control("calls"))["calls"]
    await switch.control("hangup", call=call["id"])
    await outgoing.ended()
    await incoming.ended()


async def test_responses_go_to_the_source_with_received_and_rport(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """RFC 3581: nobody listens where the Via says."""
    switch = await switch_factory()
    phone = await handset("101", switch, register=False, claims=PRIVATE)
    us = f"<sip:101@{DOMAIN}>"
    answer = await phone.sip.ask(
        request("OPTIONS", f"sip:{DOMAIN}", via=phone.sip.via, from_=us, to=f"<sip:{DOMAIN}>")
    )
    assert f"received={phone.sip.address}" in answer.get("Via")
    assert re.search(rf"rport={phone.sip.port}\b", answer.get("Via"))


async def test_a_lost_connection_is_noticed_and_the_next_one_used(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    caller = await handset("101", switch)
    phone = await handset("102", switch, "tcp")
    await phone.sip.close()

    async def is_lost() -> bool:
        return not (await switch.control("registrations"))["registrations"][1]["connected"]

    await until_told(is_lost, "the switch knows that the connection is gone")
    talk = await caller.dial("102")
    assert (await talk.final()).status == 480

    again = await handset("102", switch, "tcp")
    talk = await caller.dial("102")
    incoming = await again.called()
    await incoming.refuse(486)
    assert (await talk.final()).status == 486
