"""Which calls SIPp saw answered: it may have been cut off in the middle, so only its message log knows."""

import re
from pathlib import Path

_CALL_ID = re.compile(r"^Call-ID: *(\S+)", re.MULTILINE | re.IGNORECASE)
_CSEQ = re.compile(r"^CSeq: *\d+ +INVITE", re.MULTILINE | re.IGNORECASE)


def answered_calls(messages: Path) -> set[str]:
    """The Call-IDs with a 200 to an INVITE that came in, out of SIPp's file of messages."""
    found = set()
    for part in messages.read_text(errors="replace").split("-----------------------------------------------"):
        _, received, message = part.partition("message received")
        start = message.find("SIP/2.0 200")
        if received and start >= 0 and _CSEQ.search(message):
            call = _CALL_ID.search(message)
            if call is not None:
                found.add(call[1])
    return found
