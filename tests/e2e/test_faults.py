"""A fault in the switch is one call's: it ends, the log says why and whose, everything else goes on."""

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.faulty import COMMAND
from tests.rig.handset import Handset, Talk
from tests.rig.message import Message, request
from tests.rig.ports import new_address
from tests.rig.switch import DOMAIN, Switch, dialplan

Phones = tuple[Handset, Handset, Handset]


async def faulty(switch_factory: SwitchFactory, handset: HandsetFactory, fault: str) -> tuple[Switch, Phones]:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"))
    switch = await switch_factory(address=address, plan=plan, command=COMMAND, environment={"FAULT": fault})
    switch.allow_errors("built into")
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    return switch, (anna, boris, clara)


async def failed(switch: Switch, call_id: str) -> None:
    """Waits for the log line of the fault, which names the call."""
    await switch.wait_log(
        lambda line: line["level"] == "error" and line.get("call_id") == call_id and "exception" in line,
        f"error of the call {call_id}",
    )


async def others_talk(anna: Handset, clara: Handset) -> None:
    outgoing = await anna.dial("103")
    incoming = await clara.called()
    await incoming.accept()
    await outgoing.answered()
    await outgoing.hang_up()
    await incoming.ended()


async def test_in_routing(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch, (anna, _, clara) = await faulty(switch_factory, handset, "routing")
    talk = await anna.dial("102")
    assert (await talk.final()).start == "SIP/2.0 500 Server Internal Error"
    await failed(switch, talk.call_id)
    await switch.wait_event("call ended", outcome="failed", blame="us", status=500)
    await others_talk(anna, clara)
    await switch.idle()


async def test_in_what_pjsip_calls_when_a_leg_moves_on(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch, (anna, boris, clara) = await faulty(switch_factory, handset, "state")
    outgoing = await anna.dial("102")
    incoming = await boris.called()
    await incoming.ring()
    await failed(switch, incoming.call_id)
    await incoming.cancelled()
    assert (await outgoing.final()).status >= 400
    await others_talk(anna, clara)
    await switch.idle()


async def test_in_what_pjsip_calls_when_media_changes(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch, (anna, boris, clara) = await faulty(switch_factory, handset, "media")
    outgoing = await anna.dial("102")
    incoming = await boris.called()
    await incoming.accept()
    await failed(switch, incoming.call_id)
    await incoming.ended()
    final = await outgoing.final()
    if final.status == 200:
        await outgoing.ended()
    await others_talk(anna, clara)
    await switch.idle()


async def test_in_the_middle_of_a_call(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch, (anna, boris, clara) = await faulty(switch_factory, handset, "digit")
    outgoing, incoming = await talking(anna, boris)
    await outgoing.ask("INFO", body=b"Signal=5\r\nDuration=160\r\n", body_type="application/dtmf-relay")
    await outgoing.ended()
    await incoming.ended()
    await failed(switch, outgoing.call_id)
    await others_talk(anna, clara)
    await switch.idle()


async def talking(anna: Handset, boris: Handset) -> tuple[Talk, Talk]:
    outgoing = await anna.dial(boris.user)
    incoming = await boris.called()
    await incoming.accept()
    await outgoing.answered()
    return outgoing, incoming


async def test_in_a_request_outside_calls(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch, (anna, boris, _) = await faulty(switch_factory, handset, "request")
    sent = options(anna)
    assert (await anna.sip.ask(sent)).status == 500
    await failed(switch, sent.get("Call-ID"))
    await anna.register()
    outgoing, incoming = await talking(anna, boris)
    await outgoing.hang_up()
    await incoming.ended()


def options(phone: Handset) -> Message:
    return request(
        "OPTIONS", f"sip:{DOMAIN}", via=phone.sip.via, from_=f"<sip:101@{DOMAIN}>", to=f"<sip:{DOMAIN}>"
    )


async def test_in_a_control_command(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch, (anna, _, clara) = await faulty(switch_factory, handset, "status")
    answer = await switch.control_answer("status")
    assert answer["ok"] is False
    assert "log" in answer["remedy"]
    await switch.wait_event("control command failed", command="status")
    await others_talk(anna, clara)
