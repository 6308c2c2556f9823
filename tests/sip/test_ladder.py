"""Captured messages, as the tap's ring gives them, become a ladder without secrets."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.ladder import Message, parse_capture

INVITE = b"INVITE sip:102@x SIP/2.0\r\nCall-ID: abc\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n"


def record(
    text: bytes,
    at: float = 1.5,
    sent: bool = True,
    transport: int = 1,
    peer: bytes = b"127.0.0.1",
    port: int = 5060,
) -> bytes:
    """As pjsip/tap/capture.c writes it."""
    head = struct.pack("<QIHBB48s", int(at * 1e6), len(text), port, sent, transport, peer)
    return head + text + bytes(-len(head + text) % 8)


def only(text: bytes) -> Message:
    (message,) = parse_capture(record(text))
    return message


def test_all_that_was_captured_in_its_order() -> None:
    first, second = parse_capture(
        record(INVITE, 1.25) + record(b"SIP/2.0 100 Trying\r\n\r\n", 2.5, False, 3, b"::1", 5061)
    )
    assert (first.at, first.sent, first.transport, first.peer) == (1.25, True, "udp", "127.0.0.1:5060")
    assert (second.at, second.sent, second.transport, second.peer) == (2.5, False, "tls", "[::1]:5061")
    assert first.text == INVITE.decode().replace("\r\n", "\n")


def test_titles() -> None:
    assert only(INVITE).title == "INVITE (SDP)"
    assert only(b"BYE sip:x SIP/2.0\r\n\r\n").title == "BYE"
    assert only(b"SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\n\r\n").title == "180 Ringing (INVITE)"
    assert only(b"SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\nv=0\r\n").title == "200 OK (INVITE, SDP)"


def test_headers_in_any_case_and_the_short_call_id() -> None:
    assert only(b"BYE sip:x SIP/2.0\r\ni: short\r\n\r\n").call_id == "short"
    assert only(b"BYE sip:x SIP/2.0\r\ncall-id :  long\r\n\r\n").call_id == "long"
    assert only(b"BYE sip:x SIP/2.0\r\n\r\n").header("Via") == ""


def test_secrets_are_not_shown() -> None:
    text = (
        b'REGISTER sip:x SIP/2.0\r\nauthorization: Digest response="5ec7e7",\r\n opaque="5ec7e7"\r\n'
        b"Proxy-Authorization : x 5ec7e7\r\n"
        b'WWW-Authenticate: Digest nonce="5ec7e7"\r\nProxy-Authenticate: 5ec7e7\r\n\r\n'
        b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:5ec7e7\r\n"
    )
    shown = only(text).text
    assert "5ec7e7" not in shown
    assert shown.count("(not shown)") == 5


def test_a_record_cut_short_ends_the_list() -> None:
    assert parse_capture(b"") == []
    assert parse_capture(record(INVITE)[:20]) == []


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=6))
def test_whatever_was_on_the_wire_every_record_is_found(texts: list[bytes]) -> None:
    messages = parse_capture(b"".join(record(text, at=number) for number, text in enumerate(texts)))
    assert [message.at for message in messages] == list(range(len(texts)))
    for message in messages:
        assert "\r\n" not in message.text
        assert message.start_line in message.text
