"""UDP, TCP and TLS, mixed at will; calls come down the connection that a phone has opened."""

from pathlib import Path

import pytest

from tests.conftest import PhoneFactory, SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory, RtpFactory
from tests.rig import scenarios
from tests.rig.certificate import write_certificate
from tests.rig.handset import Handset, connect, disconnect, talk_alone
from tests.rig.ports import new_address
from tests.rig.sipp import User
from tests.rig.switch import Switch, dialplan


async def with_tls(switch_factory: SwitchFactory, folder: Path) -> tuple[Switch, Path]:
    """A switch on all three transports, and the certificate it shows."""
    address = new_address()
    certificate, key = write_certificate(folder / "tls", address)
    listen = [f"udp://{address}:5060", f"tcp://{address}:5060", f"tls://{address}:5061"]
    tls = {"certificate": str(certificate), "key": str(key)}
    plan = dialplan(address, ("101", "102", "103"), listen=listen, tls=tls)
    return await switch_factory(address=address, plan=plan), certificate


async def test_softphones_over_all_three(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, tmp_path: Path
) -> None:
    switch, certificate = await with_tls(switch_factory, tmp_path)
    anna = await baresip_factory("101", switch, tone=440)
    boris = await baresip_factory("102", switch, tone=700, transport="tcp")
    clara = await baresip_factory(
        "103",
        switch,
        tone=1100,
        transport="tls",
        registrar=f"{switch.address}:5061",
        authority=certificate,
    )
    for caller, callee in ((anna, boris), (boris, clara), (clara, anna)):
        await caller.dial(callee.settings.user)
        await callee.answer()
        for phone, other in ((caller, callee), (callee, caller)):
            await phone.established()
            await phone.hears(float(other.settings.tone or 0))
        (call,) = (await switch.control("calls"))["calls"]
        assert [leg["transport"] for leg in call["legs"]] == [
            caller.settings.transport,
            callee.settings.transport,
        ]
        await callee.hangup()
        for phone in (caller, callee):
            await phone.closed()
        await switch.log.take(lambda line: line["event"] == "call ended", "end of the call")


async def test_an_attended_transfer_across_them(
    switch_factory: SwitchFactory, handset: HandsetFactory, rtp: RtpFactory, tmp_path: Path
) -> None:
    """Anna over UDP is handed from Boris over TCP to Clara over TLS, who is asked before, or still rings."""
    switch, _ = await with_tls(switch_factory, tmp_path)
    anna, boris, clara = [
        await handset(number, switch, protocol)
        for number, protocol in (("101", "udp"), ("102", "tcp"), ("103", "tls"))
    ]
    line = Handset("102", boris.sip, await rtp(), boris.seen)
    for answered in (True, False):
        talk, called = await connect(anna, boris)
        asking = await line.dial("103")
        rung = await clara.called()
        await rung.ring()
        await asking.provisional(180)
        if answered:
            await rung.accept()
            await asking.answered()
        await called.refer("103", instead_of=asking)
        if answered:
            await asking.ended()
        else:
            assert (await asking.final()).status == 487
            await rung.accept()
        await called.hang_up()
        await talk_alone(anna, clara)
        await disconnect(talk, rung)
    await switch.idle()


@pytest.mark.parametrize("protocol", ["tcp", "tls"])
async def test_a_call_comes_down_the_phones_own_connection(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path, protocol: str
) -> None:
    """The phones listen nowhere: INVITE, BYE and re-INVITE can only come by the connection they opened."""
    switch, _ = await with_tls(switch_factory, tmp_path)
    anna, boris = await handset("101", switch, protocol), await handset("102", switch, protocol)
    talk, called = await connect(anna, boris)
    assert f"Via: SIP/2.0/{protocol.upper()}" in called.invite.encode().decode()
    assert f";transport={protocol}" in called.invite.get("Contact")
    assert talk.answer is not None
    assert f";transport={protocol}" in talk.answer.get("Contact")
    await talk_alone(anna, boris)
    assert (await called.reinvite()).status == 200
    await disconnect(called, talk)
    talk, called = await connect(boris, anna)
    await disconnect(talk, called)


async def test_one_transport_to_another(
    switch_factory: SwitchFactory, handset: HandsetFactory, tmp_path: Path
) -> None:
    switch, _ = await with_tls(switch_factory, tmp_path)
    desk, mobile = await handset("101", switch, "tls"), await handset("102", switch, "udp")
    talk, called = await connect(desk, mobile)
    assert called.invite.get("Via").startswith("SIP/2.0/UDP")
    await talk_alone(desk, mobile)
    await disconnect(talk, called)
    talk, called = await connect(mobile, desk)
    assert called.invite.get("Via").startswith("SIP/2.0/TLS")
    await disconnect(called, talk)


async def test_a_connection_that_breaks_in_a_call(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """The other side hangs up in peace; the phone is not rung on a connection that is gone."""
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch, "tcp")
    talk, _ = await connect(anna, boris)
    await boris.sip.close()
    assert (await talk.hang_up()).status == 200
    await switch.wait_event("call ended", ended_by="101")
    assert (await (await anna.dial("102")).final()).status == 480
    again = await handset("102", switch, "tcp")
    await disconnect(*await connect(anna, again))


@pytest.mark.parametrize("transport", ["tcp"])
async def test_sipp_over_tcp(switch_factory: SwitchFactory, sipp: SippFactory, transport: str) -> None:
    switch = await switch_factory()
    called = await sipp(
        scenarios.callee(ring=0),
        switch.address,
        registered_as=User("102", "pw-102"),
        transport=transport,
        calls=3,
    )
    calling = await sipp(
        scenarios.caller(talk=50),
        switch.address,
        users=[User("101", "pw-101", "102")],
        transport=transport,
        calls=3,
    )
    assert (await calling.finished()).succeeded == 3
    assert (await called.finished()).succeeded == 3
