"""Spoils SIP messages, by chance but replayable: everything comes from one random.Random."""

import random
import re
from collections.abc import Callable
from typing import Final

LONGEST: Final = 7900
"""Bytes: PJSIP cuts datagrams at 8000."""

Mutation = Callable[[random.Random, bytes], bytes]

_NASTY: Final = (
    b"", b" ", b"\t", b"\0", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b'"', b'"""', b'\\"', b"\\", b"<",
    b">", b"<<>>", b";", b";;;", b",", b",,,", b":", b"@", b"@@", b"%", b"%00", b"%zz", b"%s%n%x", b"*",
    b"?", b"=", b"==", b"[", b"]", b"[::1]", b"[", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80\x80", "\u202e".encode(), b"sip:", b"sips:", b"tel:+1", b"sip:@", b"<sip:>",
    b"SIP/2.0", b"0.0.0.0", b"127.0.0.1", b"::", b"a" * 300, b"(" * 200, b'"' * 99, b"<" * 500,
    b";x=y" * 200, b"'", b"|", b"{", b"}",
)  # fmt: skip
_NUMBERS: Final = (
    b"0", b"-1", b"1", b"255", b"256", b"65535", b"65536", b"2147483647", b"2147483648", b"4294967295",
    b"4294967296", b"18446744073709551616", b"9" * 60, b"1e9", b"0x7f", b"00000000000000000001", b"+5",
    b"1.5",
)  # fmt: skip
_HEADERS: Final = (
    b"Require: 100rel", b"Require: timer", b"Supported: 100rel, timer, replaces",
    b"Session-Expires: 90;refresher=uac", b"Session-Expires: 1", b"Min-SE: 4294967295", b"Expires: -1",
    b"RSeq: 1", b"RAck: 1 1 INVITE", b"Event: x", b"Replaces: a;to-tag=b;from-tag=c",
    b"Refer-To: <sip:101@office.example>", b"Content-Encoding: gzip",
    b"Content-Type: multipart/mixed;boundary=x", b"Content-Type: multipart/mixed",
    b"Content-Type: text/plain", b"Content-Type: application/sdp;boundary=\"",
    b"Via: SIP/2.0/UDP 127.0.0.1", b"v: SIP/2.0/TCP [::1]:5060;rport", b"Max-Forwards: 0",
    b"Max-Forwards: 999", b"Accept: */*", b"Timestamp: 1 1", b"Warning: 399 x \"", b"Reason: SIP",
    b"Proxy-Authorization: Digest", b"Authorization: Digest username=\"",
    b"WWW-Authenticate: Digest realm=\"", b"P-Asserted-Identity: <sip:", b"Subject:",
    b"Route: <sip:127.0.0.1;lr>", b"Contact: *", b"Contact: <sip:*>", b"Unsupported: x",
    b"Retry-After: x (y)", b"Alert-Info: <", b"Join: x", b"Record-Route: <sip:127.0.0.1;lr>",
    b"k: 100rel", b"x: 90", b"l: 5",
)  # fmt: skip
_SDP: Final = (
    b"m=audio 0 RTP/AVP 0", b"m=audio 6000 RTP/AVP", b"m=audio 6000 RTP/SAVP 0",
    b"m=video 6002 RTP/AVP 96", b"m=audio 6000/4 RTP/AVP 0 8", b"m=audio 65536 RTP/AVP 0",
    b"m=image 6000 udptl t38", b"m=text 6000 RTP/AVP 98",
    b"m=audio 6000 RTP/AVP " + b" ".join(str(n).encode() for n in range(300)), b"c=IN IP4 0.0.0.0",
    b"c=IN IP6 ::1", b"c=IN IP4", b"c=", b"c=IN IP4 127.0.0.1/127/3", b"a=rtpmap:0 PCMU/0",
    b"a=rtpmap:0 PCMU/4294967296/99", b"a=rtpmap:96 opus/48000/2", b"a=rtpmap:96 OPUS/8000/1",
    b"a=rtpmap:", b"a=rtpmap:999 X/1", b"a=fmtp:", b"a=fmtp:0", b"a=fmtp:96 " + b"a=b;" * 300,
    b"a=fmtp:101 0-4294967295", b"a=ptime:0", b"a=ptime:65536", b"a=maxptime:1", b"a=ptime:1",
    b"a=rtcp:", b"a=rtcp:1 IN", b"a=rtcp:1 IN IP4 127.0.0.1", b"a=rtcp-mux", b"a=sendonly",
    b"a=inactive", b"a=recvonly", b"a=sendrecv", b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
    b"a=crypto:", b"a=crypto:9", b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + b"A" * 40,
    b"a=crypto:1 X inline:|||", b"a=ice-ufrag:x", b"a=candidate:1 1 UDP 1 127.0.0.1 9 typ host",
    b"a=fingerprint:SHA-1 00", b"a=setup:actpass", b"a=group:BUNDLE x", b"a=" + b"x" * 900,
    b"b=AS:99999999999", b"b=", b"t=", b"v=1", b"o=", b"z=0", b"k=clear:x",
    b"a=rtpmap:101 telephone-event/8000", b"a=ssrc:1 cname:x", b"a=", b"=", b"\0",
    b"a=rtcp-fb:* nack", b"a=silenceSupp:off - - - -",
)  # fmt: skip


def spoil(chance: random.Random, message: bytes) -> bytes:
    """The message after one to four mutations. Never over `LONGEST`, and no address but this machine's."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
        changed = chance.choice(MUTATIONS)(chance, message)[:LONGEST]
        if stays_here(changed):
            message = changed
    return message


def stays_here(message: bytes) -> bool:
    """True when nothing in it would make the switch send to another machine, or ask who that is."""
    hosts = re.findall(rb"(?:IP4 |IP6 |@|received=|maddr=|SIP/2.0/\w+ )([^\s:;>/]*)", message)
    literals = re.findall(rb"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+", message)
    return all(
        host.startswith(b"127.") or host in (b"0.0.0.0", b"::1", b"office.example") for host in hosts
    ) and all(literal.startswith(b"127.") or literal == b"0.0.0.0" for literal in literals)


def flip_bits(chance: random.Random, message: bytes) -> bytes:
    """One to eight bits."""
    data = bytearray(message)
    for _ in range(chance.randint(1, 8)):
        if data:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def truncate(chance: random.Random, message: bytes) -> bytes:
    """Anywhere."""
    return message[: chance.randrange(len(message) + 1)]


def cut(chance: random.Random, message: bytes) -> bytes:
    """Up to 80 bytes out of the middle."""
    at = chance.randrange(len(message) + 1)
    return message[:at] + message[at + chance.randint(1, 80) :]


def repeat(chance: random.Random, message: bytes) -> bytes:
    """Up to 200 bytes, up to 30 times."""
    at = chance.randrange(len(message) + 1)
    piece = message[at : at + chance.randint(1, 200)]
    return message[:at] + piece * chance.randint(2, 30) + message[at:]


def insert_nasty(chance: random.Random, message: bytes) -> bytes:
    """What parsers stumble over, anywhere."""
    at = chance.randrange(len(message) + 1)
    return message[:at] + chance.choice(_NASTY) + message[at:]


def replace_word(chance: random.Random, message: bytes) -> bytes:
    """One word by something nasty."""
    return _replace(chance, message, rb"[A-Za-z0-9.\-]+", chance.choice(_NASTY))


def replace_number(chance: random.Random, message: bytes) -> bytes:
    """One number by one at the edge of a type."""
    return _replace(chance, message, rb"\d+", chance.choice(_NUMBERS))


def drop_line(chance: random.Random, message: bytes) -> bytes:
    """A header or a line of the description."""
    lines = message.split(b"\r\n")
    del lines[chance.randrange(len(lines))]
    return b"\r\n".join(lines)


def repeat_line(chance: random.Random, message: bytes) -> bytes:
    """A header or a line of the description, up to 40 times."""
    lines = message.split(b"\r\n")
    at = chance.randrange(len(lines))
    return b"\r\n".join(lines[:at] + [lines[at]] * chance.choice((2, 2, 3, 40)) + lines[at + 1 :])


def swap_lines(chance: random.Random, message: bytes) -> bytes:
    """Any two."""
    lines = message.split(b"\r\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\r\n".join(lines)


def swell_line(chance: random.Random, message: bytes) -> bytes:
    """A line of thousands of bytes."""
    lines = message.split(b"\r\n")
    at = chance.randrange(len(lines))
    lines[at] += chance.choice((b"x", b",", b";", b'"', b" ", b"<", b"\xff", b"%")) * chance.choice(
        (300, 1500, 4000)
    )
    return b"\r\n".join(lines)


def add_header(chance: random.Random, message: bytes) -> bytes:
    """One that means something to somebody."""
    head, blank, body = message.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    lines.insert(chance.randint(1, len(lines)), chance.choice(_HEADERS))
    return b"\r\n".join(lines) + blank + body


def add_description_line(chance: random.Random, message: bytes) -> bytes:
    """To the body; the length is put right."""
    head, blank, body = message.partition(b"\r\n\r\n")
    lines = body.split(b"\r\n")
    lines.insert(chance.randint(0, len(lines)), chance.choice(_SDP))
    return measured(head + blank + b"\r\n".join(lines))


def spoil_description(chance: random.Random, message: bytes) -> bytes:
    """The body alone; the length is put right."""
    head, blank, body = message.partition(b"\r\n\r\n")
    if not body:
        return message
    way = chance.choice(
        (flip_bits, cut, repeat, insert_nasty, replace_word, replace_number, drop_line, repeat_line)
    )
    return measured(head + blank + way(chance, body))


def misstate_length(chance: random.Random, message: bytes) -> bytes:
    """Content-Length too small, too large, absurd."""
    return re.sub(rb"(Content-Length: )\d+", rb"\g<1>" + chance.choice(_NUMBERS), message, count=1)


def change_line_ends(chance: random.Random, message: bytes) -> bytes:
    """Bare line feeds or carriage returns, folded lines."""
    return message.replace(
        b"\r\n", chance.choice((b"\n", b"\r", b"\r\n ", b"\n\r")), chance.choice((1, 3, -1))
    )


def measured(message: bytes) -> bytes:
    """With the Content-Length that the body has."""
    head, blank, body = message.partition(b"\r\n\r\n")
    length = str(len(body)).encode()
    return re.sub(rb"(?i)(content-length: )\d+", rb"\g<1>" + length, head, count=1) + blank + body


def _replace(chance: random.Random, message: bytes, pattern: bytes, by: bytes) -> bytes:
    found = list(re.finditer(pattern, message))
    if not found:
        return message
    start, end = chance.choice(found).span()
    return message[:start] + by + message[end:]


MUTATIONS: Final[tuple[Mutation, ...]] = (
    flip_bits, truncate, cut, repeat, insert_nasty, insert_nasty, replace_word, replace_word, replace_number,
    replace_number, drop_line, repeat_line, swap_lines, swell_line, add_header, add_header, add_description_line,
    add_description_line, spoil_description, spoil_description, spoil_description, misstate_length, change_line_ends,
)  # fmt: skip
