"""The little that call control reads in session descriptions (RFC 8866, RFC 3551 §6)."""

import re
from typing import Final

_AUDIO: Final = re.compile(rb"^m=audio \d+(?:/\d+)? [A-Z/]+ ([\d ]+)", re.MULTILINE)
_RTPMAP: Final = re.compile(rb"^a=rtpmap:(\d+) ([A-Za-z0-9_.\-]+)/", re.MULTILINE)
_STATIC: Final = {b"0": "PCMU", b"3": "GSM", b"8": "PCMA", b"9": "G722"}


def first_codec(description: bytes, allowed: tuple[str, ...]) -> str:
    """The encoding name, with a slash, of the first audio codec offered that is allowed; "" if none is.

    `allowed` has the dialplan's names: pcma, pcmu, g722, opus, gsm.
    """
    audio = _AUDIO.search(description)
    if audio is None:
        return ""
    names = {number: name.decode() for number, name in _RTPMAP.findall(description)}
    for number in audio.group(1).split():
        name = names.get(number) or _STATIC.get(number, "")
        if name.lower() in allowed:
            return f"{name}/"
    return ""
