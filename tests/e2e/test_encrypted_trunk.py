"""A trunk with SRTP, sound included: two switches are each other's carrier, over UDP and over TLS."""

from typing import Any

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import talk_alone
from tests.rig.ports import new_address
from tests.rig.switch import dialplan

NUMBER = "+4930123450"


def plan(address: str, person: str, other: str, secure: bool, **trunk: Any) -> dict[str, Any]:
    made = dialplan(address, (person,))
    server = f"{other}:5061/tls" if secure else f"{other}:5060"
    made["trunks"] = {"line": {"server": server, "prefix": "9", "qualify": "off", "srtp": "require", **trunk}}
    if secure:
        made["listen"] = [f"udp://{address}:5060", f"tls://{address}:5061"]
        made["tls"] = {"certificate": "auto"}
    return made


@pytest.mark.parametrize("secure", [False, True], ids=["udp", "tls"])
async def test_both_sides_are_heard_and_the_line_is_encrypted(
    switch_factory: SwitchFactory, handset: HandsetFactory, secure: bool
) -> None:
    here, there = new_address(), new_address()
    theirs = plan(there, "201", here, secure, numbers=[NUMBER])
    theirs["numbers"] = {NUMBER: "201"}
    caller = await switch_factory("here", address=here, plan=plan(here, "101", there, secure))
    callee = await switch_factory("there", address=there, plan=theirs)
    anna, boris = await handset("101", caller), await handset("201", callee)
    talk = await anna.dial(f"9{NUMBER}")
    called = await boris.called()
    await called.accept()
    await talk.answered()
    await talk_alone(anna, boris)
    for switch, own in ((caller, "101"), (callee, "201")):
        (call,) = (await switch.control("calls"))["calls"]
        assert sorted((leg["number"] == own, leg["secured"]) for leg in call["legs"]) == [
            (False, True),
            (True, False),
        ]
    await talk.hang_up()
    await called.ended()
