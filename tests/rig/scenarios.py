"""SIPp's parts to play, each a ladder. Times are milliseconds."""

import hashlib
from collections.abc import Sequence

from tests.rig.scenario import (
    CALLED,
    CALLED_SIDE,
    Scenario,
    ack_refusal,
    body_must_match,
    challenged,
    expect,
    expect_request,
    from_callee,
    from_caller,
    keep,
    must_match,
    out_of_dialog,
    pause,
    play,
    respond,
    sdp,
    send,
)

_HOME = "sip:[domain]"
_SELF = "<sip:[field0]@[domain]>"
_TARGET = "sip:[field2]@[domain]"
_PROVISIONAL = [expect(code, optional=True) for code in (100, 180, 181, 182, 183)]
_BYE = [from_caller("BYE"), expect(200)]
_BYE_COMES = [expect_request("BYE"), respond("200 OK", own_tag=False)]
_INVITED = expect_request("INVITE", CALLED_SIDE)
_RINGING = respond("180 Ringing")
_ANSWER = [respond("200 OK", sdp()), expect_request("ACK")]
_HOLD_KINDS = {"sendonly": "recvonly", "inactive": "inactive"}


def _calling(
    *steps: str, extra: Sequence[str] = (), body: str | None = None, provisional: bool = True
) -> list[str]:
    """The authenticated INVITE, what may come before the answer, and the steps after it."""
    start = challenged("INVITE", _TARGET, CALLED, extra, sdp() if body is None else body)
    return [*start, *(_PROVISIONAL if provisional else []), *steps]


def _taking(requests: Sequence[str], answers: Sequence[str], extra: Sequence[str]) -> list[str]:
    """Requests that come in within the dialog, each with its 200; its SDP has the direction in `answers`."""
    steps: list[str] = []
    for index, method in enumerate(requests):
        direction = answers[index] if index < len(answers) else ("sendrecv" if method == "INVITE" else "")
        body = sdp(direction, version=index + 2) if direction else ""
        invite = method == "INVITE"
        steps += [expect_request(method), respond("200 OK", body, extra, own_tag=False, repeat=invite)]
        steps += [expect_request("ACK")] if invite else []
    return steps


# Registration


def register(expires: int = 3600) -> Scenario:
    """REGISTER with digest; 0 seconds removes the contact again."""
    steps = challenged("REGISTER", _HOME, _SELF, [f"Expires: {expires}"])
    return Scenario("register", (*steps, expect(200)))


def unregister() -> Scenario:
    """Removes this one contact."""
    return register(0)


def register_refused(code: int = 403, expires: int = 3600) -> Scenario:
    """REGISTER whose second attempt is refused with `code`: wrong password, Expires too small…"""
    steps = challenged("REGISTER", _HOME, _SELF, [f"Expires: {expires}"])
    return Scenario("register refused", (*steps, expect(code)))


def options(code: int = 200) -> Scenario:
    """OPTIONS to the switch itself, outside any dialog and unauthenticated."""
    return Scenario("options", (out_of_dialog("OPTIONS", _HOME, "<sip:[domain]>"), expect(code)))


# Calling


def caller(talk: int = 200, file: str | None = None, extra: Sequence[str] = ()) -> Scenario:
    """INVITE, digest, ACK, `talk` milliseconds of call, BYE. `file`: µ-law bytes sent meanwhile."""
    media = [play(file)] if file else []
    steps = _calling(expect(200), from_caller("ACK"), *media, pause(talk), *_BYE, extra=extra)
    return Scenario("caller", tuple(steps))


def caller_refused(code: int) -> Scenario:
    """A call that ends with `code` instead of an answer."""
    return Scenario("caller refused", tuple(_calling(expect(code), ack_refusal(_TARGET))))


def caller_cancels(after: int = 200) -> Scenario:
    """CANCEL `after` milliseconds of ringing; 200 for it, 487 for the INVITE."""
    cancel = send(
        f"CANCEL {_TARGET} SIP/2.0",
        [
            "[last_Via:]",
            "From: <sip:[field0]@[domain]>;tag=[pid]c[call_number]",
            f"To: {CALLED}",
            "Call-ID: [call_id]",
            "CSeq: [cseq] CANCEL",
            "Max-Forwards: 70",
        ],
    )
    steps = challenged("INVITE", _TARGET, CALLED, (), sdp())
    ringing = [expect(100, optional=True), expect(180), pause(after), cancel, expect(200), expect(487)]
    return Scenario("caller cancels", (*steps, *ringing, ack_refusal(_TARGET)))


def caller_hears_hangup() -> Scenario:
    """Calls and waits until the other side ends it."""
    return Scenario("caller hears hangup", tuple(_calling(expect(200), from_caller("ACK"), *_BYE_COMES)))


def caller_takes(*requests: str, answers: Sequence[str] = (), extra: Sequence[str] = ()) -> Scenario:
    """Calls, takes these requests in the dialog as `callee_takes` does, then hangs up. `extra`: of INVITE."""
    steps = _calling(expect(200), from_caller("ACK"), *_taking(requests, answers, ()), *_BYE, extra=extra)
    return Scenario("caller takes " + " ".join(requests), tuple(steps))


def caller_vanishes() -> Scenario:
    """Calls, confirms, and is never heard of again."""
    return Scenario("caller vanishes", tuple(_calling(expect(200), from_caller("ACK"))))


def late_offer(talk: int = 200) -> Scenario:
    """INVITE without SDP: the offer comes in the 200, the answer goes in the ACK (RFC 3264 §5)."""
    answer = from_caller("ACK", body=sdp())
    offered = expect(200, actions=[body_must_match("m=audio [1-9]")])
    return Scenario("late offer", tuple(_calling(offered, answer, pause(talk), *_BYE, body="")))


def prack_caller(talk: int = 200, code: int = 180) -> Scenario:
    """Requires reliable provisional responses (RFC 3262): `code` must come with RSeq and gets its PRACK."""
    start = challenged("INVITE", _TARGET, CALLED, ["Require: 100rel", "Supported: 100rel"], sdp())
    actions = [
        must_match("Require", "100rel"),
        keep("RSeq", "rseq", "[0-9]+"),
        keep("CSeq", "invite", "[0-9]+ INVITE"),
    ]
    reliable = [expect(100, optional=True), expect(code, actions=actions)]
    prack = from_caller("PRACK", ["RAck: [$rseq] [$invite]"])
    rest = [expect(200), *_PROVISIONAL, expect(200), from_caller("ACK"), pause(talk), *_BYE]
    return Scenario("prack caller", (*start, *reliable, prack, *rest))


def session_timer_caller(expires: int = 90, refresh: str = "UPDATE", after: int = 300) -> Scenario:
    """Asks for a session timer (RFC 4028) as the refresher, and refreshes once by UPDATE or re-INVITE."""
    timer = ["Supported: timer", f"Session-Expires: {expires};refresher=uac"]
    granted = expect(200, actions=[must_match("Session-Expires", f"{expires}")])
    body = sdp() if refresh == "INVITE" else ""
    again = [from_caller(refresh, timer, body), expect(100, optional=True), granted]
    if refresh == "INVITE":
        again.append(from_caller("ACK"))
    steps = _calling(granted, from_caller("ACK"), pause(after), *again, *_BYE, extra=timer)
    return Scenario("session timer caller", tuple(steps))


def session_timer_too_small(expires: int = 10) -> Scenario:
    """A Session-Expires below the least allowed is refused: 422 with Min-SE (RFC 4028 §6)."""
    refused = expect(422, actions=[must_match("Min-SE", "[0-9]+")])
    timer = ["Supported: timer", f"Session-Expires: {expires}"]
    return Scenario("session timer too small", tuple(_calling(refused, ack_refusal(_TARGET), extra=timer)))


def hold_caller(kind: str = "sendonly", held: int = 500, talk: int = 300) -> Scenario:
    """Holds and resumes by re-INVITE. `kind`: sendonly, inactive, or 0.0.0.0 as RFC 2543 phones do."""
    if kind == "0.0.0.0":  # noqa: S104 - an SDP value here, nothing is bound
        offer, answered = sdp(address=kind, version=2), "m=audio"
    else:
        offer, answered = sdp(kind, version=2), f"a={_HOLD_KINDS[kind]}"
    steps = _calling(
        expect(200),
        from_caller("ACK"),
        pause(talk),
        from_caller("INVITE", body=offer),
        expect(100, optional=True),
        expect(200, actions=[body_must_match(answered)]),
        from_caller("ACK"),
        pause(held),
        from_caller("INVITE", body=sdp(version=3)),
        expect(100, optional=True),
        expect(200),
        from_caller("ACK"),
        pause(talk),
        *_BYE,
    )
    return Scenario(f"hold caller {kind}", tuple(steps))


def update_caller(talk: int = 200) -> Scenario:
    """A new offer by UPDATE in the confirmed dialog (RFC 3311)."""
    update = [
        from_caller("UPDATE", body=sdp(version=2)),
        expect(200, actions=[body_must_match("m=audio [1-9]")]),
    ]
    steps = _calling(expect(200), from_caller("ACK"), pause(talk), *update, pause(talk), *_BYE)
    return Scenario("update caller", tuple(steps))


def info_dtmf_caller(digits: str = "5", relay: bool = True, between: int = 200) -> Scenario:
    """Keys by INFO: application/dtmf-relay, or application/dtmf with the bare key."""
    keys: list[str] = []
    for digit in digits:
        body = f"Signal={digit}\nDuration=160" if relay else digit
        kind = "application/dtmf-relay" if relay else "application/dtmf"
        keys += [pause(between), from_caller("INFO", body=body, kind=kind), expect(200)]
    return Scenario(
        "info dtmf caller", tuple(_calling(expect(200), from_caller("ACK"), *keys, pause(between), *_BYE))
    )


def trunk_caller(talk: int = 200) -> Scenario:
    """A carrier's call: nobody asks it for proof, it is known by its address."""
    steps = [out_of_dialog("INVITE", _TARGET, CALLED, (), sdp()), *_PROVISIONAL, expect(200)]
    return Scenario("trunk caller", (*steps, from_caller("ACK"), pause(talk), *_BYE))


def trunk_caller_refused(code: int) -> Scenario:
    """A carrier's call that ends with `code`."""
    steps = [out_of_dialog("INVITE", _TARGET, CALLED, (), sdp()), *_PROVISIONAL, expect(code)]
    return Scenario("trunk caller refused", (*steps, ack_refusal(_TARGET)))


# Being called


def _called(name: str, *steps: str) -> Scenario:
    return Scenario(name, (_INVITED, *steps), answers=True)


def callee(ring: int = 100, early_media: bool = False) -> Scenario:
    """180, after `ring` ms 200, and the caller hangs up. `early_media`: 183 with SDP instead of 180."""
    first = respond("183 Session Progress", sdp()) if early_media else _RINGING
    return _called("callee", first, pause(ring), *_ANSWER, *_BYE_COMES)


def callee_hangs_up(talk: int = 200, ring: int = 0) -> Scenario:
    """Answers, and ends the call itself after `talk` milliseconds."""
    return _called(
        "callee hangs up", _RINGING, pause(ring), *_ANSWER, pause(talk), from_callee("BYE", 1), expect(200)
    )


def callee_refuses(status: str = "486 Busy Here", ring: int = 0, extra: Sequence[str] = ()) -> Scenario:
    """180, then refuses: 486 Busy Here, 603 Decline, 302 Moved Temporarily with a Contact in `extra`…"""
    return _called(
        "callee refuses", _RINGING, pause(ring), respond(status, extra=extra), expect_request("ACK")
    )


def callee_redirects(contact: str) -> Scenario:
    """302 to another URI."""
    headers = [
        "[last_Via:]",
        "[last_From:]",
        "[last_To:];tag=[pid]s[call_number]",
        "[last_Call-ID:]",
        "[last_CSeq:]",
    ]
    moved = send("SIP/2.0 302 Moved Temporarily", [*headers, f"Contact: <{contact}>"])
    return _called("callee redirects", moved, expect_request("ACK"))


def callee_never_answers() -> Scenario:
    """Rings until the CANCEL."""
    cancelled = (
        respond("487 Request Terminated")
        .replace("[last_CSeq:]", "CSeq:[$invite]")
        .replace("[last_Via:]", "Via:[$via]")
    )
    invited = expect_request("INVITE", [keep("CSeq", "invite"), keep("Via", "via")])
    steps = (invited, _RINGING, expect_request("CANCEL"), respond("200 OK"), cancelled, expect_request("ACK"))
    return Scenario("callee never answers", steps, answers=True)


def callee_answers_after_cancel() -> Scenario:
    """The race of RFC 3261 §15: the 200 has crossed the CANCEL, so it must get ACK and BYE."""
    invited = expect_request("INVITE", [keep("CSeq", "invite"), keep("Via", "via")])
    answered = (
        respond("200 OK", sdp())
        .replace("[last_CSeq:]", "CSeq:[$invite]")
        .replace("[last_Via:]", "Via:[$via]")
    )
    steps = (invited, _RINGING, expect_request("CANCEL"), respond("200 OK"), answered, expect_request("ACK"))
    return Scenario("callee answers after cancel", (*steps, *_BYE_COMES), answers=True)


def callee_vanishes() -> Scenario:
    """Answers and is never heard of again."""
    return _called("callee vanishes", _RINGING, *_ANSWER)


def callee_is_silent() -> Scenario:
    """Takes the INVITE and says nothing at all."""
    return Scenario("callee is silent", (expect_request("INVITE"), pause(60000)), answers=True)


def prack_callee(ring: int = 100) -> Scenario:
    """Sends 180 reliably, where the caller's side supports it, and wants its PRACK (RFC 3262)."""
    invited = expect_request("INVITE", [*CALLED_SIDE, must_match("Supported", "100rel"), *_INVITE_KEPT])
    ringing = respond("180 Ringing", extra=["Require: 100rel", "RSeq: 1"])
    acknowledged = [
        expect_request("PRACK", [must_match("RAck", "1 [0-9]+ INVITE")]),
        respond("200 OK", own_tag=False),
    ]
    answered = (
        respond("200 OK", sdp())
        .replace("[last_CSeq:]", "CSeq:[$invite]")
        .replace("[last_Via:]", "Via:[$via]")
    )
    answered = answered.replace("[last_To:]", "To:[$local]")
    steps = (invited, ringing, *acknowledged, pause(ring), answered, expect_request("ACK"), *_BYE_COMES)
    return Scenario("prack callee", steps, answers=True)


def session_timer_callee(expires: int = 90, refresh: str = "UPDATE", after: int = 300) -> Scenario:
    """Grants a session timer with itself as refresher, and refreshes once by UPDATE or re-INVITE."""
    timer = ["Supported: timer", "Require: timer", f"Session-Expires: {expires};refresher=uas"]
    own = ["Supported: timer", f"Session-Expires: {expires};refresher=uac"]
    refreshing = [
        from_callee(refresh, 1, own, sdp() if refresh == "INVITE" else ""),
        expect(100, optional=True),
        expect(200),
    ]
    if refresh == "INVITE":
        refreshing.append(from_callee("ACK", 1))
    invited = expect_request("INVITE", [*CALLED_SIDE, must_match("Supported", "timer")])
    answer = [respond("200 OK", sdp(), timer), expect_request("ACK")]
    return Scenario(
        "session timer callee",
        (invited, _RINGING, *answer, pause(after), *refreshing, *_BYE_COMES),
        answers=True,
    )


def hold_callee(kind: str = "sendonly", held: int = 500, talk: int = 300) -> Scenario:
    """The called side holds and resumes by re-INVITE."""
    return _called(
        "hold callee",
        _RINGING,
        *_ANSWER,
        pause(talk),
        from_callee("INVITE", 1, body=sdp(kind, version=2)),
        expect(100, optional=True),
        expect(200, actions=[body_must_match(f"a={_HOLD_KINDS[kind]}")]),
        from_callee("ACK", 1),
        pause(held),
        from_callee("INVITE", 2, body=sdp(version=3)),
        expect(100, optional=True),
        expect(200),
        from_callee("ACK", 2),
        *_BYE_COMES,
    )


def callee_takes(*requests: str, answers: Sequence[str] = (), extra: Sequence[str] = ()) -> Scenario:
    """Answers, then takes these requests in the dialog (INFO, UPDATE, INVITE), and the caller hangs up.

    `answers`: the direction of the SDP in each response; without it INVITE gets sendrecv and others no SDP.
    `extra`: headers of every 200.
    """
    answered = [respond("200 OK", sdp(), extra), expect_request("ACK")]
    steps = [_RINGING, *answered, *_taking(requests, answers, extra), *_BYE_COMES]
    return _called("callee takes " + " ".join(requests), *steps)


def info_callee() -> Scenario:
    """Answers, takes one INFO with a key, and the caller hangs up."""
    return callee_takes("INFO")


def carrier(user: str, password: str, uri: str, ring: int = 100) -> Scenario:
    """A carrier's server: 401, then 200 for a call to `uri` that brings the right proof (RFC 2069's)."""
    realm, nonce = "carrier.example", "b0a2"
    asks = f'WWW-Authenticate: Digest realm="{realm}", nonce="{nonce}", algorithm=MD5'
    # Reckoned here: SIPp 3.6.1 has an action for it, verifyauth, which finds the right proof wrong.
    proof = _md5(f"{_md5(f'{user}:{realm}:{password}')}:{nonce}:{_md5(f'INVITE:{uri}')}")
    proved = must_match("Authorization", f'username="{user}".*response="{proof}"')
    return Scenario(
        "carrier",
        (
            expect_request("INVITE"),
            respond("401 Unauthorized", extra=[asks]),
            expect_request("ACK"),
            expect_request("INVITE", [*CALLED_SIDE, proved]),
            _RINGING,
            pause(ring),
            *_ANSWER,
            *_BYE_COMES,
        ),
        answers=True,
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


_INVITE_KEPT = (keep("CSeq", "invite"), keep("Via", "via"))
