"""The parts that SIPp plays under load: short ladders with stopwatches on them."""

from tests.rig import scenarios
from tests.rig.scenario import (
    CALLED,
    CONTACT,
    Scenario,
    ack_refusal,
    expect,
    expect_request,
    from_caller,
    out_of_dialog,
    pause,
    respond,
    sdp,
)

RINGS = "1"
"""Stopwatch: from the first INVITE, so with the challenge, to 180."""
ANSWERS = "2"
"""Stopwatch: from the INVITE that passes to 200; the callee's ringing is part of it."""
REGISTERS = "1"
"""Stopwatch: from the first REGISTER to 200."""
_TARGET = "sip:[field2]@[domain]"


def _challenge() -> str:
    """SIPp complains once a call if it is to keep the route of a response that has no Contact."""
    return expect(401, auth=True).replace(' rrs="true"', "")


def _starts(step: str, stopwatch: str) -> str:
    return step.replace("<send", f'<send start_rtd="{stopwatch}"', 1)


def _stops(step: str, stopwatch: str) -> str:
    return step.replace("<recv", f'<recv rtd="{stopwatch}"', 1)


def caller(talk: int, *, authenticated: bool) -> Scenario:
    """INVITE, challenge, INVITE, 180, 200, ACK, `talk` ms, BYE. The bare loop does not challenge."""
    invite = out_of_dialog("INVITE", _TARGET, CALLED, (), sdp())
    if authenticated:
        proved = out_of_dialog("INVITE", _TARGET, CALLED, ("[field1]",), sdp())
        start = [_starts(invite, RINGS), expect(100, optional=True), _challenge()]
        start += [ack_refusal(_TARGET), _starts(proved, ANSWERS)]
    else:
        start = [_starts(invite, RINGS)]
    steps = [*start, expect(100, optional=True), _stops(expect(180), RINGS)]
    steps += [_stops(expect(200), ANSWERS) if authenticated else expect(200), from_caller("ACK")]
    steps += [pause(talk), from_caller("BYE"), expect(200)]
    return Scenario("caller", tuple(steps))


def callee(ring: int) -> Scenario:
    """180, 200 after `ring` ms, and the caller hangs up."""
    steps = [expect_request("INVITE"), respond("180 Ringing"), pause(ring), respond("200 OK", sdp())]
    steps += [expect_request("ACK"), expect_request("BYE"), respond("200 OK", own_tag=False)]
    return Scenario("callee", tuple(steps), answers=True)


def register(expires: int = 3600) -> Scenario:
    """REGISTER, challenge, REGISTER, 200. The contact has [field2] in it: one extension, many devices."""
    plain = scenarios.register(expires)
    contact = "Contact: <sip:[field0]-[field2]@[local_ip]:[local_port]>"
    steps = [step.replace(CONTACT, contact) for step in plain.steps]
    steps = [_challenge() if 'response="401"' in step else step for step in steps]
    return Scenario("register", (_starts(steps[0], REGISTERS), *steps[1:-1], _stops(steps[-1], REGISTERS)))
