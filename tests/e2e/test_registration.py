"""Phones register (RFC 3261 §10): over each transport, by either digest, and what the switch refuses."""

import re
from collections.abc import Awaitable, Callable, Sequence

import pytest

from tests.conftest import PhoneFactory, SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.certificate import write_certificate
from tests.rig.handset import Handset
from tests.rig.message import Message, authorization, challenge_values, replace, request
from tests.rig.ports import lane, new_address
from tests.rig.raw import Raw, with_digest
from tests.rig.sipp import User
from tests.rig.switch import DOMAIN, Switch, dialplan, password

RawFactory = Callable[..., Awaitable[Raw]]


def register(
    phone: Raw,
    *contacts: str,
    expires: int | None = 3600,
    extra: Sequence[tuple[str, str]] = (),
    user: str = "101",
    call_id: str = "",
    cseq: int = 1,
) -> Message:
    aor = f"<sip:{user}@{DOMAIN}>"
    headers = [("Contact", contact) for contact in contacts]
    headers += [("Expires", str(expires))] if expires is not None else []
    return request(
        "REGISTER",
        f"sip:{DOMAIN}",
        via=phone.via,
        from_=aor,
        to=aor,
        call_id=call_id,
        cseq=cseq,
        extra=[*headers, *extra],
    )


async def ask(phone: Raw, message: Message, algorithm: str = "") -> Message:
    return await phone.ask_with_digest(message, "101", password("101"), algorithm)


def bound(answer: Message) -> list[str]:
    """The URIs of the Contacts in a 200, in their order."""
    return [re.sub(r".*<([^>]+)>.*", r"\1", value) for value in answer.all("Contact")]


async def bindings(switch: Switch) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await switch.control("registrations"))["registrations"]
    return found


@pytest.mark.parametrize("algorithm", ["SHA-256", "MD5"])
async def test_every_transport_with_each_digest(
    switch_factory: SwitchFactory, raw: RawFactory, algorithm: str
) -> None:
    address = new_address()
    plan = dialplan(
        address,
        listen=[f"udp://{address}:5060", f"tcp://{address}:5060", f"tls://{address}:5061"],
        tls={"certificate": "auto"},
        registration={"algorithms": ["sha-256", "md5"]},
    )
    switch = await switch_factory(address=address, plan=plan)
    for protocol in ("udp", "tcp", "tls"):
        phone = await raw(address, protocol)
        answer = await phone.register("101", password("101"), algorithm=algorithm)
        assert answer.status == 200
        assert phone.contact("101")[1:-1] in bound(answer)
    listed = await bindings(switch)
    assert {one["transport"] for one in listed} == {"udp", "tcp", "tls"}
    assert all(one["number"] == "101" and one["connected"] and not one["behind_nat"] for one in listed)


async def test_baresip_and_sipp_register_over_udp_and_tcp(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, sipp: SippFactory
) -> None:
    switch = await switch_factory()
    phone = await baresip_factory("101", switch, transport="tcp")
    other = await sipp(scenarios.register(), switch.address, users=[User("102", password("102"))])
    await other.finished()
    assert {(one["number"], one["transport"]) for one in await bindings(switch)} == {
        ("101", "tcp"),
        ("102", "udp"),
    }
    await phone.unregister()
    await switch.wait_event("unregistered", aor="101")
    gone = await sipp(
        scenarios.unregister(),
        switch.address,
        users=[User("102", password("102"))],
        address=other.address,
    )
    await gone.finished()
    assert await bindings(switch) == []


async def test_baresip_registers_over_tls_and_checks_the_certificate(
    switch_factory: SwitchFactory, baresip_factory: PhoneFactory, tmp_path_factory: pytest.TempPathFactory
) -> None:
    address = new_address()
    certificate, key = write_certificate(tmp_path_factory.mktemp("tls"), address, DOMAIN)
    plan = dialplan(
        address,
        listen=[f"tls://{address}:5061"],
        tls={"certificate": str(certificate), "key": str(key)},
    )
    switch = await switch_factory(address=address, plan=plan)
    await baresip_factory("101", switch, transport="tls", registrar=f"{address}:5061", authority=certificate)
    assert [one["transport"] for one in await bindings(switch)] == ["tls"]


async def test_a_nonce_expires_is_stale_and_a_count_is_good_once(
    switch_factory: SwitchFactory, raw: RawFactory
) -> None:
    address = new_address()
    plan = dialplan(address, registration={"algorithms": ["md5"], "nonce_lifetime": 1})
    switch = await switch_factory(address=address, plan=plan)
    phone, thief = await raw(address), await raw(address)
    first = register(phone, phone.contact("101"))
    refusal = await phone.ask(first)
    challenge = refusal.get("WWW-Authenticate")
    assert "stale" not in challenge_values(challenge)

    proved = with_digest(first, refusal, "101", password("101"))
    assert (await phone.ask(proved)).status == 200
    # The very same bytes once more are a retransmission; another request with the count is a copy.
    assert (await phone.ask(proved)).status == 200
    copied = register(phone, "<sip:thief@127.0.0.1>", call_id=proved.get("Call-ID"), cseq=7)
    copied = replace(copied, "Authorization", proved.get("Authorization"))
    again = await phone.ask(copied)
    assert again.status == 401
    assert challenge_values(again.get("WWW-Authenticate"))["stale"].lower() == "true"
    # A nonce belongs to the address that asked for it.
    stolen = replace(register(thief, thief.contact("101")), "Authorization", proved.get("Authorization"))
    answer = await thief.ask(stolen)
    assert (answer.status, challenge_values(answer.get("WWW-Authenticate"))["stale"].lower()) == (401, "true")

    # The next count with the same nonce is good, until the nonce's second is over.
    count = 1
    while True:
        count += 1
        message = register(phone, phone.contact("101"), cseq=10 + count)
        uri = message.start.split()[1]
        proof = authorization(challenge, "REGISTER", uri, "101", password("101"), count)
        answer = await phone.ask(replace(message, "Authorization", proof))
        if answer.status == 401:
            break
        assert answer.status == 200
    assert count > 2
    assert challenge_values(answer.get("WWW-Authenticate"))["stale"].lower() == "true"
    assert len(await bindings(switch)) == 1


async def test_several_contacts_query_unregister_one_and_all(
    switch_factory: SwitchFactory, raw: RawFactory
) -> None:
    switch = await switch_factory()
    phone = await raw(switch.address)
    desk, soft, lab = (f"sip:101@{phone.address}:{port}" for port in (5060, 5070, 5080))
    answer = await ask(phone, register(phone, f"<{desk}>;q=0.3", f"<{soft}>;q=0.9", f"<{lab}>;q=0.5"))
    assert answer.status == 200
    assert bound(answer) == [soft, lab, desk], "the preferred first"
    assert [re.search(r"q=([\d.]+)", value)[1] for value in answer.all("Contact")] == ["0.9", "0.5", "0.3"]  # type: ignore[index]

    query = await ask(phone, register(phone, expires=None))
    assert (query.status, bound(query)) == (200, [soft, lab, desk])

    one_gone = await ask(phone, register(phone, f"<{soft}>;expires=0"))
    assert bound(one_gone) == [lab, desk]

    bad = await ask(phone, register(phone, "*", expires=60))
    assert bad.status == 400
    assert len(await bindings(switch)) == 2

    nothing = await ask(phone, register(phone, "*", expires=0))
    assert (nothing.status, bound(nothing)) == (200, [])
    assert await bindings(switch) == []


async def test_limits_of_time_and_of_devices(switch_factory: SwitchFactory, raw: RawFactory) -> None:
    address = new_address()
    extensions = {"101": {"password": password("101"), "devices": 2, "transports": ["udp"]}}
    registration = {"algorithms": ["md5"], "min_expires": 30, "max_expires": 600, "default_expires": 120}
    plan = {**dialplan(address, registration=registration), "extensions": extensions}
    switch = await switch_factory(address=address, plan=plan)
    phone = await raw(address)

    brief = await ask(phone, register(phone, phone.contact("101"), expires=10))
    assert (brief.status, brief.get("Min-Expires")) == (423, "30")
    long = await ask(phone, register(phone, phone.contact("101"), expires=86400))
    assert "expires=600" in long.get("Contact")
    usual = await ask(phone, register(phone, phone.contact("101"), expires=None))
    assert "expires=120" in usual.get("Contact")

    second, third = await raw(address), await raw(address)
    assert (await ask(second, register(second, second.contact("101")))).status == 200
    refused = await ask(third, register(third, third.contact("101")))
    assert refused.status == 403
    assert "Limit of 2 Devices" in refused.start

    over_tcp = await raw(address, "tcp")
    assert (await ask(over_tcp, register(over_tcp, over_tcp.contact("101")))).status == 403
    assert len(await bindings(switch)) == 2


async def test_strangers_learn_nothing_and_are_shut_out(
    switch_factory: SwitchFactory, raw: RawFactory
) -> None:
    switch = await switch_factory()
    guesser, honest = await raw(switch.address), await raw(switch.address)

    async def attempt(user: str) -> Message:
        return await guesser.ask_with_digest(
            register(guesser, guesser.contact(user), user=user), user, "guess"
        )

    def shape(answer: Message) -> tuple[str, list[str]]:
        return answer.start, sorted(name for name, _ in answer.headers)

    wrong, unknown = await attempt("101"), await attempt("999")
    assert shape(wrong) == shape(unknown)
    assert wrong.status == 403

    for _ in range(18):
        assert (await attempt("101")).status == 403
    await switch.wait_event("address blocked after too many failed authentications")
    # Blocked: not even the right password from there, while others are served.
    assert (await guesser.register("101", password("101"))).status == 403
    assert (await honest.register("101", password("101"))).status == 200


async def test_nobody_registers_for_another_or_elsewhere(
    switch_factory: SwitchFactory, raw: RawFactory
) -> None:
    switch = await switch_factory()
    phone = await raw(switch.address)
    for_another = replace(register(phone, phone.contact("102")), "To", f"<sip:102@{DOMAIN}>")
    assert (await ask(phone, for_another)).status == 403
    elsewhere = register(phone, phone.contact("101"))
    elsewhere = Message("REGISTER sip:other.example SIP/2.0", elsewhere.headers)
    assert (await phone.ask(elsewhere)).status == 404
    needs = register(phone, phone.contact("101"), extra=[("Require", "path")])
    refused = await phone.ask(needs)
    assert (refused.status, refused.get("Unsupported")) == (420, "path")
    assert await bindings(switch) == []


async def test_requests_out_of_order_change_nothing(switch_factory: SwitchFactory, raw: RawFactory) -> None:
    switch = await switch_factory()
    phone = await raw(switch.address)
    assert (await ask(phone, register(phone, phone.contact("101"), call_id="same", cseq=50))).status == 200
    late = await ask(phone, register(phone, phone.contact("101"), expires=0, call_id="same", cseq=20))
    assert late.status == 500
    assert len(await bindings(switch)) == 1


async def test_ipv6_phones_register_and_ring(
    switch_factory: SwitchFactory, handset: HandsetFactory, raw: RawFactory
) -> None:
    """A phone of each IP version: the switch stands between, and each is told addresses of its own kind."""
    address, port = new_address(), 9060 + lane()
    listen = [f"udp://{address}:5060", f"udp://[::1]:{port}", f"tcp://[::1]:{port}"]
    switch = await switch_factory(
        address=address, plan=dialplan(address, ("101", "102", "103"), listen=listen)
    )
    anna = await handset("101", switch)
    for number, protocol, own in (("102", "udp", 9160 + lane()), ("103", "tcp", 9260 + lane())):
        where = {"port": port, "address": "::1", "local_port": own, "claims": f"[::1]:{own}"}
        phone = Handset(number, await raw("::1", protocol, **where), anna.media)
        await phone.register()
        talk = await anna.dial(number)
        ringing = await phone.called()
        assert b"c=IN IP6 ::1" in ringing.invite.body
        assert f"@[::1]:{port}" in ringing.invite.get("Contact")
        await ringing.refuse(486)
        assert (await talk.final()).status == 486
    listed = {one["number"]: one["address"] for one in await bindings(switch)}
    assert listed["102"] == f"[::1]:{9160 + lane()}"


async def test_the_operator_is_told_who_was_turned_away(
    switch_factory: SwitchFactory, raw: RawFactory
) -> None:
    address = new_address()
    switch = await switch_factory(address=address)
    phone = await raw(address)

    async def refused(user: str, secret: str) -> None:
        message = register(phone, f"<sip:{user}@{phone.claims}>", user=user, call_id=f"boot-{user}-{secret}")
        assert (await phone.ask_with_digest(message, user, secret)).status == 403

    async def turned_away() -> list[tuple[str, str, int]]:
        found = (await switch.control("registrations"))["turned_away"]
        assert all(one["remedy"] and one["address"] == phone.address for one in found)
        return [(one["username"], one["why"], one["times"]) for one in found]

    await refused("101", "wrong")
    await refused("999", "wrong")
    await refused("101", "wronger")
    assert await turned_away() == [("101", "wrong password", 2), ("999", "no such extension", 1)]
    assert (await ask(phone, register(phone, f"<sip:101@{phone.claims}>"))).status == 200
    assert await turned_away() == [("999", "no such extension", 1)]
