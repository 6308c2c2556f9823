"""Digest authentication against the RFCs' own examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.digest import Algorithm, Challenge, Credentials, HashedPassword
from softswitch.sip.headers import MalformedMessage

BOTH = (Algorithm.SHA_256, Algorithm.MD5)
# RFC 7616 §3.9.1
MUFASA = HashedPassword.of("Mufasa", "http-auth@example.org", "Circle of Life", BOTH)
RFC_7616 = (
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="{response}", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
MD5_RESPONSE = "8ca523f5e9506fed4657c9700eebdbec"
SHA_256_RESPONSE = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"


@pytest.mark.parametrize(("algorithm", "response"), [("MD5", MD5_RESPONSE), ("SHA-256", SHA_256_RESPONSE)])
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    credentials = Credentials.parse(RFC_7616.format(algorithm=algorithm, response=response))
    assert credentials.nonce_count == 1
    assert credentials.matches(MUFASA, "GET")
    assert not credentials.matches(MUFASA, "POST")
    assert not credentials.matches(HashedPassword.unguessable(BOTH), "GET")


def test_the_example_of_rfc_2617_without_qop() -> None:
    """The legacy form: response = MD5(HA1:nonce:HA2), worked out with md5sum."""
    password = HashedPassword.of("101", "office.example", "secret", (Algorithm.MD5,))
    ha1 = "d41b11a795a2159883a4f8ceb58e5233"
    assert password.for_algorithm(Algorithm.MD5) == ha1
    credentials = Credentials.parse(
        'Digest username="101",realm="office.example",nonce="n",uri="sip:office.example",'
        'response="0DCED32BFB939C711A2B04A23BA0F7C9"'
    )
    assert credentials.qop is None
    assert credentials.nonce_count is None
    assert credentials.algorithm is Algorithm.MD5
    assert credentials.matches(password, "REGISTER")
    assert not credentials.matches(password, "INVITE")


def test_a_challenge_has_one_header_per_algorithm_in_order() -> None:
    challenge = Challenge('off"ice', "abc", BOTH, stale=True)
    assert challenge.headers() == (
        (
            "WWW-Authenticate",
            'Digest realm="off\\"ice", nonce="abc", algorithm=SHA-256, qop="auth", stale=true',
        ),
        ("WWW-Authenticate", 'Digest realm="off\\"ice", nonce="abc", algorithm=MD5, qop="auth", stale=true'),
    )
    assert "stale" not in Challenge("a", "b", BOTH).headers("Proxy-Authenticate")[0][1]


@pytest.mark.parametrize("algorithm", ["MD5-sess", "SHA-512-256", "token"])
def test_an_unknown_algorithm_never_matches(algorithm: str) -> None:
    credentials = Credentials.parse(RFC_7616.format(algorithm=algorithm, response=MD5_RESPONSE))
    assert credentials.algorithm is None
    assert not credentials.matches(MUFASA, "GET")


def test_an_algorithm_that_was_not_prepared_never_matches() -> None:
    only_sha = HashedPassword.of("Mufasa", "http-auth@example.org", "Circle of Life", (Algorithm.SHA_256,))
    credentials = Credentials.parse(RFC_7616.format(algorithm="md5", response=MD5_RESPONSE))
    assert credentials.algorithm is Algorithm.MD5
    assert not credentials.matches(only_sha, "GET")


def test_auth_int_was_not_offered_and_never_matches() -> None:
    text = RFC_7616.format(algorithm="MD5", response=MD5_RESPONSE).replace("qop=auth", "qop=auth-int")
    assert not Credentials.parse(text).matches(MUFASA, "GET")


FULL = RFC_7616.format(algorithm="MD5", response=MD5_RESPONSE)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "not Digest"),
        ("Digest", "without username"),
        (FULL.replace('uri="/dir/index.html", ', ""), "without uri"),
        (FULL.replace("nc=00000001, ", ""), "without nc"),
        (FULL.replace("nc=00000001", "nc=00g"), "nc is not"),
        (FULL.replace("nc=00000001", "nc=000000001"), "nc is not"),
        (FULL.replace("nc=00000001", "nc=-1"), "nc is not"),
        (FULL.replace("qop=auth", "qop=auth, qop=auth"), "malformed at qop"),
        (FULL.replace("qop=auth", "qop=auth nc=2"), "malformed at qop"),
        (FULL + ", =x", "list of name=value"),
        (FULL + ', x="open', "not closed"),
    ],
)
def test_malformed_credentials_say_what_is_wrong(header: str, reason: str) -> None:
    with pytest.raises(MalformedMessage, match=reason):
        Credentials.parse(header)


@given(st.text(max_size=80))
def test_noise_is_malformed_and_nothing_worse(text: str) -> None:
    try:
        credentials = Credentials.parse("Digest " + text)
    except MalformedMessage:
        return
    assert not credentials.matches(MUFASA, "REGISTER")


def test_secrets_do_not_show() -> None:
    assert MD5_RESPONSE not in repr(Credentials.parse(FULL))
    assert str(MUFASA.for_algorithm(Algorithm.MD5)) not in repr(MUFASA)
