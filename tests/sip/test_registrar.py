"""The registrar against RFC 3261 §10.3, step by step, and against a simple model."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phone import REALM, Phone
from structlog.testing import capture_logs

from softswitch.sip.authenticator import Authenticator, Extension
from softswitch.sip.digest import Algorithm, HashedPassword
from softswitch.sip.location import Bindings, Location
from softswitch.sip.message import Response
from softswitch.sip.nonces import Nonces
from softswitch.sip.registrar import Registrar
from softswitch.sip.registration import RegistrarSettings
from softswitch.sip.source import Source

BOTH = (Algorithm.SHA_256, Algorithm.MD5)
HASHES = {number: HashedPassword.of(number, REALM, "secret", BOTH) for number in ("101", "102")}


class World:
    """A registrar for 101 (three devices) and 102, with a clock to turn."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.extensions = {number: Extension(number, hashed, devices=3) for number, hashed in HASHES.items()}
        self.location = Location(clock=lambda: self.now)
        authenticator = Authenticator(
            REALM, BOTH, lambda number: self.extensions.get(number), Nonces(1e6, clock=lambda: self.now)
        )
        self.registrar = Registrar(
            RegistrarSettings(REALM, aliases=frozenset({"pbx"}), min_expires=60, max_expires=7200),
            authenticator,
            self.location,
            lambda: self.now,
        )

    def send(self, phone: Phone, *lines: str, cseq: int | None = None, uri: str = "") -> Response:
        """A REGISTER with proof."""
        if not phone.nonce:
            cseq_before = phone.cseq
            phone.take(self.registrar.handle(phone.request(), phone.source))
            phone.cseq = cseq_before
        return self.registrar.handle(phone.request(*lines, cseq=cseq, uri=uri), phone.source)

    def bound(self, number: str = "101") -> set[str]:
        return {one.contact for one in self.location.bindings(number)}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def phone() -> Phone:
    return Phone()


A, B, C, D = (f"sip:101@10.0.0.{number}:5060" for number in range(1, 5))


def contact(uri: str, params: str = "") -> str:
    return f"Contact: <{uri}>{params}"


def contacts(response: Response) -> list[str]:
    return [value for name, value in response.headers if name == "Contact"]


def test_a_phone_registers_and_is_found_where_it_spoke_from(world: World, phone: Phone) -> None:
    with capture_logs() as logs:
        response = world.send(phone, contact(A), "Expires: 600", "User-Agent: Snom\x07/8")
    assert (response.status, response.reason) == (200, "OK")
    assert response.headers == (
        ("Contact", f"<{A}>;expires=600"),
        ("Expires", "600"),
        ("Date", "Tue, 14 Nov 2023 22:13:20 GMT"),
    )
    (one,) = world.location.bindings("101")
    assert (one.contact, one.source, one.q, one.user_agent) == (A, phone.source, 1.0, "Snom/8")
    assert one.expires_at == world.now + 600
    (line,) = logs
    assert (line["event"], line["log_level"], line["aor"]) == ("registered", "info", "101")


def test_without_proof_nothing_happens(world: World, phone: Phone) -> None:
    response = world.registrar.handle(phone.request(contact(A)), phone.source)
    assert response.status == 401
    phone.take(response)
    phone.password = "wrong"
    assert world.send(phone, contact(A)).status == 403
    assert world.bound() == set()


def test_a_query_lists_and_changes_nothing(world: World, phone: Phone) -> None:
    world.send(phone, contact(A, ';q=0.25;expires=600;+sip.instance="<urn:uuid:1>";reg-id=2'))
    world.send(phone, contact(B))
    world.now += 10.4
    response = world.send(phone)
    assert contacts(response) == [
        f"<{B}>;expires=3590",
        f'<{A}>;expires=590;q=0.25;+sip.instance="<urn:uuid:1>";reg-id=2',
    ]
    assert response.header("Expires") is None


def test_several_contacts_in_one_request(world: World, phone: Phone) -> None:
    world.send(phone, f"Contact: <{A}>;expires=100, <{B}>;q=0.5;expires=200")
    assert {one.contact: one.expires_at - world.now for one in world.location.bindings("101")} == {
        A: 100,
        B: 200,
    }


def test_unregistering_one_and_all(world: World, phone: Phone) -> None:
    world.send(phone, contact(A), contact(B), contact(C))
    with capture_logs() as logs:
        assert len(contacts(world.send(phone, contact(A, ";expires=0")))) == 2
    assert [line["event"] for line in logs] == ["unregistered"]
    assert world.bound() == {B, C}
    response = world.send(phone, "Contact: *", "Expires: 0")
    assert (response.status, contacts(response)) == (200, [])
    assert world.bound() == set()


@pytest.mark.parametrize(
    "lines",
    [
        ("Contact: *", "Expires: 60"),
        ("Contact: *",),
        ("Contact: *", contact(A), "Expires: 0"),
        ("Contact: *, *", "Expires: 0"),
    ],
)
def test_a_wildcard_stands_alone_with_expires_0(world: World, phone: Phone, lines: tuple[str, ...]) -> None:
    world.send(phone, contact(A))
    assert world.send(phone, *lines).status == 400
    assert world.bound() == {A}


@pytest.mark.parametrize(
    ("lines", "granted"),
    [
        ((contact(A),), 3600),
        ((contact(A), "Expires: 100"), 100),
        ((contact(A, ";expires=90"), "Expires: 100"), 90),
        ((contact(A), "Expires: 60"), 60),
        ((contact(A), "Expires: 99999999"), 7200),
        ((contact(A), "Expires: 99999999999999"), 7200),
        ((contact(A), "Expires: soon"), 3600),
        ((contact(A, ";expires=-5"),), 3600),
    ],
)
def test_expires_is_kept_within_limits(
    world: World, phone: Phone, lines: tuple[str, ...], granted: int
) -> None:
    assert contacts(world.send(phone, *lines)) == [f"<{A}>;expires={granted}"]


def test_too_brief_is_refused_with_the_minimum(world: World, phone: Phone) -> None:
    response = world.send(phone, contact(A, ";expires=600"), contact(B, ";expires=59"))
    assert (response.status, response.header("Min-Expires")) == (423, "60")
    assert world.bound() == set(), "all or nothing"


def test_other_peoples_bindings_are_out_of_reach(world: World, phone: Phone) -> None:
    phone.to = "sip:102@office.example"
    assert world.send(phone, contact(A)).status == 403
    phone.to, phone.from_user = "", "102"
    assert world.send(phone, contact(A)).status == 403
    assert world.bound() | world.bound("102") == set()


def test_only_our_domain_is_served(world: World, phone: Phone) -> None:
    assert world.send(phone, contact(A), uri="sip:elsewhere.example").status == 404
    phone.to = "sip:101@elsewhere.example"
    assert world.send(phone, contact(A)).status == 404
    for host in ("pbx", "192.0.2.5", "[2001:db8::5]", "OFFICE.example"):
        phone.domain, phone.to = host, ""
        assert world.send(phone, contact(A)).status == 200
    assert world.send(phone, contact(A), uri="tel:101").status == 416
    phone.to = "tel:101"
    assert world.send(phone, contact(A)).status == 400


def test_required_extensions_are_named_as_unsupported(world: World, phone: Phone) -> None:
    response = world.send(phone, contact(A), "Require: path, outbound")
    assert (response.status, response.header("Unsupported")) == (420, "path, outbound")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (contact("tel:101"), "Not a SIP URI"),
        (contact("mailto:a@b"), "Not a SIP URI"),
        (contact("sips:101@10.0.0.1"), "TLS"),
        (contact(A, ";q=1.1"), "q Is Not"),
        (contact(A, ";q=-1"), "q Is Not"),
        (contact(A, ";q=nan"), "q Is Not"),
        (contact(A, ";q="), "q Is Not"),
        (contact("sip:" + "1" * 600 + "@a"), "Longer"),
        (contact("sip:a b@c"), "escaped"),
        (f"Contact: <{A}>, <{A}>;q=0.5", "Twice"),
        ("Contact: <sip:a@b", "not closed"),
    ],
)
def test_a_bad_contact_is_a_bad_request(world: World, phone: Phone, line: str, reason: str) -> None:
    with capture_logs() as logs:
        response = world.send(phone, line)
    assert response.status == 400
    assert reason in response.reason
    assert [log["log_level"] for log in logs] == ["warning"]
    assert world.bound() == set()


def test_headers_hidden_in_a_contact_are_cut_off(world: World, phone: Phone) -> None:
    world.send(phone, contact(A + "?Route=%3Csip:evil%3E"))
    assert world.bound() == {A}


def test_a_sips_contact_over_tls_is_taken(world: World, phone: Phone) -> None:
    phone.source = replace(phone.source, transport="tls", connection="c1")
    assert world.send(phone, contact("sips:101@10.0.0.1")).status == 200


def test_a_retransmission_gets_the_same_answer_and_changes_nothing(world: World, phone: Phone) -> None:
    world.send(phone)  # takes the nonce
    request = phone.request(contact(A), contact(B, ";expires=600"))
    first = world.registrar.handle(request, phone.source)
    before = world.location.bindings("101")
    assert world.registrar.handle(request, phone.source) == first
    assert world.location.bindings("101") is before
    leave = phone.request(contact(A, ";expires=0"))
    first = world.registrar.handle(leave, phone.source)
    assert world.registrar.handle(leave, phone.source) == first
    assert world.bound() == {B}


@pytest.mark.parametrize("cseq", [5, 4])
def test_an_old_cseq_changes_nothing(world: World, phone: Phone, cseq: int) -> None:
    world.send(phone, contact(A), "Expires: 600", cseq=5)
    for lines in ((contact(A), "Expires: 900"), (contact(A, ";expires=0"),), ("Contact: *", "Expires: 0")):
        assert world.send(phone, *lines, cseq=cseq).status == 500
    assert world.location.bindings("101")[0].expires_at == world.now + 600
    other_boot = replace(phone, call_id="boot-2", nonce="")
    assert world.send(other_boot, contact(A), cseq=1).status == 200


def test_one_old_contact_spoils_the_whole_request(world: World, phone: Phone) -> None:
    world.send(phone, contact(A), cseq=5)
    assert world.send(phone, contact(B), contact(A), "Expires: 900", cseq=5).status == 500
    assert world.bound() == {A}


def test_a_late_copy_cannot_revive_what_was_unregistered(world: World, phone: Phone) -> None:
    world.send(phone, contact(A), cseq=5)
    world.send(phone, contact(A, ";expires=0"), cseq=6)
    assert world.send(phone, contact(A), cseq=5).status == 500
    assert world.bound() == set()
    assert world.send(phone, contact(A), cseq=7).status == 200
    world.send(phone, "Contact: *", "Expires: 0", cseq=8)
    assert world.send(phone, contact(A), cseq=7).status == 500


def test_an_address_change_in_one_request_survives_its_retransmission(world: World, phone: Phone) -> None:
    """What PJSIP sends when its address changes: the new contact and the end of the old one."""
    world.send(phone, contact(A))
    request = phone.request(contact(B), contact(A, ";expires=0"))
    for _ in range(2):
        assert world.registrar.handle(request, phone.source).status == 200
        assert world.bound() == {B}


def test_the_same_device_replaces_itself(world: World, phone: Phone) -> None:
    one, other = ';+sip.instance="<urn:uuid:1>"', ';+sip.instance="<urn:uuid:2>"'
    world.send(phone, contact(A, one))
    registered_at = world.now
    world.now += 100
    with capture_logs() as logs:
        world.send(replace(phone, call_id="boot-2", nonce=""), contact(B, one))
    assert [line["event"] for line in logs] == ["registration moved"]
    (binding,) = world.location.bindings("101")
    assert (binding.contact, binding.registered_at) == (B, registered_at)
    world.send(phone, contact(B, other))
    assert len(world.location.bindings("101")) == 2, (
        "two devices, each with this address in a network of its own"
    )
    world.send(phone, contact(C, one + ";reg-id=1"))
    assert len(world.location.bindings("101")) == 3, "a second flow of the first device"


def test_equivalent_contacts_are_one(world: World, phone: Phone) -> None:
    world.send(phone, contact("sip:%3101@Host.Example;ob"))
    world.send(phone, contact("sip:101@host.example"))
    assert world.bound() == {"sip:101@host.example"}


def test_the_limit_refuses_the_newcomer_and_says_so(world: World) -> None:
    phones = [Phone(call_id=f"p{n}", source=Source(f"192.0.2.{n}", 5060, "udp")) for n in range(4)]
    for phone, uri in zip(phones, (A, B, C), strict=False):
        assert world.send(phone, contact(uri)).status == 200
    response = world.send(phones[3], contact(D))
    assert (response.status, response.reason) == (403, "Limit of 3 Devices Reached")
    assert response.header("Warning") == '399 office.example "extension 101 may register 3 devices"'
    assert world.bound() == {A, B, C}
    assert world.send(phones[0], contact(A)).status == 200, "a refresh is no newcomer"
    moved = world.send(phones[0], contact(D))
    assert moved.status == 200, "the same device at a new address takes the place of its old one"
    assert world.bound() == {B, C, D}


def test_an_unreachable_device_makes_room(world: World) -> None:
    dead = Phone(call_id="dead", source=Source("192.0.2.1", 5060, "tcp", "c1"))
    silent = Phone(call_id="silent", source=Source("192.0.2.2", 5060, "udp"))
    alive = Phone(call_id="alive", source=Source("192.0.2.3", 5060, "udp"))
    for phone, uri in ((dead, A), (silent, B), (alive, C)):
        world.send(phone, contact(uri))
    world.location.connection_lost("c1")
    world.location.measured("101", B, None)
    for number, uri in ((7, D), (8, "sip:101@10.0.0.8"), (9, "sip:101@10.0.0.9")):
        new = Phone(call_id=f"new{number}", source=Source(f"192.0.2.{number}", 5060, "udp"))
        response = world.send(new, contact(uri))
    assert response.status == 403
    assert world.bound() == {C, D, "sip:101@10.0.0.8"}


def test_a_lowered_limit_lets_the_registered_stay(world: World, phone: Phone) -> None:
    world.send(phone, contact(A), contact(B), contact(C))
    world.extensions["101"] = replace(world.extensions["101"], devices=1)
    assert world.send(phone, contact(A), contact(B), contact(C)).status == 200


def test_a_refresh_is_not_news(world: World, phone: Phone) -> None:
    world.send(phone, contact(A))
    world.now += 60
    with capture_logs() as logs:
        world.send(phone, contact(A))
    assert logs == []


URIS = (A, B, C)
_actions = st.lists(
    st.tuples(
        st.sampled_from(["register", "unregister", "all", "wait"]),
        st.integers(0, 1),
        st.integers(1, 6),
        st.sets(st.sampled_from(URIS), min_size=1),
        st.integers(60, 200),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(_actions)
def test_it_agrees_with_a_simple_model(actions: list[tuple[str, int, int, set[str], int]]) -> None:
    """The model: contact → (Call-ID, CSeq, expiry). A request is taken whole or not at all."""
    world = World()
    phones = [Phone(call_id=f"boot-{number}") for number in range(2)]
    model: dict[str, tuple[str, int, float]] = {}
    for action, who, step, uris, seconds in actions:
        phone = phones[who]
        model = {uri: entry for uri, entry in model.items() if entry[2] > world.now}
        if action == "wait":
            world.now += seconds
            world.location.expire()
            continue
        # Mostly forward, sometimes back: what is not newer must change nothing at all.
        phone.cseq += 1
        cseq = phone.cseq if step > 2 else max(phone.cseq - step, 0)
        named = set(model) if action == "all" else uris
        before = world.location.bindings("101")
        if action == "all":
            response = world.send(phone, "Contact: *", "Expires: 0", cseq=cseq)
        else:
            expires = 0 if action == "unregister" else seconds
            response = world.send(
                phone, *(contact(uri, f";expires={expires}") for uri in sorted(uris)), cseq=cseq
            )
        fresh = all(model[uri][0] != phone.call_id or cseq > model[uri][1] for uri in named & set(model))
        if response.status == 200 and world.location.bindings("101") is not before:
            assert fresh, "an old CSeq changed something"
            for uri in named:
                if action == "register":
                    model[uri] = (phone.call_id, cseq, world.now + seconds)
                else:
                    model.pop(uri, None)
        elif response.status != 200:
            assert response.status == 500
            assert step <= 2, "a newer CSeq was refused"
        after: Bindings = world.location.bindings("101")
        assert {one.contact: (one.call_id, one.cseq, one.expires_at) for one in after} == {
            uri: entry for uri, entry in model.items() if entry[2] > world.now
        }
