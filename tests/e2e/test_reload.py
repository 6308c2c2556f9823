"""A changed dialplan is taken whole or refused whole, and neither calls nor registrations are lost by it."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from media.spectrum import tone_level
from media.wav import write
from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset
from tests.rig.message import Message, authorization, challenge_values, replace, request
from tests.rig.ports import new_address
from tests.rig.switch import DOMAIN, Switch, dialplan, password

Plan = dict[str, Any]


def changed(plan: Plan, **settings: Any) -> Plan:
    """The plan with these settings; a section's keys are merged into those that are there."""
    merged = {
        key: {**plan.get(key, {}), **value} if isinstance(value, dict) and key != "extensions" else value
        for key, value in settings.items()
    }
    return {**plan, **merged}


async def take(switch: Switch, plan: Plan | str) -> list[str]:
    switch.rewrite(plan)
    changes: list[str] = (await switch.control("reload"))["changes"]
    return changes


async def registered(switch: Switch) -> list[str]:
    return [one["number"] for one in (await switch.control("registrations"))["registrations"]]


async def challenge(phone: Handset) -> dict[str, str]:
    answer = await phone.sip.ask(register(phone))
    return challenge_values(answer.get("WWW-Authenticate"))


def register(phone: Handset, expires: int = 3600) -> Message:
    aor = f"<sip:{phone.user}@{DOMAIN}>"
    return request(
        "REGISTER",
        f"sip:{DOMAIN}",
        via=phone.sip.via,
        from_=aor,
        to=aor,
        contact=phone.sip.contact(phone.user),
        extra=[("Expires", str(expires))],
    )


async def test_extensions_come_go_and_change_while_a_call_goes_on(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"))
    switch = await switch_factory(address=address, plan=plan)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    outgoing = await anna.dial("102")
    incoming = await boris.called()
    await incoming.accept()
    await outgoing.answered()

    # 102, which is in a call, leaves; 104 is new; 103 gets another password.
    new = dialplan(address, ("101", "103", "104"))
    new["extensions"]["103"]["password"] = "another-one-for-103"
    switch.rewrite(new)
    switch.hup()
    await switch.wait_event("dialplan taken", changes=3)
    assert "another-one" not in "".join(switch.process.lines.items)

    assert await registered(switch) == ["101", "103"]
    dora = await handset("104", switch)
    assert (await boris.sip.register("102", password("102"))).status == 403
    assert (await clara.sip.register("103", password("103"))).status == 403
    assert (await clara.sip.register("103", "another-one-for-103")).status == 200
    assert (await (await dora.dial("102")).final()).status == 404
    second = await dora.dial("103")
    at_clara = await clara.called()
    await at_clara.refuse(486)
    assert (await second.final()).status == 486

    (call,) = (await switch.control("calls"))["calls"]
    assert (call["state"], call["called"]) == ("talking", "102")
    assert (await incoming.reinvite()).status == 200
    await outgoing.hang_up()
    await incoming.ended()


async def test_a_file_with_errors_is_refused_whole_with_all_of_them(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = dialplan(address)
    switch = await switch_factory(address=address, plan=plan)
    anna = await handset("101", switch)
    bad = changed(plan, realm="another.example", rign_time=5, calls={"max_calls": 0})
    bad["extensions"] = {"101": plan["extensions"]["101"]}
    switch.rewrite(bad)
    answer = await switch.control_answer("reload")
    assert answer["ok"] is False
    assert "the running dialplan stays" in answer["error"]
    text = "\n".join(answer["problems"])
    assert "rign_time" in text
    assert "max_calls" in text
    assert len([problem for problem in answer["problems"] if "warning" not in problem]) == 2

    switch.allow_errors("dialplan refused, the old one stays")
    for broken in ("domain: [", bad):
        switch.rewrite(broken)
        switch.hup()
    await switch.wait_event("dialplan refused, the old one stays")
    assert (await challenge(anna))["realm"] == DOMAIN
    await handset("102", switch)
    assert (await switch.control("status"))["extensions"] == 2


NEEDS_RESTART: tuple[tuple[str, Plan], ...] = (
    ("domain", {"domain": "other.example"}),
    ("listen", {"listen": ["udp://127.0.0.1:5999"]}),
    ("codecs", {"codecs": ["gsm"]}),
    ("rtp.ports", {"rtp": {"ports": "19000-19999"}}),
    ("calls.session_timer", {"calls": {"session_timer": "off"}}),
    ("log.format", {"log": {"format": "text"}}),
)


async def test_what_needs_a_restart_is_refused_whole(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = dialplan(address)
    switch = await switch_factory(address=address, plan=plan)
    anna = await handset("101", switch)
    for path, settings in NEEDS_RESTART:
        switch.rewrite(changed(plan, realm="another.example", **settings))
        answer = await switch.control_answer("reload")
        assert answer["ok"] is False
        assert path in answer["error"]
        assert "restart" in answer["remedy"]
        assert (await challenge(anna))["realm"] == DOMAIN
    assert await take(switch, plan) == []


async def test_registration_settings_take_effect(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = dialplan(address)
    switch = await switch_factory(address=address, plan=plan)
    phone = await handset("101", switch)
    old = await phone.sip.ask(register(phone))
    assert challenge_values(old.get("WWW-Authenticate"))["algorithm"] == "MD5"

    registration = {"min_expires": 100, "max_expires": 200, "default_expires": 150, "nonce_lifetime": 1}
    changes = await take(
        switch,
        changed(plan, realm="new.example", registration={**registration, "algorithms": ["sha-256", "md5"]}),
    )
    assert len(changes) == 6
    answer = await phone.sip.ask(register(phone))
    offered = [challenge_values(value) for value in answer.all("WWW-Authenticate")]
    assert [one["algorithm"] for one in offered] == ["SHA-256", "MD5"]
    assert {one["realm"] for one in offered} == {"new.example"}

    async def ask(expires: int) -> Message:
        return await phone.sip.ask_with_digest(register(phone, expires), "101", password("101"))

    brief = await ask(99)
    assert (brief.status, brief.get("Min-Expires")) == (423, "100")
    assert "expires=200" in (await ask(5000)).get("Contact")
    nonce = offered[1]["nonce"]
    count, status = 0, 0
    while status != 401:
        count += 1
        message = register(phone)
        proof = authorization(
            f'Digest realm="new.example", nonce="{nonce}", qop="auth", algorithm=MD5',
            "REGISTER",
            message.start.split()[1],
            "101",
            password("101"),
            count,
        )
        message = replace(message, "CSeq", f"{count + 5} REGISTER")
        status = (await phone.sip.ask(replace(message, "Authorization", proof))).status
        assert status in (200, 401)
    assert count > 1


async def test_call_settings_take_effect(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"), rtp={"timeout": 12, **dialplan(address)["rtp"]})
    switch = await switch_factory(address=address, plan=plan)
    anna, boris, clara = [await handset(number, switch) for number in ("101", "102", "103")]
    new = changed(plan, calls={"ring_time": 1, "max_calls": 1}, rtp={"timeout": 5})
    new["extensions"]["103"] = {"password": password("103"), "do_not_disturb": True}
    assert len(await take(switch, new)) == 4
    assert (await switch.control("status"))["max_calls"] == 1

    unanswered = await anna.dial("102")
    ringing = await boris.called()
    await ringing.ring()
    await ringing.cancelled()
    assert (await unanswered.final()).status == 480
    undisturbed = await anna.dial("103")
    assert "Do Not Disturb" in (await undisturbed.final()).start
    await switch.idle()

    outgoing = await anna.dial("102")
    incoming = await boris.called()
    await incoming.accept()
    await outgoing.answered()
    with pytest.raises(Exception, match="503"):
        await clara.dial("101")
    # Nobody sends RTP: without the new timeout the call would stay up for 12 s.
    await outgoing.ended(10)
    await incoming.ended()


async def test_local_networks_and_the_log_level_take_effect(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = changed(dialplan(address), external_address="203.0.113.7", local_networks=["10.0.0.0/8"])
    switch = await switch_factory(address=address, plan=plan)
    anna, boris = await handset("101", switch), await handset("102", switch)

    async def told() -> set[str]:
        """The addresses of ours that the callee is told, in Contact and SDP."""
        outgoing = await anna.dial("102")
        incoming = await boris.called()
        await incoming.refuse(486)
        await outgoing.final()
        contact = re.search(r"@([\d.]+)", incoming.invite.get("Contact"))
        media = re.search(rb"c=IN IP4 ([\d.]+)", incoming.invite.body)
        assert contact is not None
        assert media is not None
        return {contact[1], media[1].decode()}

    assert await told() == {"203.0.113.7"}
    await take(switch, changed(plan, local_networks=["127.0.0.0/8"], log={"level": "warning"}))
    assert await told() == {address}
    # Lines leave in batches: what lies between two warnings was written under the new level.
    await anna.sip.register("101", "wrong")
    await handset("101", switch)
    await (await anna.dial("999")).final()
    await boris.sip.register("102", "wrong")
    await switch.wait_event("authentication failed", username="102")
    lines = [(line["event"], line["level"]) for line in switch.log.items]
    failed = [index for index, line in enumerate(lines) if line[0] == "authentication failed"]
    assert lines[failed[0] : failed[1] + 1] == [("authentication failed", "warning")] * 2


async def test_other_music_is_heard_from_the_next_hold_on(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, tmp_path: Path
) -> None:
    address = new_address()
    plan = dialplan(address)
    switch = await switch_factory(address=address, plan=plan)
    anna = await baresip_factory("101", switch, tone=440)
    boris = await baresip_factory("102", switch, tone=700)
    tone = np.sin(2 * np.pi * 1250 * np.arange(8000) / 8000) * 0.3
    write(tmp_path / "moh.wav", tone, 8000)

    await anna.dial("102")
    await boris.answer()
    await anna.established()
    await boris.hears(440)
    changes = await take(switch, changed(plan, music={"default": {"files": str(tmp_path / "moh.wav")}}))
    assert "Music default is new." in changes
    # The running call keeps what it has: the built-in piece, and it is not silence.
    await anna.hold()
    old = await boris.hears_more(0.5)
    assert np.sqrt(np.mean(old.samples**2)) > 0.001
    assert tone_level(old.samples, old.rate, 1250) < -40
    await anna.hangup()
    await boris.closed()

    await anna.dial("102")
    await boris.answer()
    await boris.hears(440)
    await anna.hold()
    await boris.hears(1250)
    await anna.hangup()
    await boris.closed()

    (tmp_path / "noise.wav").write_bytes(b"RIFF but no sound at all")
    switch.rewrite(
        changed(plan, music={"default": {"files": str(tmp_path / "noise.wav")}}, realm="another.example")
    )
    answer = await switch.control_answer("reload")
    assert answer["ok"] is False
    assert "not readable as sound" in "\n".join(answer["problems"])
    assert await registered(switch) == ["101", "102"]


async def test_a_failing_test_refuses_it_and_an_unconfirmed_reload_goes_back(
    switch_factory: SwitchFactory,
) -> None:
    address = new_address()
    plan = dialplan(address)
    switch = await switch_factory(address=address, plan=plan)
    tests = {"Boris": {"caller": "101", "to": "102", "expect": "101 answers"}}
    switch.rewrite({**plan, "tests": tests})
    answer = await switch.control_answer("reload")
    assert "a test in" in answer["error"]
    assert "'101 answers' did not come, but ring 102, 102 answers" in answer["problems"][0]
    switch.rewrite({**plan, "company": "Berg"})
    await switch.control("reload", confirm_within=1)
    assert "waits to be confirmed" in (await switch.control_answer("reload"))["error"]
    await switch.wait_log(lambda line: "not confirmed" in str(line.get("event")), "the way back")
    await switch.wait_event("dialplan changed", change="Setting company is no longer set; it was Berg.")
    await switch.control("reload", confirm_within=60)
    await switch.control("confirm")
    assert (await switch.control_answer("confirm"))["error"] == "no reload waits to be confirmed"
