"""The lamps on phones' keys (BLF): what watchers are told, whom they may watch, and pickup by the lamp."""

import json
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, connect, disconnect
from tests.rig.message import Message, request, response
from tests.rig.ports import new_address
from tests.rig.switch import DOMAIN, Switch, dialplan, password
from tests.rig.waiting import PATIENCE, until

D = "{urn:ietf:params:xml:ns:dialog-info}"
P = "{urn:ietf:params:xml:ns:pidf}"
RPID = "{urn:ietf:params:xml:ns:pidf:rpid}"


@dataclass
class Lamp:
    """One subscription of a phone."""

    phone: Handset
    asked: Message
    granted: Message
    versions: list[int] = field(default_factory=list)

    async def notify(self, within: float = PATIENCE) -> Message:
        """The next NOTIFY, answered."""
        call_id = self.asked.get("Call-ID")
        notify = await self.phone.take("NOTIFY", lambda m: m.get("Call-ID") == call_id, within)
        await self.phone.sip.send(response(notify, 200, "OK"))
        return notify

    async def told(self) -> Element:
        """The next document."""
        root = fromstring((await self.notify()).body)  # noqa: S314 - our own switch's
        if root.tag == f"{D}dialog-info":
            assert root.get("state") == "full"
            self.versions.append(int(root.get("version", "-1")))
            assert self.versions == sorted(set(self.versions)), "each is newer"
        return root

    async def until(self, state: str) -> Element:
        """The document that first says so, and its dialog."""
        while True:
            root = await self.told()
            (dialog,) = root.findall(f"{D}dialog")
            if dialog.findtext(f"{D}state") == state:
                return dialog


def subscribe(phone: Handset, user: str, event: str = "dialog", expires: int = 600) -> Message:
    return request(
        "SUBSCRIBE",
        f"sip:{user}@{DOMAIN}",
        via=phone.sip.via,
        from_=f"<sip:{phone.user}@{DOMAIN}>",
        to=f"<sip:{user}@{DOMAIN}>",
        contact=phone.sip.contact(phone.user),
        extra=[("Event", event), ("Expires", str(expires)), ("Accept", ACCEPTED.get(event, "text/plain"))],
    )


ACCEPTED = {"dialog": "application/dialog-info+xml", "presence": "application/pidf+xml"}


async def watch(phone: Handset, user: str, event: str = "dialog") -> Lamp:
    asked = subscribe(phone, user, event)
    granted = await phone.sip.ask_with_digest(asked, phone.user, password(phone.user))
    assert granted.status == 200, granted.start
    return Lamp(phone, asked, granted)


@pytest.fixture
async def office(switch_factory: SwitchFactory) -> Switch:
    address = new_address()
    plan = dialplan(
        address,
        ("101", "102", "103", "104", "105"),
        departments={"sales": {"number": "200", "members": ["102"]}},
        queues={"support": {"number": "400", "agents": ["102"], "announce_every": "off"}},
        modes={"day": "otherwise", "night": "by hand"},
    )
    plan["extensions"]["101"]["name"] = 'Ann <a> & "Ü"'
    plan["extensions"]["104"]["rights"] = {"pickup": "nobody"}
    plan["extensions"]["105"]["rights"] = {"watch": "department"}
    return await switch_factory(plan=plan, address=address)


async def test_a_call_is_seen_from_ringing_to_its_end(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara = [await handset(number, office) for number in ("101", "102", "103")]
    lamp, caller = await watch(clara, "102"), await watch(clara, "101")
    await lamp.until("terminated")
    await caller.until("terminated")
    talk = await anna.dial("102")
    rung = await boris.called()
    await rung.ring()
    early = await lamp.until("early")
    assert early.get("direction") == "recipient"
    identity = early.find(f"{D}remote/{D}identity")
    assert identity is not None
    assert (identity.text, identity.get("display")) == (f"sip:101@{DOMAIN}", 'Ann <a> & "Ü"')
    calls = await caller.until("confirmed")
    assert calls.get("direction") == "initiator", "who calls does not blink: there is nothing to pick up"
    await rung.accept()
    await talk.answered()
    confirmed = await lamp.until("confirmed")
    assert confirmed.get("id") == early.get("id")
    await rung.reinvite(boris.media.sdp("sendonly", 2))
    held = await lamp.until("confirmed")
    parameter = held.find(f"{D}local/{D}target/{D}param")
    assert parameter is not None
    assert (parameter.get("pname"), parameter.get("pval")) == ("+sip.rendering", "no")
    await talk.hang_up()
    await rung.ended()
    await lamp.until("terminated")
    await caller.until("terminated")


async def test_the_lamp_picks_the_call_up(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, clara = [await handset(number, office) for number in ("101", "102", "103")]
    lamp = await watch(clara, "102")
    await lamp.until("terminated")
    talk = await anna.dial("102")
    rung = await boris.called()
    await rung.ring()
    early = await lamp.until("early")
    # RFC 4235 §4.1.2 and RFC 3891: the dialog as its other side has it, which is who is asked to replace it.
    replaces = f"{early.get('call-id')};to-tag={early.get('local-tag')};from-tag={early.get('remote-tag')}"
    picking = await clara.dial("102", extra=[("Replaces", f"{replaces};early-only")])
    await picking.answered()
    await talk.answered()
    await rung.cancelled()
    await lamp.until("terminated")
    await picking.hang_up()


async def test_who_may_see_what(office: Switch, handset: HandsetFactory) -> None:
    anna, boris, dora, emil = [await handset(number, office) for number in ("101", "102", "104", "105")]

    async def refused(phone: Handset, **what: Any) -> int:
        asked = subscribe(phone, **what)
        return (await phone.sip.ask_with_digest(asked, phone.user, password(phone.user))).status

    assert await refused(emil, user="102") == 403, "only his own department"
    assert await refused(dora, user="nobody") == 404
    assert await refused(dora, user="102", event="weather") == 489
    assert await refused(dora, user="102", expires=5) == 423
    asked = subscribe(dora, "102")
    assert (await dora.sip.ask_with_digest(asked, "104", "wrong")).status in (401, 403)
    # Who may not pick up sees that it rings, and not who calls.
    lamp = await watch(dora, "102")
    await lamp.until("terminated")
    talk = await anna.dial("102")
    rung = await boris.called()
    await rung.ring()
    early = await lamp.until("early")
    assert early.find(f"{D}remote") is None
    assert early.get("call-id") is None
    await talk.cancel()
    await lamp.until("terminated")


async def test_presence_for_softphones(office: Switch, handset: HandsetFactory) -> None:
    anna, clara = await handset("101", office), await handset("103", office)
    lamp = await watch(clara, "102", "presence")
    first = await lamp.told()
    assert first.findtext(f"{P}tuple/{P}status/{P}basic") == "closed"
    boris = await handset("102", office)
    assert (await lamp.told()).findtext(f"{P}tuple/{P}status/{P}basic") == "open"
    talk, called = await connect(anna, boris)
    while (note := (root := await lamp.told()).findtext(f"{P}note")) == "Ringing":
        pass
    assert note == "On the phone"
    assert root.find(f".//{RPID}on-the-phone") is not None
    await disconnect(talk, called)
    assert (await lamp.told()).findtext(f"{P}note") == "Ready"
    undisturbed = await boris.dial("*78")
    await undisturbed.answered()
    await undisturbed.ended()
    while (note := (root := await lamp.told()).findtext(f"{P}note")) != "Do not disturb":
        assert note in ("Ready", "On the phone")
    assert root.find(f".//{RPID}busy") is not None


async def test_parked_queued_conference_mode_and_own_settings(
    office: Switch, handset: HandsetFactory
) -> None:
    anna, boris, clara = [await handset(number, office) for number in ("101", "102", "103")]
    orbit, queue, mode, own = [await watch(clara, user) for user in ("701", "400", "*282", "*78")]
    for lamp in (orbit, queue, mode, own):
        await lamp.until("terminated")
    # Do not disturb, by code; the lamp of the code is that of one's own phone.
    switched = await clara.dial("*78")
    await switched.answered()
    await switched.ended()
    await own.until("confirmed")
    # A mode, on the command line.
    await office.control("mode", mode="night")
    await mode.until("confirmed")
    await office.control("mode", mode="auto")
    await mode.until("terminated")
    # Waiting in a queue while its agent does not answer.
    waits = await anna.dial("400")
    await waits.answered()
    rung = await boris.called()
    await rung.ring()
    await queue.until("early")
    await waits.hang_up()
    await queue.until("terminated")
    # Parked.
    talk, called = await connect(anna, boris)
    await called.refer("700")
    await orbit.until("confirmed")
    await talk.hang_up()
    await orbit.until("terminated")


async def test_lamps_live_through_a_crash_and_are_told_of_a_stop(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = dialplan(address, ("101", "102", "103"))
    switch = await switch_factory("one", plan=plan, address=address)
    clara = await handset("103", switch)
    lamp = await watch(clara, "102")
    await lamp.until("terminated")
    await switch.control("status")
    await kept(switch)
    await switch.kill9()
    again = await switch_factory("one", plan=plan, address=address)
    await lamp.until("terminated")
    anna, boris = await handset("101", again), await handset("102", again)
    talk = await anna.dial("102")
    rung = await boris.called()
    await rung.ring()
    await lamp.until("early")
    await talk.cancel()
    await lamp.until("terminated")
    await again.terminate()
    while not (state := (await lamp.notify()).get("Subscription-State")).startswith("terminated"):
        pass
    assert state == "terminated;reason=probation;retry-after=5"


async def kept(switch: Switch) -> None:
    file = switch.file.parent / "state" / "subscriptions.json"
    await until(lambda: file.exists() and b"dialog" in file.read_bytes(), "the subscription is kept")


async def test_who_leaves_the_dialplan_is_watched_no_longer(office: Switch, handset: HandsetFactory) -> None:
    clara = await handset("103", office)
    lamp = await watch(clara, "101")
    await lamp.until("terminated")
    plan = json.loads(office.file.read_text())
    del plan["extensions"]["101"]
    office.rewrite(plan)
    await office.control("reload")
    assert (await lamp.notify()).get("Subscription-State") == "terminated;reason=noresource"
