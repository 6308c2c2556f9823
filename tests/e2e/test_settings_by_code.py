"""What users set by code, with real phones: it is confirmed, holds at once, outlives the switch; refusals."""

import json
from typing import Any

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset
from tests.rig.ports import new_address
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until


def company(address: str, **special: dict[str, Any]) -> dict[str, Any]:
    """Extensions 101 to 104; `x102={…}` says what is special about 102."""
    departments = {"sales": {"name": "Sales", "number": "200", "members": ["103", "104"]}}
    plan = dialplan(address, ("101", "102", "103", "104"), departments=departments)
    for name, settings in special.items():
        plan["extensions"][name[1:]].update(settings)
    return plan


async def office(switch_factory: SwitchFactory, **special: dict[str, Any]) -> Switch:
    address = new_address()
    return await switch_factory(plan=company(address, **special), address=address)


async def code(phone: Handset, dialled: str) -> None:
    """Dial it: the switch answers, and hangs up when it has said what there is to say."""
    talk = await phone.dial(dialled)
    await talk.answered()
    await talk.ended()


async def refused(phone: Handset, dialled: str) -> int:
    return (await (await phone.dial(dialled)).final()).status


async def rings(caller: Handset, number: str, phone: Handset) -> None:
    """A call to the number rings that phone; the caller gives up."""
    talk = await caller.dial(number)
    rung = await phone.called()
    await rung.ring()
    await talk.provisional(180)
    await talk.cancel()
    await rung.cancelled()
    await talk.final()


def kept(switch: Switch) -> dict[str, Any]:
    """What the file says."""
    file = switch.file.parent / "state" / "preferences.json"
    found: dict[str, Any] = json.loads(file.read_text())["extensions"] if file.exists() else {}
    return found


async def test_forward_every_call(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await code(boris, "*72103")
    await rings(anna, "102", clara)
    await code(boris, "*73")
    await rings(anna, "102", boris)
    await switch.idle()


async def test_forward_to_a_department(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await code(boris, "*72200")
    await rings(anna, "102", clara)


async def test_take_back_what_the_dialplan_forwards(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory, x102={"forward": {"always": "103"}})
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await rings(anna, "102", clara)
    await code(boris, "*73")
    await rings(anna, "102", boris)


async def test_forward_when_busy(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await code(boris, "*90103")
    talk = await anna.dial("102")
    await (await boris.called()).refuse(486)
    rung = await clara.called()
    await rung.accept()
    await talk.answered()
    await talk.hang_up()
    await rung.ended()
    await code(boris, "*91")
    talk = await anna.dial("102")
    await (await boris.called()).refuse(486)
    assert (await talk.final()).status == 486


async def test_forward_without_an_answer(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory, x102={"ring_time": 1})
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await code(boris, "*52103")
    talk = await anna.dial("102")
    first = await boris.called()
    await first.ring()
    await first.cancelled()
    rung = await clara.called()
    await rung.accept()
    await talk.answered()
    await talk.hang_up()
    await rung.ended()
    await code(boris, "*53")
    talk = await anna.dial("102")
    first = await boris.called()
    await first.ring()
    await first.cancelled()
    assert (await talk.final()).status == 480


async def test_do_not_disturb(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    await code(boris, "*78")
    talk = await anna.dial("102")
    answer = await talk.final()
    assert answer.start == "SIP/2.0 480 Do Not Disturb"
    await code(boris, "*79")
    await rings(anna, "102", boris)


async def test_departments_leave_out_who_is_not_to_be_disturbed(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await office(switch_factory)
    anna, clara, dora = [await handset(number, switch) for number in ("101", "103", "104")]
    await code(clara, "*78")
    await rings(anna, "200", dora)
    invites = [m for m in clara.sip.inbox.items if m.status == 0 and m.method == "INVITE"]
    assert invites == []


async def test_block_the_last_caller(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await rings(anna, "102", boris)
    await code(boris, "*60")
    assert await refused(anna, "102") == 603
    assert (await switch.wait_event("call ended", status=603))["outcome"] == "blocked"
    await rings(clara, "102", boris)
    await code(boris, "*61101")
    await rings(anna, "102", boris)
    await code(boris, "*60")
    assert await refused(anna, "102") == 603
    await code(boris, "*61")
    await rings(anna, "102", boris)


async def test_anonymous_callers(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    boris = await handset("102", switch)
    await code(boris, "*77")
    await until(lambda: kept(switch) == {"102": {"reject_anonymous": True}}, "it is kept")
    await code(boris, "*87")
    await until(lambda: kept(switch) == {}, "nothing is kept any more")


@pytest.mark.parametrize(
    ("dialled", "status", "outcome"),
    [
        ("*72102", 403, "oneself"),
        ("*90102", 403, "oneself"),
        ("*52102", 403, "oneself"),
        ("*72999", 404, "unknown-number"),
        ("*72700", 404, "unknown-number"),
        ("*72*72103", 404, "unknown-number"),
        ("*72", 404, "unknown-number"),
        ("*60", 480, "no-last-caller"),
        ("*61101", 404, "unknown-number"),
        ("*69", 480, "no-last-caller"),
        ("*68", 480, "nothing-dialled"),
    ],
)
async def test_refusals(
    switch_factory: SwitchFactory, handset: HandsetFactory, dialled: str, status: int, outcome: str
) -> None:
    switch = await office(switch_factory)
    boris = await handset("102", switch)
    assert await refused(boris, dialled) == status
    ended = await switch.wait_event("call ended")
    assert (ended["outcome"], ended["blame"]) == (outcome, "caller")
    assert kept(switch) == {}


async def test_nobody_sets_it_for_another_one(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """A transfer to a code changes nothing for who is transferred."""
    switch = await office(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    talk = await anna.dial("102")
    called = await boris.called()
    await called.accept()
    await talk.answered()
    await called.refer("*72103")
    assert [await called.told() for _ in range(2)] == ["SIP/2.0 100 Trying", "SIP/2.0 403 Forbidden"]
    assert kept(switch) == {}
    await talk.hang_up()
    await called.ended()


async def test_switched_off(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    plan = {**company(address), "features": {"forward_always": "off"}}
    switch = await switch_factory(plan=plan, address=address)
    assert await refused(await handset("102", switch), "*72103") == 404


@pytest.mark.parametrize("how", ["SIGTERM", "SIGKILL"])
async def test_it_outlives_the_switch(
    switch_factory: SwitchFactory, handset: HandsetFactory, how: str
) -> None:
    address = new_address()
    plan = company(address)
    switch = await switch_factory(plan=plan, address=address)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await code(boris, "*72103")
    await until(lambda: kept(switch) == {"102": {"forward_always": "103"}}, "it is kept")
    await (switch.terminate() if how == "SIGTERM" else switch.kill9())
    switch = await switch_factory(plan=plan, address=address)
    await anna.register()
    await clara.register()
    await rings(anna, "102", clara)


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"\xff\xfe", b'{"version": 2, "extensions": {}}', b'{"version": 1, "extensions": 7}'],
)
async def test_a_damaged_file_is_set_aside(
    switch_factory: SwitchFactory, handset: HandsetFactory, broken: bytes
) -> None:
    address = new_address()
    plan = company(address)
    switch = await switch_factory(plan=plan, address=address)
    file = switch.file.parent / "state" / "preferences.json"
    await switch.terminate()
    file.write_bytes(broken)
    switch = await switch_factory(plan=plan, address=address)
    switch.allow_errors("preferences.json")
    line = await switch.wait_log(
        lambda line: "cannot be read" in str(line.get("event")), "error about the file"
    )
    assert line["path"] == str(file)
    assert file.with_name("preferences.json.broken").read_bytes() == broken
    boris = await handset("102", switch)
    await code(boris, "*72103")
    await until(lambda: kept(switch) == {"102": {"forward_always": "103"}}, "it is kept anew")


async def test_redial(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris = await handset("101", switch), await handset("102", switch)
    await rings(anna, "102", boris)
    await rings(anna, "*68", boris)
    assert await refused(anna, "103") == 480
    assert await refused(anna, "*68") == 480, "whatever came of it: nobody is registered there"


async def test_call_back(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await office(switch_factory)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    await rings(anna, "102", boris)
    await rings(boris, "*69", anna)
    await rings(clara, "200", await handset("104", switch))
    await rings(clara, "101", anna)
    await rings(anna, "*69", clara)


async def test_call_back_whom_one_has_missed(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    """One need not have been there."""
    switch = await office(switch_factory)
    anna = await handset("101", switch)
    assert await refused(anna, "102") == 480
    boris = await handset("102", switch)
    await rings(boris, "*69", anna)
