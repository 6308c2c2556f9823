"""What PJSIP cannot parse is answered as far as RFC 4475 wants it, and never costs more than it should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.unparsable import answer_to, response, without_credentials
from tests.rig.message import parse

HEADERS = (
    b"Via: SIP/2.0/UDP a.example;branch=z9hG4bKx\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\n"
    b"Call-ID: abc\r\nCSeq: 7 INVITE\r\nX: y\r\n"
)


def message(start: bytes, headers: bytes = HEADERS) -> bytes:
    return start + b"\r\n" + headers + b"\r\n"


@pytest.mark.parametrize(
    ("start", "status"),
    [
        (b"INVITE sip:b@x SIP/2.0", 400),
        (b"INVITE  sip:b@x  SIP/2.0", 400),
        (b"INVITE <sip:b@x> SIP/2.0  ", 400),
        (b"!odd-Method0.%*_+`'~ sip:b@x SIP/2.0", 400),
        (b"OPTIONS tel:+1 SIP/2.0", 400),
        (b"OPTIONS SIPS:b@x SIP/2.0", 400),
        (b"OPTIONS unknown:opaque SIP/2.0", 416),
        (b"OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0", 416),
        (b"OPTIONS sip:b@x SIP/7.0", 505),
        (b"OPTIONS http://x SIP/3.14", 505),
    ],
)
def test_status(start: bytes, status: int) -> None:
    answer = answer_to(message(start))
    assert answer is not None
    assert parse(answer).status == status


@pytest.mark.parametrize(
    "start",
    [b"", b"ACK sip:b@x SIP/2.0", b"SIP/2.0 200 OK", b"INVITE sip:b@x", b"INVITE sip:b@x HTTP/1.1",
     b"IN(VITE sip:b@x SIP/2.0", b"INVITE SIP/2.0", b"M" * 65 + b" sip:b@x SIP/2.0"],
)  # fmt: skip
def test_silence(start: bytes) -> None:
    assert answer_to(message(start)) is None


def test_silence_without_a_via() -> None:
    assert answer_to(message(b"INVITE sip:b@x SIP/2.0", b"From: <sip:a@x>\r\nTo: <sip:b@x>\r\n")) is None


def test_what_must_be_repeated_is() -> None:
    second = b"v: SIP/2.0/TCP b.example\r\n"
    answer = answer_to(message(b"INVITE sip:b@x SIP/2.0", HEADERS + second))
    assert answer is not None
    read = parse(answer)
    assert read.all("Via") == ["SIP/2.0/UDP a.example;branch=z9hG4bKx", "SIP/2.0/TCP b.example"]
    assert (read.get("From"), read.get("Call-ID"), read.get("CSeq")) == ("<sip:a@x>;tag=1", "abc", "7 INVITE")
    assert read.get("To").startswith("<sip:b@x>;tag=")
    assert read.get("X") == ""
    assert read.get("Content-Length") == "0"


def test_of_what_is_there_twice_the_first_counts_and_a_tag_stays() -> None:
    twice = HEADERS.replace(b"<sip:b@x>", b"<sip:b@x>;tag=t") + b"i: other\r\nf: <sip:other@x>\r\n"
    answer = answer_to(message(b"INVITE sip:b@x SIP/2.0", twice))
    assert answer is not None
    read = parse(answer)
    assert (read.all("Call-ID"), read.all("From")) == (["abc"], ["<sip:a@x>;tag=1"])
    assert read.all("To") == ["<sip:b@x>;tag=t"]


def test_folded_lines_become_one() -> None:
    folded = HEADERS.replace(b"To: <", b"To:\r\n  <")
    answer = answer_to(message(b"INVITE sip:b@x SIP/2.0", folded))
    assert answer is not None
    assert parse(answer).get("To").startswith("<sip:b@x>")


def test_headers_of_its_own() -> None:
    answer = response(
        message(b"REGISTER sip:x SIP/2.0"), 401, "Unauthorized", (("WWW-Authenticate", "Digest"),)
    )
    assert answer is not None
    assert parse(answer).get("WWW-Authenticate") == "Digest"


def test_credentials_of_other_schemes_go() -> None:
    foreign = b'Authorization: Basic abc\r\n  folded\r\nAuthorization: Digest username="a"\r\n'
    stripped = without_credentials(
        message(b"REGISTER sip:x SIP/2.0", foreign + HEADERS) + b"Authorization: body\r\n"
    )
    assert stripped == message(b"REGISTER sip:x SIP/2.0") + b"Authorization: body\r\n"


@pytest.mark.parametrize(
    "headers", [b"", b'authorization : digest username="a"\r\n', b"X: Authorization: Basic\r\n"]
)
def test_other_messages_stay(headers: bytes) -> None:
    assert without_credentials(message(b"REGISTER sip:x SIP/2.0", headers + HEADERS)) is None


PIECES = st.lists(
    st.sampled_from(
        [b"INVITE sip:b@x SIP/2.0", b"SIP/2.0 200", b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"Via: ",
         b"To: x",
         b"Authorization: Basic ", b"Authorization: Digest", b"CSeq: ", b"\0", b"\xff", b"x", b";tag="]
    ),
    max_size=40,
)  # fmt: skip


@given(PIECES.map(b"".join) | st.binary(max_size=300))
def test_any_bytes_give_an_answer_that_can_be_read_or_none(data: bytes) -> None:
    for answer in (answer_to(data), answer_to(message(b"INVITE sip:b@x SIP/2.0", data + HEADERS))):
        if answer is not None:
            assert parse(answer).status in (400, 416, 505)
            assert answer.count(b"\r\n\r\n") == 1
            assert answer.endswith(b"\r\n\r\n")
    rest = without_credentials(data)
    assert rest is None or len(rest) < len(data)


@pytest.mark.parametrize(
    "data",
    [b"INVITE " + b" " * 64000, b"INVITE a" + b" a" * 32000 + b"\n", b"INVITE x SIP/2.0\n" + b"Via:" * 16000,
     b"INVITE x SIP/2.0\n" + b"Authorization: x\r" * 4000,
     b"INVITE x SIP/2.0\nAuthorization:" + b" " * 64000 + b"\r",
     b"INVITE x SIP/2.0\n" + b"\r\n \t" * 16000],
)  # fmt: skip
@pytest.mark.timeout(10)
def test_no_message_takes_long(data: bytes) -> None:
    """An expression that goes back and forth over so large a message would need hours."""
    for _ in range(20):
        answer_to(data)
        without_credentials(data)
