"""Hand-made messages and hand-made media, against each other and against real phones."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from media.spectrum import frequencies_in, glitches
from tests.conftest import PhoneFactory, SippFactory
from tests.rig import scenarios
from tests.rig.certificate import write_certificate
from tests.rig.message import (
    Message,
    authorization,
    challenge_values,
    parse,
    request,
    response,
    split_stream,
    tagged,
)
from tests.rig.ports import is_bound, new_address, new_rtp_range
from tests.rig.raw import Raw, ack, with_digest
from tests.rig.rtp import RtpPort, decode_mu_law, encode_mu_law
from tests.rig.sipp import User
from tests.rig.waiting import RigError, until

RawFactory = Callable[..., Awaitable[Raw]]
RtpFactory = Callable[..., Awaitable[RtpPort]]

# RFC 7616 §3.9.1: the same request with both algorithms.
CHALLENGE = (
    'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
    'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_of_the_rfc(algorithm: str, expected: str) -> None:
    value = authorization(
        CHALLENGE.format(algorithm), "GET", "/dir/index.html", "Mufasa", "Circle of Life", cnonce=CNONCE
    )
    assert challenge_values(value)["response"] == expected


def test_messages_are_read_as_they_were_written() -> None:
    sent = request(
        "OPTIONS", "sip:x", via="SIP/2.0/UDP a:5060", from_="<sip:a@x>", to="<sip:b@x>", body=b"hello"
    )
    read = parse(sent.encode())
    assert (read.method, read.status, read.body) == ("OPTIONS", 0, b"hello")
    assert read.get("content-length") == "5"
    assert parse(b"SIP/2.0 200 OK\r\nv: x\r\nCSeq: 7\r\n INVITE\r\n\r\n").get("Via") == "x"
    answer = tagged(response(sent, 404), "t1")
    assert (answer.status, answer.tag("To"), answer.tag("From")) == (404, "t1", sent.tag("From"))


def test_a_stream_is_cut_where_content_length_says() -> None:
    one = Message("OPTIONS sip:x SIP/2.0", (("Call-ID", "1"),), b"body")
    data = b"\r\n\r\n" + one.encode() + one.encode()
    buffer = bytearray(data[:-3])
    assert len(split_stream(buffer)) == 1
    buffer += data[-3:]
    assert split_stream(buffer)[0].body == b"body"
    assert buffer == b""


def test_addresses_and_ports_are_given_once() -> None:
    assert len({new_address() for _ in range(1000)}) == 1000
    ranges = [new_rtp_range() for _ in range(20)]
    assert all(ranges[i][1] < ranges[i + 1][0] or ranges[i + 1][0] < ranges[i][0] for i in range(19))


async def test_what_is_bound_is_seen(raw: RawFactory) -> None:
    party = await raw("127.0.0.1")
    assert is_bound(party.address, 5060, "udp")
    assert not is_bound(party.address, 5060, "tcp")
    await party.close()
    await until(lambda: not is_bound(party.address, 5060, "udp"), "the socket is gone")


async def test_a_registration_with_sipp_for_its_client(sipp: SippFactory, raw: RawFactory) -> None:
    registrar = await raw("127.0.0.1", address=new_address())
    client = await sipp(scenarios.register(), registrar.address, users=[User("101", "pw-101")])
    registrar.remote = (client.address, 5060)
    first = await registrar.request("REGISTER")
    challenge = 'Digest realm="office.example", nonce="n1", qop="auth", algorithm=MD5'
    await registrar.send(tagged(response(first, 401, extra=[("WWW-Authenticate", challenge)]), "r"))
    second = await registrar.request("REGISTER")
    proof = challenge_values(second.get("Authorization"))
    again = authorization(challenge, "REGISTER", proof["uri"], "101", "pw-101", cnonce=proof["cnonce"])
    assert proof["response"] == challenge_values(again)["response"]
    assert proof["uri"] == "sip:office.example"
    await registrar.send(tagged(response(second, 200), "r"))
    await client.finished()


class Registrar:
    """Says yes to whatever comes over a TCP or TLS connection."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[Message] = asyncio.Queue()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        buffer = bytearray()
        while data := await reader.read(65536):
            buffer += data
            for message in split_stream(buffer):
                await self.received.put(message)
                writer.write(tagged(response(message, 200), "r").encode())
        writer.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, Path, ssl.SSLContext]:
    """An address, the certificate for it, and what a TLS server there needs."""
    address = new_address()
    file, key = write_certificate(tmp_path / "tls", address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return address, file, context


@pytest.mark.parametrize("transport", ["tcp", "tls"])
async def test_a_connected_phone_registers_where_it_is_told(
    baresip_factory: PhoneFactory, transport: str, certificate: tuple[str, Path, ssl.SSLContext]
) -> None:
    address, file, context = certificate
    registrar = Registrar()
    tls = {"ssl": context} if transport == "tls" else {}
    server = await asyncio.start_server(registrar.serve, address, 5061 if tls else 5060, **tls)
    target = f"{address}:5061" if tls else address
    phone = await baresip_factory("101", transport=transport, registrar=target, expires=600, authority=file)
    await phone.registered()
    message = await registrar.received.get()
    assert message.start == "REGISTER sip:office.example SIP/2.0"
    assert f"transport={transport}" in message.get("Contact")
    await phone.stop()
    server.close()
    await server.wait_closed()


async def test_raw_speaks_tls_and_checks_the_certificate(
    certificate: tuple[str, Path, ssl.SSLContext],
) -> None:
    address, file, context = certificate
    server = await asyncio.start_server(Registrar().serve, address, 5061, ssl=context)
    party = await Raw.open(address, "tls", authority=file)
    assert (await party.register("101", "x")).status == 200
    await party.close()
    server.close()
    await server.wait_closed()


async def test_raw_and_rtp_call_baresip(
    raw: RawFactory, rtp: RtpFactory, baresip_factory: PhoneFactory
) -> None:
    phone = await baresip_factory("102", tone=1000, answer="auto")
    party, media = await raw(phone.address), await rtp()
    invite = request(
        "INVITE",
        f"sip:102@{phone.address}",
        via=party.via,
        from_="<sip:raw@office.example>",
        to=f"<sip:102@{phone.address}>",
        contact=party.contact(),
        body=media.sdp(),
    )
    answer = await party.ask(invite)
    assert answer.status == 200
    await party.send(ack(invite, answer))
    media.send_to(answer.body)
    media.play(440)
    await phone.hears(440)
    heard = await media.heard(1.0)
    assert frequencies_in(heard.samples, heard.rate, [440, 1000]) == {1000}
    assert glitches(heard.last(0.8).samples, heard.rate, 1000) == []
    assert media.quality().lost == 0
    media.hush()
    await media.press("7")
    await phone.dtmf("42#")
    await until(lambda: media.keys() == "42#", "the phone's keys have come", story=lambda: media.keys())
    await phone.wait("CALL_DTMF_START", parameter="7")


async def test_an_unanswered_request_is_an_error_with_the_conversation(raw: RawFactory) -> None:
    party = await raw(new_address())
    sent = request("OPTIONS", "sip:x", via=party.via, from_="<sip:a@x>", to="<sip:b@x>")
    await party.send(sent)
    with pytest.raises(RigError, match=r"(?s)no response to OPTIONS.*>>> OPTIONS"):
        await party.answer_to(sent, within=0.1)


def test_mu_law_is_that_of_g711() -> None:
    assert encode_mu_law(decode_mu_law(bytes(range(256)))) == bytes(
        0xFF if i == 0x7F else i for i in range(256)
    )
    assert [round(v * 32768) for v in decode_mu_law(b"\x00\x80\xff\x8f")] == [-32124, 32124, 0, 16764]


def test_the_second_request_is_a_new_transaction() -> None:
    sent = request("REGISTER", "sip:x", via="SIP/2.0/UDP a:5060", from_="<sip:a@x>", to="<sip:a@x>", cseq=4)
    challenges = [("WWW-Authenticate", CHALLENGE.format(name)) for name in ("SHA-256", "MD5")]
    again = with_digest(sent, response(sent, 401, extra=challenges), "a", "b", "MD5")
    assert again.get("CSeq") == "5 REGISTER"
    assert again.get("Via") != sent.get("Via")
    assert again.get("Call-ID") == sent.get("Call-ID")
    assert "algorithm=MD5" in again.get("Authorization")
