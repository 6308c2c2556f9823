"""Whom a trunk names as the caller, whatever it writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.message import MalformedMessage, Request
from softswitch.sip.outside_caller import OutsideCaller, outside_caller


def invite(from_: str, *lines: str) -> Request:
    head = [
        "INVITE sip:+4930123450@192.0.2.1 SIP/2.0",
        "Via: SIP/2.0/UDP 203.0.113.9;branch=z9hG4bK1",
        f"From: {from_};tag=1",
        "To: <sip:+4930123450@192.0.2.1>",
        "Call-ID: 1",
        "CSeq: 1 INVITE",
        *lines,
    ]
    return Request.parse("\r\n".join([*head, "", ""]).encode())


PLAIN = '"Dora" <sip:+491711234567@carrier.example>'


@pytest.mark.parametrize(
    ("from_", "lines", "expected"),
    [
        (PLAIN, (), OutsideCaller("+491711234567", "Dora")),
        ("<sip:0171-123(4)@x.example>", (), OutsideCaller("01711234", "")),
        ("<tel:+49-171-1>", (), OutsideCaller("+491711", "")),
        ("<sip:+49171;phone-context=x@x.example>", (), OutsideCaller("+49171", "")),
        ("<sip:anna-b@x.example>", (), OutsideCaller("anna-b", "")),
        ('"Anonymous" <sip:anonymous@anonymous.invalid>', (), OutsideCaller("anonymous", "")),
        ("<sip:x.example>", (), OutsideCaller("anonymous", "")),
        ('"X" <sip:%22%0d%0aa@x.example>', (), OutsideCaller("anonymous", "")),
        (PLAIN, ("P-Asserted-Identity: <tel:+4930>",), OutsideCaller("+4930", "")),
        (
            PLAIN,
            ('P-Asserted-Identity: "A, B" <sip:+4930@x.example>, <tel:+4931>',),
            OutsideCaller("+4930", "A, B"),
        ),
        (PLAIN, ("P-Asserted-Identity: <sip:x.example>, <tel:+4931>",), OutsideCaller("+4931", "")),
        (PLAIN, ("P-Asserted-Identity: <<",), OutsideCaller("+491711234567", "Dora")),
        (PLAIN, ("P-Preferred-Identity: <tel:+4930>",), OutsideCaller("+491711234567", "Dora")),
        (PLAIN, ("Privacy: none",), OutsideCaller("+491711234567", "Dora")),
        (PLAIN, ("Privacy: header;id",), OutsideCaller("anonymous", "")),
        (f'"{"x" * 100}" <sip:1@x.example>', (), OutsideCaller("1", "x" * 64)),
    ],
)
def test_who_calls(from_: str, lines: tuple[str, ...], expected: OutsideCaller) -> None:
    assert outside_caller(invite(from_, *lines)) == expected


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_it_writes_it_is_fit_to_be_shown(name: str, user: str) -> None:
    try:
        request = invite(f'"{name}" <sip:{user}@x.example>', f"P-Asserted-Identity: {name} <sip:{user}@x>")
        caller = outside_caller(request)
    except (MalformedMessage, UnicodeEncodeError):
        return  # answered with 400
    assert caller.number
    assert caller.number.isascii()
    assert not set(caller.number) & set(" \r\n\"'<>@;:%&?=/\\")
    assert not set(caller.name) & set("\r\n\x00\x7f\u2028")
