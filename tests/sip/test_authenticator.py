"""Who gets in, who is asked again, who is shut out."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from phone import REALM, Phone, challenges
from structlog.testing import capture_logs

from softswitch.sip.authenticator import Accepted, Authenticator, Challenged, Extension, Refused, Verdict
from softswitch.sip.digest import Algorithm, HashedPassword
from softswitch.sip.failures import Failures
from softswitch.sip.message import Request, Response
from softswitch.sip.nonces import Nonces
from softswitch.sip.source import Source

BOTH = (Algorithm.SHA_256, Algorithm.MD5)
EXTENSIONS = {
    number: Extension(number, HashedPassword.of(number, REALM, "secret", BOTH)) for number in ("101", "102")
}
EXTENSIONS["103"] = Extension(
    "103", HashedPassword.of("103", REALM, "secret", BOTH), transports=frozenset({"tls"})
)


class World:
    """An authenticator on a clock to turn."""

    def __init__(self) -> None:
        self.now = 1000.0
        clock: Callable[[], float] = lambda: self.now  # noqa: E731 - needs self
        self.authenticator = Authenticator(
            REALM, BOTH, EXTENSIONS.get, Nonces(300.0, clock=clock), Failures(3, 60.0, 100, clock)
        )

    def check(self, request: Request, source: Source) -> Verdict:
        return self.authenticator.check(request, source)

    def challenge(self, phone: Phone) -> Response:
        """Sends a request without credentials and gives the phone the nonce."""
        phone.nonce = ""
        verdict = self.check(phone.request(), phone.source)
        assert isinstance(verdict, Challenged)
        phone.take(verdict.response)
        return verdict.response


@pytest.fixture
def world() -> World:
    return World()


def status(verdict: Verdict) -> int:
    return 200 if isinstance(verdict, Accepted) else verdict.response.status


@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE"])
def test_no_request_passes_without_proof(world: World, method: str) -> None:
    phone = Phone()
    verdict = world.check(phone.request(method=method, uri="sip:102@office.example"), phone.source)
    assert isinstance(verdict, Challenged)
    assert verdict.response.status == 401
    assert list(challenges(verdict.response)) == ["SHA-256", "MD5"]


@pytest.mark.parametrize("algorithm", BOTH)
@pytest.mark.parametrize("qop", [True, False])
def test_proof_opens_the_door(world: World, algorithm: Algorithm, qop: bool) -> None:
    phone = Phone(algorithm=algorithm, qop=qop)
    world.challenge(phone)
    verdict = world.check(phone.request(method="INVITE", uri="sip:102@office.example"), phone.source)
    assert verdict == Accepted(EXTENSIONS["101"])


def test_ack_and_cancel_are_not_for_here(world: World) -> None:
    for method in ("ACK", "CANCEL"):
        with pytest.raises(ValueError, match="match it to its INVITE"):
            world.check(Phone().request(method=method), Phone().source)


def test_a_wrong_password_and_an_unknown_number_look_the_same(world: World) -> None:
    answers = []
    for phone in (Phone(password="wrong"), Phone(number="999")):
        first = world.challenge(phone)
        with capture_logs() as logs:
            second = world.check(phone.request(), phone.source)
        assert isinstance(second, Refused)
        answers.append(([name for name, _ in first.headers], second.response))
        assert [line["log_level"] for line in logs] == ["warning"]
        assert all("response" not in line and phone.password not in map(str, line.values()) for line in logs)
    assert answers[0] == answers[1]
    assert answers[0][1] == Response(403, "Forbidden")


def test_an_expired_nonce_is_stale_and_not_a_failure(world: World) -> None:
    phone = Phone(password="wrong")
    world.challenge(phone)
    world.now += 301
    for _ in range(5):
        verdict = world.check(phone.request(), phone.source)
        assert isinstance(verdict, Challenged)
        assert challenges(verdict.response)["MD5"]["stale"] == "true"
    phone = Phone()
    phone.take(verdict.response)
    assert status(world.check(phone.request(), phone.source)) == 200


def test_a_nonce_of_another_address_is_worthless(world: World) -> None:
    phone = Phone()
    world.challenge(phone)
    assert status(world.check(phone.request(), replace(phone.source, ip="192.0.2.66"))) == 401


def test_a_replay_gets_a_new_challenge_but_a_retransmission_gets_through(world: World) -> None:
    phone = Phone()
    world.challenge(phone)
    request = phone.request(method="INVITE", uri="sip:102@office.example")
    assert world.check(request, phone.source) == Accepted(EXTENSIONS["101"])
    assert world.check(request, phone.source) == Accepted(EXTENSIONS["101"], retransmitted=True)
    replay = phone.request(method="INVITE", uri="sip:102@office.example", count=1)
    verdict = world.check(replay, phone.source)
    assert isinstance(verdict, Challenged)
    assert challenges(verdict.response)["MD5"]["stale"] == "true"
    world.now += 33
    assert status(world.check(request, phone.source)) == 401, "no transaction lives that long"


def test_a_phone_that_never_counts_still_works(world: World) -> None:
    phone = Phone()
    world.challenge(phone)
    for _ in range(3):
        verdict = world.check(phone.request(count=1), phone.source)
        if isinstance(verdict, Challenged):
            phone.take(verdict.response)
            verdict = world.check(phone.request(count=1), phone.source)
        assert isinstance(verdict, Accepted)


def test_a_phone_may_write_its_own_idea_of_the_digest_uri(world: World) -> None:
    phone = Phone()
    world.challenge(phone)
    invite = phone.request(method="INVITE", uri="sip:102@office.example", digest_uri="sip:127.0.0.1:5060")
    assert status(world.check(invite, phone.source)) == 200, "SIPp does so unless told otherwise"


def test_a_captured_proof_is_no_use_for_another_target(world: World) -> None:
    phone = Phone()
    world.challenge(phone)
    proof = {"method": "INVITE", "digest_uri": "sip:102@office.example", "count": 1}
    assert status(world.check(phone.request(uri="sip:102@office.example", **proof), phone.source)) == 200
    stolen = world.check(phone.request(uri="sip:900@office.example", **proof), phone.source)
    assert isinstance(stolen, Challenged)
    assert "stale=true" in str(stolen.response.headers).lower()


def test_nobody_speaks_for_another_extension(world: World) -> None:
    phone = Phone(from_user="102")
    world.challenge(phone)
    verdict = world.check(phone.request(method="INVITE", uri="sip:103@office.example"), phone.source)
    assert isinstance(verdict, Refused)
    assert verdict.response == Response(403, "From Is Another Extension")
    phone.from_user = "anonymous"
    assert (
        status(world.check(phone.request(method="INVITE", uri="sip:103@office.example"), phone.source)) == 200
    )


def test_a_forbidden_transport_is_refused_after_the_proof(world: World) -> None:
    phone = Phone(number="103")
    world.challenge(phone)
    verdict = world.check(phone.request(), phone.source)
    assert isinstance(verdict, Refused)
    assert verdict.response == Response(403, "Transport UDP Not Allowed")
    phone.source = replace(phone.source, transport="tls")
    assert status(world.check(phone.request(), phone.source)) == 200


def test_credentials_for_other_realms_or_algorithms_are_no_credentials(world: World) -> None:
    phone = Phone()
    for line in (
        'Authorization: Digest username="101", realm="elsewhere", nonce="n", uri="sip:a", response="x"',
        f'Authorization: Digest username="101", realm="{REALM}", nonce="n", uri="sip:a", response="x",'
        " algorithm=MD5-sess",
        f'Authorization: Digest username="101", realm="{REALM}", nonce="n", uri="sip:a", response="x",'
        " qop=auth-int, nc=1, cnonce=a",
    ):
        verdict = world.check(phone.request(line), phone.source)
        assert isinstance(verdict, Challenged)
        assert "stale" not in challenges(verdict.response)["MD5"]


def test_malformed_credentials_are_a_bad_request(world: World) -> None:
    verdict = world.check(Phone().request("Authorization: Basic Zm9v"), Phone().source)
    assert isinstance(verdict, Refused)
    assert verdict.response.status == 400


def test_brute_force_shuts_the_address_out_for_a_while(world: World) -> None:
    thief, phone = Phone(password="guess"), Phone()
    world.challenge(phone)
    with capture_logs() as logs:
        for _ in range(10):
            world.challenge(thief) if not thief.nonce else None
            assert status(world.check(thief.request(), thief.source)) in (401, 403)
    assert len(logs) == 4, "three failures and the block"
    assert status(world.check(phone.request(), phone.source)) == 403, "even the right password"
    elsewhere = Phone(source=Source("192.0.2.9", 5060, "udp"))
    world.challenge(elsewhere)
    assert status(world.check(elsewhere.request(), elsewhere.source)) == 200
    world.now += 61
    assert status(world.check(phone.request(), phone.source)) == 200


def test_an_authenticator_without_algorithms_is_refused() -> None:
    with pytest.raises(ValueError, match="name at least one"):
        Authenticator(REALM, (), EXTENSIONS.get)


def test_an_ipv6_customer_counts_as_one() -> None:
    failures = Failures(limit=2, window=60.0, capacity=10, clock=lambda: 0.0)
    failures.add("2001:db8::1")
    assert failures.add("2001:db8::2")
    assert failures.blocked("2001:db8::3")
    assert not failures.blocked("2001:db8:0:1::1")
    failures.add("::ffff:192.0.2.1")
    failures.add("::ffff:192.0.2.1")
    assert not failures.blocked("::ffff:192.0.2.2")


def test_failures_are_remembered_in_bounded_memory() -> None:
    failures = Failures(limit=1, window=60.0, capacity=10, clock=lambda: 0.0)
    for number in range(100):
        failures.add(f"192.0.2.{number}")
    assert len(failures) == 10
    assert failures.blocked("192.0.2.99")
    assert not failures.blocked("192.0.2.1")
    with pytest.raises(ValueError, match="above 0"):
        Failures(limit=0)


def test_who_proves_nothing_is_challenged_without_being_read(world: World) -> None:
    phone = Phone("101")
    for _ in range(3):
        challenge = world.authenticator.challenge(phone.source)
        assert challenge is not None
        phone.take(challenge)
        phone.password = "wrong"
        assert isinstance(world.check(phone.request(), phone.source), Refused)
    assert world.authenticator.challenge(phone.source) is None, "the address is blocked: it hears no more"
    world.now += 61.0
    challenge = world.authenticator.challenge(phone.source)
    assert challenge is not None
    phone.take(challenge)
    phone.password = "secret"
    assert isinstance(world.check(phone.request(), phone.source), Accepted)
