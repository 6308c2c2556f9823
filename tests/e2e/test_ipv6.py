"""The same over IPv6: registration, a call, sound. There is one ::1 only, so ports keep parties apart."""

from tests.conftest import SippFactory, SwitchFactory
from tests.rig import scenarios
from tests.rig.ports import new_address, new_rtp_range, switch_rtp_range
from tests.rig.sipp import User

HERE = "::1"


async def test_a_call_over_ipv6(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    port, _ = new_rtp_range()
    target = f"[{HERE}]:{port}"
    switch = await switch_factory(
        address=HERE,
        plan={
            "version": 1,
            "domain": "office.example",
            "listen": [f"udp://{target}"],
            "rtp": {"ports": switch_rtp_range()},
            "log": {"level": "debug", "format": "json"},
            "extensions": {
                number: {"name": f"Phone {number}", "password": f"pw-{number}"} for number in ("101", "102")
            },
        },
    )

    def place(offset: int) -> dict[str, object]:
        # SIPp wants its remote control on IPv4 all the same.
        options = ["-ci", new_address(), "-mp", str(port + offset + 1)]
        return {"address": HERE, "port": port + offset, "options": options}

    registering = await sipp(scenarios.register(), target, users=[User("102", "pw-102")], **place(2))
    await registering.finished()
    callee = await sipp(scenarios.callee(), target, users=[User("102", "pw-102")], **place(2))
    caller = await sipp(scenarios.caller(), target, users=[User("101", "pw-101", "102")], **place(8))
    await caller.finished()
    await callee.finished()

    ended = await switch.wait_event("call ended")
    assert ended["outcome"] == "completed"
    traced = await switch.control("trace", call=ended["call"])
    answers = [
        message["text"]
        for message in traced["messages"]
        if message["sent"] and message["title"].startswith("200 OK (INVITE")
    ]
    assert answers
    assert f"c=IN IP6 {HERE}" in answers[0]
    assert f"Contact: <sip:softswitch@{target}>" in answers[0]
