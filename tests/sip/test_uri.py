"""URIs and name-addr: taken apart, compared and put on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from softswitch.sip.headers import MalformedMessage, printable
from softswitch.sip.uri import NameAddr, Uri, name_addr


def test_a_sip_uri_with_everything() -> None:
    uri = Uri.parse("SIP:j%40ne:pw@Office.Example:5070;transport=TCP;lr?Subject=x&Route=y")
    assert (uri.scheme, uri.user, uri.host, uri.port) == ("sip", "j@ne", "office.example", 5070)
    assert uri.param("transport") == "TCP"
    assert uri.param("lr") == ""
    assert uri.headers == "Subject=x&Route=y"
    assert str(uri).startswith("SIP:j%40ne")


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("sip:[2001:DB8::1]:5080", "[2001:db8::1]", 5080),
        ("sips:101@[::1]", "[::1]", None),
        ("sip:101;phone-context=x@192.0.2.1", "192.0.2.1", None),
    ],
)
def test_hosts_of_every_kind(text: str, host: str, port: int | None) -> None:
    uri = Uri.parse(text)
    assert (uri.host, uri.port) == (host, port)


def test_a_telephone_number_loses_its_visual_separators() -> None:
    assert Uri.parse("tel:+1-201-(555).0123;phone-context=a").user == "+12015550123"


def test_a_null_that_is_escaped_is_a_character_like_any_other() -> None:
    assert Uri.parse("sip:null-%00-null@example.com").user == "null-\0-null"  # RFC 4475 §3.1.1.4


def test_old_phones_escape_latin_1() -> None:
    assert Uri.parse("sip:J%FCrgen@a").user == "Jürgen"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "101",
        "sip:",
        "sip:@host",
        "sip:a b@host",
        "sip:101@host:0",
        "sip:101@host:65536",
        "sip:101@host:x",
        "sip:101@[::1",
        "sip:10%1@host",
        "sip:101@host\r\nEvil: yes",
        'sip:101@host"',
        "sip:101@ho<st",
        "1sip:101@host",
        "sip:101@höst",
    ],
)
def test_broken_uris_are_refused(text: str) -> None:
    with pytest.raises(MalformedMessage):
        Uri.parse(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [  # RFC 3261 §19.1.4
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        ("sip:a@b?x=1&y=2", "sip:a@b?y=2&x=1"),
    ],
)
def test_equivalent_by_the_rfc(one: str, other: str) -> None:
    assert Uri.parse(one).equivalent(Uri.parse(other))
    assert Uri.parse(other).equivalent(Uri.parse(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SIP:ALICE@AtLanTa.CoM", "sip:alice@AtlanTa.CoM"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com:6000", "sip:bob@biloxi.com"),
        ("sip:carol@chicago.com?Subject=next%20meeting", "sip:carol@chicago.com"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ("sip:a@b", "sips:a@b"),
        ("mailto:a@b", "mailto:c@d"),
    ],
)
def test_not_equivalent_by_the_rfc(one: str, other: str) -> None:
    assert not Uri.parse(one).equivalent(Uri.parse(other))


@pytest.mark.parametrize(
    ("text", "display", "uri", "tag"),
    [
        ('"Anna \\"A\\" Berg" <sip:101@a;lr>;tag=x', 'Anna "A" Berg', "sip:101@a;lr", "x"),
        ("Anna Berg <sip:101@a>", "Anna Berg", "sip:101@a", None),
        ("sip:101@a;tag=x", "", "sip:101@a", "x"),
        ("<sip:101@a> ; tag = x ", "", "sip:101@a", "x"),
        ('"a <b>" <sip:101@a>', "a <b>", "sip:101@a", None),
        ('""<sip:101@a>', "", "sip:101@a", None),
    ],
)
def test_name_addr_in_all_its_forms(text: str, display: str, uri: str, tag: str | None) -> None:
    address = NameAddr.parse(text)
    assert (address.display, str(address.uri), address.tag) == (display, uri, tag)


@pytest.mark.parametrize(
    "text", ['"Anna <sip:101@a>', '"Anna" sip:101@a', "<sip:101@a", "<sip:101@a> tag=x", "*"]
)
def test_broken_name_addr_is_refused(text: str) -> None:
    with pytest.raises(MalformedMessage):
        NameAddr.parse(text)


_texts = st.text(alphabet=st.characters(codec="utf-8"))


@given(_texts, _texts.filter(printable), _texts)
def test_what_is_put_on_the_wire_reads_back_and_cannot_end_the_line(
    display: str, user: str, tag: str
) -> None:
    built = Uri("sip", user, "office.example", 5060, (("transport", "tcp"), ("x", user)))
    line = str(NameAddr(built, display, (("tag", tag),)))
    assert len(line.splitlines()) == 1
    back = NameAddr.parse(line)
    assert back.display == printable(display)
    assert back.uri.user == printable(user)
    assert back.uri.host == "office.example"
    assert (back.tag or "") == printable(tag)


def test_name_addr_from_text_checks_the_uri() -> None:
    assert name_addr("Anna", "sip:101@a", "t") == '"Anna" <sip:101@a>;tag=t'
    with pytest.raises(MalformedMessage):
        name_addr("Anna", "sip:101@a>\r\nEvil: yes")
