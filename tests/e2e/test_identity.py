"""Names and numbers at both ends: the switch says who it is, whatever a phone says of itself."""

from tests.conftest import PhoneFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import connect, disconnect
from tests.rig.message import Message, request
from tests.rig.ports import new_address
from tests.rig.switch import DOMAIN, dialplan, password

ANNA, BORIS = "Anna Berg", 'Boris "Bö" Łuk'


def asserted(message: Message | None) -> list[str]:
    assert message is not None
    return message.all("P-Asserted-Identity")


async def test_who_calls_and_who_is_called(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    address = new_address()
    plan = dialplan(address)
    plan["extensions"]["101"]["name"] = ANNA
    plan["extensions"]["102"]["name"] = BORIS
    switch = await switch_factory(address=address, plan=plan)
    anna, boris = await handset("101", switch), await handset("102", switch)
    lies = [
        ("P-Asserted-Identity", '"The Boss" <sip:1@office.example>'),
        ("P-Preferred-Identity", '"The Boss" <sip:1@office.example>'),
        ("Remote-Party-ID", '"The Boss" <sip:1@office.example>'),
    ]
    talk = await anna.dial("102", extra=lies, name="The Boss")
    called = await boris.called()
    own = f'"{ANNA}" <sip:101@{DOMAIN}>'
    assert called.invite.get("From").startswith(own + ";tag=")
    assert asserted(called.invite) == [own]
    assert "Boss" not in called.invite.encode().decode()
    written = '"Boris \\"Bö\\" Łuk"'
    assert called.invite.get("To") == f"{written} <sip:102@{DOMAIN}>"
    await called.ring()
    theirs = [f"{written} <sip:102@{DOMAIN}>"]
    assert asserted(await talk.provisional(180)) == theirs
    await called.accept()
    assert asserted(await talk.answered()) == theirs
    await disconnect(talk, called)
    back = await boris.dial("101")
    called = await anna.called()
    assert called.invite.get("From").startswith(theirs[0])
    await called.respond(183, "Session Progress", anna.media.sdp())
    assert asserted(await back.provisional(183)) == [own]
    await called.refuse(486)
    await back.final()


async def test_softphones_show_it(switch_factory: SwitchFactory, baresip_factory: PhoneFactory) -> None:
    address = new_address()
    plan = dialplan(address)
    plan["extensions"]["101"]["name"] = ANNA
    switch = await switch_factory(address=address, plan=plan)
    anna = await baresip_factory("101", switch, name="Somebody Else")
    boris = await baresip_factory("102", switch)
    await anna.dial("102")
    ringing = await boris.wait("CALL_INCOMING")
    assert ringing.peer == f"sip:101@{DOMAIN}"
    assert ringing.raw["peerdisplayname"] == ANNA
    await anna.hangup()
    await boris.closed()


async def test_nobody_calls_in_the_name_of_another(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)

    def invite(claimed: str) -> Message:
        return request(
            "INVITE",
            f"sip:102@{DOMAIN}",
            via=anna.sip.via,
            from_=f"<sip:{claimed}@{DOMAIN}>",
            to=f"<sip:102@{DOMAIN}>",
            contact=anna.sip.contact(),
            body=anna.media.sdp(),
        )

    assert (await anna.sip.ask(invite("101"))).status == 401, "a registered phone proves itself all the same"
    assert (await anna.sip.ask_with_digest(invite("102"), "101", password("101"))).status == 403
    assert (await anna.sip.ask_with_digest(invite("101"), "101", "wrong")).status in (401, 403)
    assert (await anna.sip.ask_with_digest(invite("anonymous"), "nobody", "x")).status in (401, 403)
    assert boris.sip.inbox.matching(lambda m: m.method == "INVITE" and not m.status) == []
    await disconnect(*await connect(anna, boris))
