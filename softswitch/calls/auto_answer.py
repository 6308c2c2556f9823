"""Asking a phone to answer by itself, through its speaker."""

from softswitch.calls.identity import Header


def auto_answer(domain: str) -> tuple[Header, ...]:
    """Each maker reads another one of these headers; RFC 5373 is the standard. Who reads none rings."""
    return (
        ("Answer-Mode", "Auto"),
        ("Call-Info", f"<sip:{domain}>;answer-after=0"),
        ("Alert-Info", f"<http://{domain}>;info=alert-autoanswer;delay=0"),
    )
