"""SIPp's parts played against each other: every ladder that needs no switch between its two sides."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from media.spectrum import frequencies_in
from tests.conftest import PhoneFactory, SippFactory
from tests.rig import scenarios
from tests.rig.message import response, tagged
from tests.rig.ports import new_address
from tests.rig.raw import Raw
from tests.rig.scenario import Scenario
from tests.rig.sipp import User
from tests.rig.waiting import RigError

CALLER = User("101", "pw-101", "102")

TIMER = ["Supported: timer", "Session-Expires: 90;refresher=uac"]
CALLER_TAKES_UPDATE = scenarios.caller_takes("UPDATE", extra=["Supported: timer"])
CALLER_TAKES_INVITE = scenarios.caller_takes("INVITE", extra=["Supported: timer"])
CALLER_IS_HELD = scenarios.caller_takes("INVITE", "INVITE", answers=["recvonly"])

PAIRS = [
    (scenarios.callee(), scenarios.caller()),
    (scenarios.callee(early_media=True), scenarios.caller()),
    (scenarios.callee(), scenarios.late_offer()),
    (scenarios.callee_hangs_up(), scenarios.caller_hears_hangup()),
    (scenarios.callee_refuses(), scenarios.caller_refused(486)),
    (scenarios.callee_refuses("603 Decline"), scenarios.caller_refused(603)),
    (scenarios.callee_redirects("sip:103@127.0.0.1"), scenarios.caller_refused(302)),
    (scenarios.callee_never_answers(), scenarios.caller_cancels()),
    (scenarios.callee_vanishes(), scenarios.caller_vanishes()),
    (scenarios.info_callee(), scenarios.info_dtmf_caller()),
    (scenarios.info_callee(), scenarios.info_dtmf_caller(relay=False)),
    (scenarios.prack_callee(), scenarios.prack_caller()),
    (scenarios.callee_takes("UPDATE", answers=["sendrecv"]), scenarios.update_caller()),
    (scenarios.callee_takes("INVITE", "INVITE", answers=["recvonly", "sendrecv"]), scenarios.hold_caller()),
    (scenarios.callee_takes("INVITE", "INVITE", answers=["inactive"]), scenarios.hold_caller("inactive")),
    (scenarios.callee_takes("UPDATE", extra=TIMER), scenarios.session_timer_caller()),
    (scenarios.callee_takes("INVITE", extra=TIMER), scenarios.session_timer_caller(refresh="INVITE")),
    (scenarios.session_timer_callee(), CALLER_TAKES_UPDATE),
    (scenarios.session_timer_callee(refresh="INVITE"), CALLER_TAKES_INVITE),
    (scenarios.hold_callee(), CALLER_IS_HELD),
]


def unchallenged(scenario: Scenario) -> Scenario:
    """The same part for a far end that does not challenge: no 401, no ACK to it, no second attempt."""
    at = next(i for i, step in enumerate(scenario.steps) if 'response="401"' in step)
    after = at + (2 if "\nACK " in scenario.steps[at + 1] else 1)
    return Scenario(scenario.name, (scenario.steps[0], *scenario.steps[after + 1 :]), scenario.answers)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize(("callee", "caller"), PAIRS, ids=lambda part: part.name.replace(" ", "-"))
async def test_both_sides_of_the_ladder_fit(
    sipp: SippFactory, callee: Scenario, caller: Scenario, transport: str
) -> None:
    called = await sipp(callee, "127.0.0.1", transport=transport)
    calling = await sipp(unchallenged(caller), called.address, users=[CALLER], transport=transport)
    outcomes = await asyncio.gather(calling.finished(), called.finished())
    assert [(outcome.succeeded, outcome.failed) for outcome in outcomes] == [(1, 0), (1, 0)]


async def test_a_call_that_ends_otherwise_is_an_error_with_its_messages(sipp: SippFactory) -> None:
    called = await sipp(scenarios.callee_refuses("404 Not Found"), "127.0.0.1")
    calling = await sipp(unchallenged(scenarios.caller()), called.address, users=[CALLER])
    with pytest.raises(RigError, match=r"(?s)exit code 1, 1 calls failed.*404 Not Found"):
        await calling.finished()


async def test_many_calls_are_counted(sipp: SippFactory) -> None:
    called = await sipp(scenarios.callee(ring=0), "127.0.0.1", calls=20)
    calling = await sipp(
        unchallenged(scenarios.caller(talk=0)),
        called.address,
        users=[CALLER],
        calls=20,
        rate=100,
        trace=False,
    )
    assert (await calling.finished()).succeeded == 20


async def test_sipp_calls_baresip(sipp: SippFactory, baresip_factory: PhoneFactory) -> None:
    phone = await baresip_factory("102", answer="auto", tone=1000)
    calling = await sipp(unchallenged(scenarios.caller(talk=800)), phone.address, users=[CALLER], echo=True)
    await phone.established()
    await calling.finished()
    await phone.closed()
    heard = phone.heard()  # SIPp sends back what it receives
    assert frequencies_in(heard.samples, heard.rate, [440, 1000]) == {1000}


async def test_baresip_calls_sipp(sipp: SippFactory, baresip_factory: PhoneFactory) -> None:
    called = await sipp(scenarios.callee(), "127.0.0.1")
    phone = await baresip_factory("101")
    await phone.dial(f"sip:102@{called.address}")
    await phone.established()
    await phone.hangup()
    assert (await called.finished()).succeeded == 1


@pytest.mark.parametrize("kind", ["sendonly", "inactive", "0.0.0.0"])  # noqa: S104 - an SDP value
async def test_sipp_holds_baresip(sipp: SippFactory, baresip_factory: PhoneFactory, kind: str) -> None:
    phone = await baresip_factory("102", answer="auto")
    calling = await sipp(
        unchallenged(scenarios.hold_caller(kind, held=100, talk=100)), phone.address, users=[CALLER]
    )
    await calling.finished()
    await phone.closed()


async def test_a_callee_registers_first_from_its_own_address(
    sipp: SippFactory, raw: Callable[..., Awaitable[Raw]]
) -> None:
    registrar = await raw("127.0.0.1", address=new_address())

    async def accept() -> str:
        message = await registrar.request("REGISTER")
        registrar.remote = (message.get("Via").split()[1].split(":")[0], 5060)
        challenge = 'Digest realm="office.example", nonce="n1", qop="auth", algorithm=MD5'
        await registrar.send(tagged(response(message, 401, extra=[("WWW-Authenticate", challenge)]), "r"))
        await registrar.send(tagged(response(await registrar.request("REGISTER"), 200), "r"))
        return registrar.remote[0]

    starting = sipp(scenarios.callee(ring=0), registrar.address, registered_as=User("102", "pw-102"), calls=2)
    called, address = await asyncio.gather(starting, accept())
    assert called.address == address
    calling = await sipp(unchallenged(scenarios.caller(talk=0)), address, users=[CALLER], calls=2)
    assert (await calling.finished()).succeeded == 2
    assert (await called.finished()).succeeded == 2
