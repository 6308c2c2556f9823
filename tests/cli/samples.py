"""Answers as a switch gives them, to be changed by tests."""

from typing import Any

START = 1_780_000_000.0


def status(**changes: Any) -> dict[str, Any]:
    return {
        "version": "0.1.0",
        "pid": 4242,
        "started_at": START,
        "uptime": 3725.0,
        "domain": "office.example",
        "dialplan": "office.yaml",
        "listeners": ["udp://0.0.0.0:5060", "tcp://0.0.0.0:5060"],
        "calls": 2,
        "max_calls": 1000,
        "legs": 4,
        "extensions": 10,
        "extensions_registered": 3,
        "bindings": 5,
        "watched": 12,
        "turned_away": 0,
        "draining": False,
        "overloaded": False,
        "refused_calls": 0,
        "rss_bytes": 120_000_000,
        "cpu_seconds": 37.25,
        "records": {
            "database": "state/records.db",
            "problem": "",
            "recorded": 17,
            "waiting": 0,
            "behind_bytes": 0,
            "journal_waits": False,
            "events_lost": 0,
        },
        "something_newer": True,
    } | changes


def leg(number: str = "101", **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "direction": "in",
        "state": "confirmed",
        "transport": "udp",
        "codec": "g722",
        "secured": False,
        "received": 990,
        "lost": 10,
        "jitter_ms": 2.14,
        "round_trip_ms": 11.2,
        "call_id": f"dialog-{number}",
    } | changes


def call(name: str = "3f2a9911bc", **changes: Any) -> dict[str, Any]:
    return {
        "id": name,
        "caller": "101",
        "caller_name": "Anna Berg",
        "called": "102",
        "called_name": "Boris",
        "state": "talking",
        "started_at": START,
        "answered_at": START + 4,
        "ended_at": None,
        "outcome": None,
        "blame": None,
        "words": None,
        "legs": [leg("101"), leg("102", codec="pcma", secured=True, lost=0)],
    } | changes


def ended(name: str = "77aa00ff21", **changes: Any) -> dict[str, Any]:
    return call(
        name,
        state="ended",
        answered_at=None,
        ended_at=START + 9,
        outcome="busy",
        blame="callee",
        words="The called person was busy.",
        legs=[],
        **changes,
    )


def registration(number: str = "101", **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "name": "Anna Berg",
        "contact": f"sip:{number}@192.168.1.10:5060",
        "address": "192.168.1.10:5060",
        "transport": "udp",
        "user_agent": "Yealink SIP-T54W 96.86.0.70",
        "expires_in": 3540,
        "rtt_ms": 12.4,
        "connected": True,
        "behind_nat": False,
        "registered_at": START,
    } | changes


def trunk(name: str = "carrier", **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "server": "sip.carrier.example:5060/udp",
        "addresses": ["203.0.113.9"],
        "state": "registered",
        "user": "4930123",
        "registered_until": START + 600,
        "answers": True,
        "silent": [],
        "rtt_ms": 12.4,
        "calls": 2,
        "max_calls": 30,
        "last_error": None,
        "last_error_at": None,
    } | changes


def message(
    at: float, sent: bool, number: str, title: str, device: int = 0, **changes: Any
) -> dict[str, Any]:
    return {
        "at": START + at,
        "sent": sent,
        "peer": f"192.168.1.{10 + device}:5060",
        "transport": "udp",
        "title": title,
        "text": f"{title} at {at}\nCall-ID: dialog-{device}\nCSeq: 1 INVITE\n\n",
        "number": number,
    } | changes


def busy_call() -> dict[str, Any]:
    """101 calls 102, who is busy."""
    return {
        "call": ended(),
        "events": [{"at": START + 0.0105, "text": "ring 102: extension 102 (line 14)"}],
        "messages": [
            message(0.0, False, "101", "INVITE (SDP)"),
            message(0.001, True, "101", "407 Proxy Authentication Required (INVITE)"),
            message(0.004, False, "101", "ACK"),
            message(0.01, False, "101", "INVITE (SDP)"),
            message(0.011, True, "101", "100 Trying (INVITE)"),
            message(0.012, True, "102", "INVITE (SDP)", 1),
            message(4.5, False, "102", "486 Busy Here (INVITE)", 1),
            message(4.501, True, "102", "ACK", 1),
            message(4.502, True, "101", "486 Busy Here (INVITE)"),
            message(4.505, False, "101", "ACK"),
        ],
    }


def forked_call(devices: int = 5) -> dict[str, Any]:
    """101 calls 102, who has many phones and answers at the last."""
    numbers = range(1, devices + 1)
    messages = [message(0.0, False, "101", "INVITE (SDP)")]
    messages += [message(0.001 * one, True, "102", "INVITE (SDP)", one) for one in numbers]
    messages += [message(0.1 + 0.01 * one, False, "102", "180 Ringing (INVITE)", one) for one in numbers]
    messages += [message(1.0, False, "102", "200 OK (INVITE, SDP)", devices)]
    messages += [message(1.1 + 0.01 * one, True, "102", "CANCEL", one) for one in numbers[:-1]]
    messages += [
        message(1.2 + 0.01 * one, False, "102", "487 Request Terminated (INVITE)", one)
        for one in numbers[:-1]
    ]
    return {"call": call(), "events": [], "messages": messages}
