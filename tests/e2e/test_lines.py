"""Lines: pins before calls outside, emergency calls, other lines when one fails, waiting for a free one."""

from typing import Any

from tests.conftest import SwitchFactory
from tests.e2e.carriers import CarrierFactory, company, last_call
from tests.e2e.conftest import HandsetFactory
from tests.rig.carrier import Carrier
from tests.rig.handset import talk_alone
from tests.rig.ports import new_address, switch_rtp_range
from tests.rig.switch import Switch
from tests.rig.waiting import RigError


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
    await talk_alone(line, anna)
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
    await talk_alone(line, boris)
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


async def test_an_emergency_call_comes_into_a_full_switch(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    """It has room, and ports, for one call. Clara's phone sends its INVITE again, as UDP has it."""
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    first = int(switch_rtp_range().partition("-")[0])
    full = {"calls": {"max_calls": 1}, "rtp": {"ports": f"{first}-{first + 3}"}}
    switch = await switch_factory(
        address=address, plan=company(address, f"{server}:5060", country="DE") | full
    )
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    talk = await anna.dial("102")
    other = await boris.called()
    await other.accept()
    await talk.answered()
    calling = await clara.dial("112")
    await talk.ended()
    await other.ended()
    assert (await switch.wait_event("call ended", outcome="line-taken"))["blame"] == "us"
    await switch.idle()
    await clara.sip.send(calling.invite)
    help_ = await line.called()
    await help_.accept()
    await calling.answered()
    await talk_alone(line, clara)
    await calling.hang_up()
    await help_.ended()
    await switch.idle()


async def two_lines(
    switch_factory: SwitchFactory, carrier: CarrierFactory, **second: Any
) -> tuple[Switch, Carrier, Carrier]:
    """A switch with two trunks of one prefix, and their carriers."""
    address, server, other = new_address(), new_address(), new_address()
    plan = company(address, f"{server}:5060")
    plan["trunks"]["other"] = {"server": f"{other}:5060", "prefix": "9", "qualify": "off", **second}
    first, next_ = await carrier(address, server), await carrier(address, other)
    return await switch_factory(address=address, plan=plan), first, next_


async def test_the_next_line_is_tried_when_the_first_fails(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    switch, line, other = await two_lines(switch_factory, carrier)
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345")
    await (await line.called()).refuse(503)
    outside = await other.called()
    await outside.accept()
    await inside.answered()
    await talk_alone(other, anna)
    await inside.hang_up()
    await outside.ended()
    assert (await last_call(switch))["outcome"] == "completed"


async def test_a_silent_line_is_given_up_soon(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    switch, line, other = await two_lines(switch_factory, carrier)
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345")
    await line.called()  # and no answer
    await (await other.called(within=8)).refuse(486)
    assert (await inside.final()).status == 486
    assert (await last_call(switch))["outcome"] == "busy"


async def test_who_tries_is_waited_for_and_busy_is_busy_by_any_line(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    switch, line, other = await two_lines(switch_factory, carrier)
    anna = await handset("101", switch)
    inside = await anna.dial("9004417112345")
    outside = await line.called()
    await outside.respond(100, "Trying")
    assert await silent(other, 4.5)
    await outside.refuse(486)
    assert (await inside.final()).status == 486
    assert await silent(other, 0.2)


async def silent(line: Carrier, seconds: float) -> bool:
    """Whether no INVITE comes there."""
    try:
        await line.called(within=seconds)
    except RigError:
        return True
    return False


async def test_who_finds_no_line_is_rung_when_one_is_free(
    switch_factory: SwitchFactory, handset: HandsetFactory, carrier: CarrierFactory
) -> None:
    address, server = new_address(), new_address()
    line = await carrier(address, server)
    plan = company(address, f"{server}:5060", {"max_calls": 1}, lines={"wait": True})
    switch = await switch_factory(address=address, plan=plan)
    anna, clara = await handset("101", switch), await handset("103", switch)
    talk = await anna.dial("9004417112345")
    outside = await line.called()
    await outside.accept()
    await talk.answered()
    waiting = await clara.dial("90305551234")
    await waiting.answered()
    await clara.media.press("1")
    await waiting.ended()
    await talk.hang_up()
    await outside.ended()
    rung = await clara.called()
    await rung.accept()
    outside = await line.called()
    assert outside.invite.start.startswith("INVITE sip:0305551234@")
    await outside.accept()
    await talk_alone(line, clara)
    await rung.hang_up()
    await outside.ended()
    await switch.idle()
