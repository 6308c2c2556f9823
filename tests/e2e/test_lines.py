"""Lines: pins before calls outside, emergency calls that take another call's line."""

from typing import Any

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.e2e.test_trunks import CarrierFactory, carrier, company, last_call, they_hear_each_other
from tests.rig.ports import new_address

__all__ = ["carrier"]


async def test_a_pin_is_asked_before_the_number_is_rung(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    plan: dict[str, Any] = company(address, f"{server}:5060")
    plan["extensions"]["101"]["rights"] = {"pin": "471"}
    switch = await switch_factory(address=address, plan=plan)
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345")
    await inside.answered()
    for key in "999#471#":
        await anna.media.press(key)
    outside = await line.called()
    await outside.accept()
    await switch.wait_event("answered")
    await they_hear_each_other(line, anna)
    await inside.hang_up()
    await outside.ended()
    assert (await last_call(switch))["outcome"] == "completed"


async def test_an_emergency_call_takes_the_line_of_another_call(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    """Boris may call nothing outside, and there is one line."""
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    plan = company(address, f"{server}:5060", {"max_calls": 1}, country="DE")
    switch = await switch_factory(address=address, plan=plan)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("9004417112345")
    outside = await line.called()
    await outside.accept()
    await talk.answered()
    calling = await boris.dial("112")
    await outside.ended()
    await talk.ended()
    help_ = await line.called()
    assert help_.invite.start.startswith("INVITE sip:112@")
    await help_.accept()
    await calling.answered()
    await they_hear_each_other(line, boris)
    told = await switch.wait_event("emergency call")
    assert "102" in told["what"]
    ended = await switch.wait_event("call ended", outcome="line-taken")
    assert ended["blame"] == "us"
    # A second emergency takes no line of the first, and is tried all the same.
    second = await anna.dial("110")
    await (await line.called()).refuse(486)
    assert (await second.final()).status == 486
    await calling.hang_up()
    await help_.ended()
    await switch.idle()
