"""Requests off the wire and the responses that go back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from softswitch.sip.message import MalformedMessage, Request, Response

REGISTER = (
    b"REGISTER sip:office.example SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKabc;rport\r\n"
    b"Max-Forwards: 70\r\n"
    b'From: "Anna Berg" <sip:101@office.example>;tag=f1\r\n'
    b"To: <sip:101@office.example>\r\n"
    b"Call-ID: one@192.0.2.1\r\n"
    b"CSeq: 7 REGISTER\r\n"
    b"Contact: <sip:101@192.0.2.1:5062;transport=udp>;expires=60, <sip:101@192.0.2.2>;q=0.3\r\n"
    b"Content-Length: 0\r\n\r\n"
)


def test_a_request_is_taken_apart() -> None:
    request = Request.parse(REGISTER)
    assert (request.method, request.uri, request.call_id, request.cseq) == (
        "REGISTER",
        "sip:office.example",
        "one@192.0.2.1",
        7,
    )
    assert request.from_.display == "Anna Berg"
    assert request.from_.tag == "f1"
    assert request.to.uri.user == "101"
    assert request.target.host == "office.example"
    assert not request.is_dialog
    assert [str(contact.uri) for contact in request.contacts] == [
        "sip:101@192.0.2.1:5062;transport=udp",
        "sip:101@192.0.2.2",
    ]
    assert not request.has_wildcard_contact
    assert request.via_branch == "z9hG4bKabc"
    assert (request.via.transport, request.via.host, request.via.port) == ("udp", "192.0.2.1", 5062)
    assert request.max_forwards == 70
    assert request.body == b""
    assert request.header("nowhere") is None
    assert request.headers("CONTACT") == (request.header("contact"),)


def test_torture_a_short_tortuous_invite() -> None:
    """RFC 4475 §3.1.1.1: folding, compact forms, odd spacing, escapes, unknown headers."""
    request = Request.parse(
        b"INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0\r\n"
        b"TO :\r\n sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n\r\n"
        b'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n'
        b"MaX-fOrWaRdS: 0068\r\n"
        b"Call-ID: wsinv.ndaksdj@192.0.2.1\r\n"
        b"Content-Length   : 4\r\n"
        b"cseq: 0009\r\n  INVITE\r\n"
        b"Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw\r\n"
        b"s :\r\n"
        b"NewFangledHeader:   newfangled value\r\n continued newfangled value\r\n"
        b"UnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
        b"Content-Type: application/sdp\r\n"
        b"Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
        b"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n"
        b" SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\n"
        b'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n'
        b"  secondparam ; q = 0.33\r\n\r\nv=0\n"
    )
    assert request.cseq == 9
    assert request.max_forwards == 68
    assert request.to.tag == "1918181833n"
    assert request.is_dialog
    assert request.from_.display == 'J Rosenberg \\"'
    assert request.from_.tag == "98asjd8"
    assert (request.via.transport, request.via.host, request.via_branch) == ("udp", "192.0.2.2", "390skdjuw")
    assert len(request.elements("Via")) == 3
    assert request.contacts[0].param("q") == "0.33"
    assert request.contacts[0].param("newparam") == "newvalue"
    assert request.content_type == "application/sdp"
    assert request.body == b"v=0\n"
    assert request.header("subject") == ""


def change(old: bytes, new: bytes) -> bytes:
    assert old in REGISTER
    return REGISTER.replace(old, new)


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"", 400, "Start line"),
        (b"\r\n\r\n", 400, "Start line"),
        (b"hello", 400, "Start line"),
        (change(b"SIP/2.0\r\nVia", b"SIP/7.0\r\nVia"), 505, "Version"),
        (change(b"SIP/2.0\r\nVia", b"HTTP/1.1\r\nVia"), 400, "SIP/2.0"),
        (change(b"REGISTER sip:", b"REGISTER  sip:"), 400, "Start line"),
        (change(b"REGISTER sip:office.example", b"REGISTER <sip:office.example>"), 400, "angle"),
        (change(b"REGISTER sip:", b"REG@STER sip:"), 400, "token"),
        (change(b"CSeq: 7 REGISTER", b"CSeq: 7 INVITE"), 400, "does not match"),
        (change(b"CSeq: 7 ", b"CSeq: 36893488147419103232 "), 400, "CSeq number"),
        (change(b"CSeq: 7 ", b"CSeq: -7 "), 400, "CSeq number"),
        (change(b"CSeq: 7 REGISTER\r\n", b""), 400, "CSeq header missing"),
        (change(b"Max-Forwards: 70", b"Call-ID: two"), 400, "More than one Call-ID"),
        (change(b"Max-Forwards: 70", b"t: <sip:x@y>"), 400, "More than one To"),
        (change(b"Max-Forwards: 70", b"Content-Length: 0"), 400, "More than one Content-Length"),
        (change(b"Content-Length: 0", b"Content-Length: 1"), 400, "shorter"),
        (change(b"Content-Length: 0", b"Content-Length: -999"), 400, "not a number"),
        (change(b"Max-Forwards: 70", b"No colon here"), 400, "colon"),
        (change(b"Max-Forwards: 70", b"Bad Name: 70"), 400, "token"),
        (change(b"Max-Forwards: 70", "\u212a: outbound".encode()), 400, "token"),
        (change(b"Max-Forwards: 70", b"X: a\rb"), 400, "Carriage"),
        (change(b"one@192", b"one @192"), 400, "Space"),
    ],
)
def test_a_malformed_message_names_what_is_wrong(data: bytes, status: int, reason: str) -> None:
    with pytest.raises(MalformedMessage, match=reason) as caught:
        Request.parse(data)
    answer = Response.of_malformed(caught.value)
    assert answer.status == status
    assert reason in answer.reason


@pytest.mark.parametrize(
    ("old", "new", "attribute"),
    [
        (b"<sip:101@office.example>;tag", b"<sip:101@office.example;tag", "from_"),
        (b"To: <sip:", b'To: "open <sip:', "to"),
        (b"SIP/2.0/UDP 192.0.2.1", b"SIP/3.0/UDP 192.0.2.1", "via"),
        (b"Max-Forwards: 70", b"Max-Forwards: 300", "max_forwards"),
        (b"Contact: <sip:101@192.0.2.1", b"Contact: <sip:", "contacts"),
        (b"REGISTER sip:office.example", b"REGISTER office.example", "target"),
    ],
)
def test_deeper_faults_show_when_looked_at(old: bytes, new: bytes, attribute: str) -> None:
    request = Request.parse(change(old, new))
    with pytest.raises(MalformedMessage):
        getattr(request, attribute)


def test_bare_line_feeds_and_leading_empty_lines_are_tolerated() -> None:
    request = Request.parse(b"\r\n\r\n" + REGISTER.replace(b"\r\n", b"\n"))
    assert request.cseq == 7
    assert len(request.contacts) == 2


def test_latin_1_from_an_old_phone_is_read() -> None:
    request = Request.parse(change(b"Anna Berg", b"J\xfcrgen"))
    assert request.from_.display == "Jürgen"


def test_the_body_ends_where_content_length_says() -> None:
    assert Request.parse(change(b"Length: 0\r\n\r\n", b"Length: 2\r\n\r\nabcd")).body == b"ab"
    assert Request.parse(change(b"Content-Length: 0\r\n\r\n", b"\r\nabcd")).body == b"abcd"


def test_a_wildcard_contact_is_seen() -> None:
    request = Request.parse(change(b"Contact: <sip:101@192.0.2.1:5062;transport=udp>;expires=60,", b"m: *,"))
    assert request.has_wildcard_contact
    assert len(request.contacts) == 1


def test_a_response_never_carries_a_line_break() -> None:
    for headers in ((("X", "a\r\nEvil: 1"),), (("X\n", "a"),)):
        with pytest.raises(ValueError, match="line break"):
            Response(200, "OK", headers)
    with pytest.raises(ValueError, match="line break"):
        Response(200, "OK\nEvil: 1")
    with pytest.raises(ValueError, match="out of range"):
        Response(99, "OK")
    assert Response(200, "OK", (("Expires", "60"),)).header("expires") == "60"


PROPERTIES = (
    "from_",
    "to",
    "target",
    "contacts",
    "has_wildcard_contact",
    "via",
    "content_type",
    "max_forwards",
)


def look_at_everything(data: bytes) -> None:
    """Reads every property; anything but MalformedMessage fails the test."""
    try:
        request = Request.parse(data)
    except MalformedMessage as error:
        Response.of_malformed(error)
        return
    for name in PROPERTIES:
        try:
            getattr(request, name)
        except MalformedMessage as error:
            Response.of_malformed(error)


@given(st.binary(max_size=400))
@example(b"A sip: SIP/2.0\nVia:\nFrom:<\nTo:;\nCall-ID:x\nCSeq:1 A\nContact:,<>,*\n\n")
def test_noise_is_malformed_and_nothing_worse(data: bytes) -> None:
    look_at_everything(data)


@given(st.data())
def test_a_damaged_message_is_malformed_and_nothing_worse(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(REGISTER)))
    length = data.draw(st.integers(0, 40))
    piece = data.draw(
        st.one_of(st.binary(max_size=20), st.sampled_from([b'"', b"<", b"%", b"\r\n ", b"*", b";="]))
    )
    look_at_everything(REGISTER[:start] + piece + REGISTER[start + length :])


@pytest.mark.parametrize("piece", [b'"', b"<", b",", b";", b"\\", b" ", b"(", b"%", b'"\\', b"\r\n "])
def test_no_input_takes_more_than_linear_time(piece: bytes) -> None:
    """64 kB of anything is read within the test's time limit: a quadratic scan would take minutes."""
    filler = piece * (60_000 // len(piece))
    for old in (b"Anna Berg", b"z9hG4bKabc", b"<sip:101@192.0.2.2>", b"70"):
        look_at_everything(change(old, filler))
