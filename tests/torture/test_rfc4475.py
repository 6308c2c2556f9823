"""RFC 4475: each message gets the answer that the RFC wants or none, and the switch goes on as before."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from tests.rig.message import Message, authorization, new_token, parse, request
from tests.rig.ports import new_address
from tests.rig.raw import Protocol, Raw, ack
from tests.rig.switch import Switch, dialplan, password
from tests.rig.waiting import PATIENCE
from tests.torture.call import call
from tests.torture.catalogue import CASES, SILENCE, Case
from tests.torture.fuzzer import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOMAIN = "example.com"
OURS = f"<sip:101@{DOMAIN}>"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def switch(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Switch]:
    """One for all messages: what one of them breaks, the next one finds broken."""
    address = new_address()
    plan = dialplan(address, domain=DOMAIN)
    plan["extensions"]["101"]["devices"] = 20
    switch = await Switch.start(tmp_path_factory.mktemp("torture"), plan, address)
    yield switch
    await switch.process.stop(within=5.0)
    switch.check_log()


@asynccontextmanager
async def party(switch: Switch, protocol: Protocol = "udp") -> AsyncIterator[Raw]:
    # Answers over UDP go to the port in Via, or 5060.
    raw = await Raw.open(switch.address, protocol, local_port=5060 if protocol == "udp" else free_port())
    try:
        yield raw
    finally:
        await raw.close()


def options(raw: Raw) -> Message:
    return request("OPTIONS", f"sip:{DOMAIN}", via=raw.via, from_=OURS, to=f"<sip:{DOMAIN}>")


async def answers_that_came(switch: Switch, raw: Raw, awaited: int) -> list[int]:
    """Every status that came; all answers are here when one to a later request is."""
    for _ in range(awaited):
        await raw.receive(lambda m: m.status >= 200, "answer")
    async with party(switch) as other:
        assert (await other.ask(options(other))).status == 200
    return [m.status for m in raw.inbox.items if m.status >= 200]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_over_udp(switch: Switch, case: Case) -> None:
    async with party(switch) as raw:
        await raw.send(case.data)
        wanted = [status for status in case.udp if status != SILENCE]
        later = options(raw)
        assert (await raw.ask(later)).status == 200  # datagrams keep their order
        came = [m.status for m in raw.inbox.items if m.get("Call-ID") != later.get("Call-ID")]
        assert came == wanted, case.wants
    switch.check_log()


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_over_tcp(switch: Switch, case: Case) -> None:
    wanted = [status for status in case.tcp or case.udp if status != SILENCE]
    async with party(switch, "tcp") as raw:
        await raw.send(case.data)
        if case.stream == "in step":
            later = options(raw)
            assert (await raw.ask(later)).status == 200
            came = [m.status for m in raw.inbox.items if m.get("Call-ID") != later.get("Call-ID")]
        else:
            came = await answers_that_came(switch, raw, len(wanted))
        assert came == wanted, case.wants
        if case.stream == "closed":
            await asyncio.wait_for(raw.closed.wait(), PATIENCE)
        else:
            assert not raw.closed.is_set()
    switch.check_log()


@pytest.mark.parametrize("case", [case for case in CASES if case.proved], ids=str)
async def test_with_credentials(switch: Switch, case: Case) -> None:
    """The same from an extension: what hides behind the 401."""
    async with party(switch) as raw:
        data = from_extension(case.data)
        await raw.send(data)
        refusal = await raw.receive(lambda m: m.status >= 200, "answer")
        if refusal.status == 401:
            proved = with_proof(data, refusal)
            await raw.send(proved)
            answer = await raw.receive(lambda m: m.status >= 200, "answer to the proof")
            if answer.method == "INVITE":
                await raw.send(ack(parse(proved), answer))
        else:
            answer = refusal
        assert answer.status == case.proved, f"{case.wants}: {answer.start}"
        check_headers(case, answer)
    switch.check_log()


def check_headers(case: Case, answer: Message) -> None:
    bound = " ".join(answer.all("Contact"))
    match case.name:
        case "invut" | "sdp01":
            assert "application/sdp" in answer.get("Accept")
        case "intmeth" | "esc02" | "mpart01":
            assert "INVITE" in answer.get("Allow")
        case "cparam01":
            assert "<sip:+19725552222@gw1.example.net>" in bound
        case "cparam02":
            assert "<sip:+19725552222@gw1.example.net;unknownparam>" in bound
        case "regescrt":
            assert "<sip:user@example.com>" in bound
        case "escnull":
            assert "<sip:%00@host5.example.com>" in bound
            assert "<sip:%00%00@host5.example.com>" in bound


async def test_unsupported_extensions_are_named(switch: Switch) -> None:
    case = next(case for case in CASES if case.name == "bext01")
    async with party(switch) as raw:
        await raw.send(case.data)
        answer = await raw.receive(lambda m: m.status == 420, "420")
        named = [option.strip() for option in answer.get("Unsupported").split(",")]
        assert named == ["nothingSupportsThis", "nothingSupportsThisEither"]


async def test_a_request_without_most_headers_gets_an_answer_with_what_there_is(switch: Switch) -> None:
    case = next(case for case in CASES if case.name == "insuf")
    async with party(switch) as raw:
        await raw.send(case.data)
        answer = await raw.receive(lambda m: m.status == 400, "400")
        assert answer.get("CSeq") == "193942 INVITE"
        assert "z9hG4bKkdj.insuf" in answer.get("Via")


async def test_a_call_works_after_all_of_them(switch: Switch) -> None:
    async with party(switch) as torturer:
        for case in CASES:
            await torturer.send(case.data)
        await torturer.ask(options(torturer))
    async with party(switch) as caller, party(switch, "tcp") as callee:
        await call(caller, callee, DOMAIN)
    assert (await switch.control("status"))["legs"] == 0
    switch.check_log()


def from_extension(data: bytes) -> bytes:
    """The message in the name of extension 101, and a REGISTER for 101; a transaction of its own."""
    names = rb"from|f|to|t" if data.startswith(b"REGISTER") and b"isbn:" not in data else rb"from|f"
    data = re.sub(
        rb"(?im)^(" + names + rb")([ \t]*):(?:[^;\r\n<]|\r\n[ \t])*(?:<[^>]*>)?",
        rb"\1\2: " + OURS.encode(),
        data,
    )
    # The RFC uses its branches again and again, which PJSIP takes for retransmissions whoever sent them.
    data = re.sub(rb"branch=z9hG4bK\w*", b"branch=z9hG4bK" + new_token().encode(), data, count=1)
    return re.sub(rb"(?im)^(Call-ID|i): ", rb"\1: " + new_token().encode(), data)


def with_proof(data: bytes, refusal: Message) -> bytes:
    """The same bytes with an Authorization header line first."""
    method, uri = data.partition(b"\r\n")[0].decode().split(" ")[:2]
    proof = authorization(refusal.get("WWW-Authenticate"), method, uri, "101", password("101"))
    start, _, rest = data.partition(b"\r\n")
    rest = re.sub(rb"(?m)^Authorization:.*\r\n", b"", rest)
    return start + b"\r\nAuthorization: " + proof.encode() + b"\r\n" + rest
