"""SIPp's parts in what people do in a call: it transfers, parks, fetches, picks up. Times are milliseconds.

All of them take UPDATE, by which the switch says who is on the line now: SIPp answers that by itself (`-aa`).
"""

from collections.abc import Sequence

from tests.rig.scenario import (
    CALLED,
    CALLED_SIDE,
    Scenario,
    body_must_match,
    challenged,
    expect,
    expect_request,
    from_callee,
    from_caller,
    must_match,
    pause,
    respond,
    sdp,
)

_TARGET = "sip:[field2]@[domain]"
_ALLOW = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE, NOTIFY, REFER, INFO"
_PROVISIONAL = [expect(code, optional=True) for code in (100, 180, 181, 183)]
_BYE_COMES = [expect_request("BYE"), respond("200 OK", own_tag=False)]


def calls(talk: int = 200, extra: Sequence[str] = (), shown: str = "") -> Scenario:
    """A number or a code is dialled and answered; BYE after `talk`, or from the other side with 0.

    `shown`: what P-Asserted-Identity of the 200 must match.
    """
    answered = expect(200, actions=[must_match("P-Asserted-Identity", shown)] if shown else ())
    goes = [pause(talk), from_caller("BYE"), expect(200)] if talk else _BYE_COMES
    return Scenario("calls", (*_call(answered, extra), *goes))


def transfers(target: str, *news: str) -> Scenario:
    """Calls somebody, sends him on by REFER (RFC 3515) and is told these status lines in turn; then BYE."""
    told: list[str] = []
    for line in news:
        told += [
            expect_request("NOTIFY", [must_match("Event", "refer"), body_must_match(f"SIP/2.0 {line}")]),
            respond("200 OK", own_tag=False),
        ]
    refer = from_caller("REFER", [f"Refer-To: <sip:{target}@[domain]>"])
    steps = _call(expect(200))
    return Scenario(
        "transfers", (*steps, pause(100), refer, expect(202), *told, from_caller("BYE"), expect(200))
    )


def answers(hangs_up_after: int = 0, ring: int = 50) -> Scenario:
    """180 and 200; hangs up after so long, or is hung up with 0."""
    answer = [respond("180 Ringing"), pause(ring), respond("200 OK", sdp(), [_ALLOW]), expect_request("ACK")]
    goes = [pause(hangs_up_after), from_callee("BYE", 1), expect(200)] if hangs_up_after else _BYE_COMES
    return Scenario("answers", (expect_request("INVITE", CALLED_SIDE), *answer, *goes), answers=True)


def _call(answered: str, extra: Sequence[str] = ()) -> list[str]:
    invite = challenged("INVITE", _TARGET, CALLED, [_ALLOW, *extra], sdp())
    return [*invite, *_PROVISIONAL, answered, from_caller("ACK")]
