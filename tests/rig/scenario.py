"""The steps that SIPp scenarios are made of, so that each scenario reads as the ladder that it is.

SIPp has no way to share text between scenario files; here a step is a function and a scenario a list of
steps. Words in brackets are SIPp's: from the file of users [field0] the user, [field1] the answer to a
challenge, [field2] the number called; from the command line [domain]; the rest its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

SDP = """v=0
o=- 53655765 {version} IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] {address}
t=0 0
m=audio [media_port] RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a={direction}"""

VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
CONTACT = "Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>"
CALLER = "<sip:[field0]@[domain]>;tag=[pid]c[call_number]"
CALLED = "<sip:[field2]@[domain]>"
OWN_TAG = ";tag=[pid]s[call_number]"
AUTHENTICATION = "[field1]"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named list of steps; `answers` tells that it waits to be called instead of calling."""

    name: str
    steps: tuple[str, ...]
    answers: bool = False

    def xml(self) -> str:
        """What SIPp reads. SIPp rejects variables that are set and never used, hence the reference."""
        body = "\n".join(self.steps)
        unused = sorted(set(re.findall(r'assign_to="(\w+)"', body)) - set(re.findall(r"\[\$(\w+)\]", body)))
        reference = f'<Reference variables="{",".join(unused)}"/>' if unused else ""
        head = f'<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="{self.name}">'
        return f"{head}\n{body}\n{reference}</scenario>\n"


def sdp(direction: str = "sendrecv", address: str = "[media_ip]", version: int = 1) -> str:
    """An offer or answer of PCMU, PCMA and telephone events; raise `version` with each change in a dialog."""
    return SDP.format(direction=direction, address=address, version=version)


def send(
    start: str, headers: Sequence[str], body: str = "", kind: str = "application/sdp", retrans: bool = True
) -> str:
    """Sends a message; UDP repeats it from 500 ms on unless `retrans` is off (ACK, provisional answers)."""
    content = [f"Content-Type: {kind}"] if body else []
    lines = [start, *headers, *content, "Content-Length: [len]", *([""] if body else []), body]
    attributes = ' retrans="500"' if retrans else ""
    return f"<send{attributes}><![CDATA[\n" + "\n".join(lines) + "\n]]></send>"


def expect(code: int, optional: bool = False, auth: bool = False, actions: Sequence[str] = ()) -> str:
    """Waits for a response; an optional one may be left out by the other side."""
    attributes = (' optional="true"' if optional else "") + (' auth="true"' if auth else "")
    return _receive(f'response="{code}" rrs="true"{attributes}', actions)


def expect_request(method: str, actions: Sequence[str] = (), optional: bool = False) -> str:
    """Waits for a request."""
    return _receive(f'request="{method}" rrs="true"' + (' optional="true"' if optional else ""), actions)


def keep(header: str, variable: str, pattern: str = ".*") -> str:
    """Action of a receiving step: the part of the header that matches becomes [$variable]."""
    return (
        f'<ereg regexp={quoteattr(pattern)} search_in="hdr" header="{header}:" '
        f'check_it="true" assign_to="{variable}"/>'
    )


def must_match(header: str, pattern: str) -> str:
    """Action of a receiving step: the call fails unless the header is there and matches (POSIX extended)."""
    return keep(header, "seen" + re.sub(r"\W", "", header), pattern)


def body_must_match(pattern: str) -> str:
    """Action of a receiving step: the call fails unless the body matches (POSIX extended)."""
    return f'<ereg regexp={quoteattr(pattern)} search_in="body" check_it="true" assign_to="seenBody"/>'


def pause(milliseconds: int) -> str:
    """Lets time pass; messages that come in meanwhile are still handled."""
    return f'<pause milliseconds="{milliseconds}"/>'


def play(raw_file: str) -> str:
    """Sends a file of µ-law bytes as RTP, over and over."""
    return f'<nop><action><exec rtp_stream="{escape(raw_file)},-1,0"/></action></nop>'


def out_of_dialog(method: str, uri: str, to: str, extra: Sequence[str] = (), body: str = "") -> str:
    """A request from the user, with a fresh branch; From, To and Call-ID stay the same through the call."""
    headers = [VIA, f"From: {CALLER}", f"To: {to}", "Call-ID: [call_id]", f"CSeq: [cseq] {method}"]
    return send(f"{method} {uri} SIP/2.0", [*headers, "Max-Forwards: 70", CONTACT, *extra], body)


def challenged(method: str, uri: str, to: str, extra: Sequence[str] = (), body: str = "") -> list[str]:
    """The request, the challenge, and the request again with the answer to it. Finals come afterwards."""
    first = out_of_dialog(method, uri, to, extra, body)
    again = out_of_dialog(method, uri, to, [AUTHENTICATION, *extra], body)
    steps = [first, expect(100, optional=True), expect(401, auth=True)]
    if method == "INVITE":
        steps.append(ack_refusal(uri))
    return [*steps, again]


def ack_refusal(uri: str) -> str:
    """ACK to a final response of 300 and more: hop by hop, in the INVITE's transaction."""
    headers = [
        "[last_Via:]",
        "[last_From:]",
        "[last_To:]",
        "Call-ID: [call_id]",
        "CSeq: [cseq] ACK",
        "Max-Forwards: 70",
    ]
    return send(f"ACK {uri} SIP/2.0", headers, retrans=False)


def from_caller(method: str, extra: Sequence[str] = (), body: str = "", kind: str = "application/sdp") -> str:
    """A request within the dialog, from the side that called."""
    headers = [VIA, "[routes]", f"From: {CALLER}", f"To: {CALLED}[peer_tag_param]", "Call-ID: [call_id]"]
    headers += [f"CSeq: [cseq] {method}", "Max-Forwards: 70", CONTACT, *extra]
    return send(f"{method} [next_url] SIP/2.0", headers, body, kind, retrans=method != "ACK")


CALLED_SIDE = (keep("From", "remote"), keep("To", "local"))
"""Actions for the INVITE that a callee receives, so that it can send requests of its own later."""


def from_callee(method: str, number: int, extra: Sequence[str] = (), body: str = "") -> str:
    """A request within the dialog from the side that was called; `number` is its CSeq. Needs CALLED_SIDE."""
    headers = [VIA, "[routes]", "From:[$local]" + OWN_TAG, "To:[$remote]", "Call-ID: [call_id]"]
    headers += [f"CSeq: {number} {method}", "Max-Forwards: 70", CONTACT, *extra]
    return send(f"{method} [next_url] SIP/2.0", headers, body, retrans=method != "ACK")


def respond(
    status: str, body: str = "", extra: Sequence[str] = (), own_tag: bool = True, repeat: bool | None = None
) -> str:
    """Answers the last request; `status` is code and phrase; with `own_tag` To gets a tag (first answers).

    `repeat`: whether UDP repeats it until the ACK; unless told, refusals and what has a body.
    """
    headers = ["[last_Via:]", "[last_From:]", "[last_To:]" + (OWN_TAG if own_tag else ""), "[last_Call-ID:]"]
    headers += ["[last_CSeq:]", "[last_Record-Route:]", CONTACT, *extra]
    # Only what an ACK stops is repeated: SIPp stays with a repeated message until something comes in.
    acknowledged = status >= "3" or (status >= "2" and body != "") if repeat is None else repeat
    return send(f"SIP/2.0 {status}", headers, body, retrans=acknowledged)


def _receive(attributes: str, actions: Sequence[str]) -> str:
    inner = f"<action>{''.join(actions)}</action>" if actions else ""
    return f"<recv {attributes}>{inner}</recv>"
