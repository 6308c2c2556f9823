"""Session timers (RFC 4028): each leg has its own, and refreshes pass through to nobody."""

import pytest

from tests.conftest import SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.handset import connect, disconnect
from tests.rig.ports import new_address
from tests.rig.sipp import User
from tests.rig.switch import dialplan

ANNA = User("101", "pw-101", "102")
BORIS = User("102", "pw-102")
TIMER = [("Supported", "timer")]


@pytest.mark.parametrize("refresh", ["UPDATE", "INVITE"])
async def test_the_caller_refreshes(switch_factory: SwitchFactory, sipp: SippFactory, refresh: str) -> None:
    switch = await switch_factory()
    called = await sipp(scenarios.callee(), switch.address, registered_as=BORIS)
    caller = scenarios.session_timer_caller(refresh=refresh, after=50)
    calling = await sipp(caller, switch.address, users=[ANNA])
    assert (await calling.finished()).succeeded == 1
    outcome = await called.finished()
    assert outcome.succeeded == 1
    assert "UPDATE sip:" not in outcome.messages


@pytest.mark.parametrize("refresh", ["UPDATE", "INVITE"])
async def test_the_called_side_refreshes(
    switch_factory: SwitchFactory, sipp: SippFactory, refresh: str
) -> None:
    switch = await switch_factory()
    callee = scenarios.session_timer_callee(refresh=refresh, after=50)
    called = await sipp(callee, switch.address, registered_as=BORIS)
    calling = await sipp(scenarios.caller(talk=1000), switch.address, users=[ANNA])
    assert (await calling.finished()).succeeded == 1
    assert (await called.finished()).succeeded == 1


async def test_what_is_offered_and_granted(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, calls={"session_timer": "10m"}))
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102", extra=[*TIMER, ("Session-Expires", "300"), ("Min-SE", "90")])
    called = await boris.called()
    assert called.invite.get("Session-Expires") == "600"
    assert int(called.invite.get("Min-SE")) == 90
    assert "timer" in called.invite.get("Supported")
    await called.accept(extra=[("Require", "timer"), ("Session-Expires", "120;refresher=uac")])
    granted = await talk.answered()
    assert granted.get("Session-Expires").startswith("300;refresher=")
    assert "timer" in granted.get("Require") or "refresher=uas" in granted.get("Session-Expires")
    again = await talk.ask("UPDATE", extra=[*TIMER, ("Session-Expires", "200;refresher=uac")])
    assert again.get("Session-Expires") == "200;refresher=uac"
    await disconnect(talk, called)


async def test_too_small_an_interval(switch_factory: SwitchFactory, sipp: SippFactory) -> None:
    switch = await switch_factory()
    called = await sipp(scenarios.callee(), switch.address, registered_as=BORIS, calls=1)
    calling = await sipp(scenarios.session_timer_too_small(), switch.address, users=[ANNA])
    assert (await calling.finished()).succeeded == 1
    assert called.process.exit_code is None, "nobody was rung"


async def test_the_phone_wants_a_longer_interval(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    """422 with Min-SE: the INVITE comes again with at least that (RFC 4028 §7.3)."""
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, calls={"session_timer": 120}))
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.refuse(422, "Session Interval Too Small", [("Min-SE", "900")])
    called = await boris.called()
    assert called.invite.get("Session-Expires").split(";")[0] == "900"
    assert called.invite.get("Min-SE") == "900"
    await called.accept()
    await talk.answered()
    await disconnect(talk, called)


async def test_a_phone_without_timers_has_us_refresh(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    answer = await talk.answered()
    assert answer.get("Session-Expires") in ("", "1800;refresher=uas")
    assert "timer" not in answer.get("Require")
    await disconnect(talk, called)


async def test_switched_off(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    switch = await switch_factory(address=address, plan=dialplan(address, calls={"session_timer": "off"}))
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk, called = await connect(anna, boris)
    for message in (called.invite, talk.answer):
        assert message is not None
        assert message.get("Session-Expires") == ""
    await disconnect(talk, called)
