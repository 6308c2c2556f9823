"""softswitch trace: the ladder, in any width, and how the call ended."""

import json
from typing import Any

import pytest
from rich.cells import cell_len

from tests.cli.fake import Command, FakeSwitch
from tests.cli.samples import START, busy_call, call, ended, forked_call, leg, message


def rows(text: str) -> list[str]:
    """The ladder's rows: those with a time."""
    return [line for line in text.splitlines() if line.lstrip().startswith("+")]


def test_a_call_of_two_phones_in_80_columns(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("trace", busy_call())
    result = softswitch("trace", "last")
    assert switch.asked == [("trace", {"call": "last"})]
    heading, about, _, names, places, *_ = result.stdout.splitlines()
    assert heading == "101 Anna Berg → 102 Boris"
    assert about.startswith("call 77aa00ff21, 20")
    assert " ".join(names.split()) == "101 Anna Berg Softswitch 102 Boris"
    assert " ".join(places.split()) == "udp 192.168.1.10:5060 udp 192.168.1.11:5060"
    assert rows(result.stdout) == [
        "  +0.000   ├───────── INVITE (SDP) ─────────▶│                                 │",
        "  +0.001   │◀ 407 Proxy Authentication Req… ─┤                                 │",
        "  +0.004   ├────────────── ACK ─────────────▶│                                 │",
        "  +0.010   ├───────── INVITE (SDP) ─────────▶│                                 │",
        "  +0.010   │ · ring 102: extension 102 (line 14)                               │",
        "  +0.011   │◀───── 100 Trying (INVITE) ──────┤                                 │",
        "  +0.012   │                                 ├───────── INVITE (SDP) ─────────▶│",
        "  +4.500   │                                 │◀─── 486 Busy Here (INVITE) ─────┤",
        "  +4.501   │                                 ├────────────── ACK ─────────────▶│",
        "  +4.502   │◀─── 486 Busy Here (INVITE) ─────┤                                 │",
        "  +4.505   ├────────────── ACK ─────────────▶│                                 │",
    ]
    assert "    0:04   ┊                                 ┊                                 ┊" in result.stdout
    assert result.stdout.endswith("\nThe called person was busy.\nWhose side it was: the called side.\n")


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("devices", [1, 2, 3, 5])
def test_every_arrow_joins_the_switch_and_the_right_phone(
    softswitch: Command, switch: FakeSwitch, devices: int, width: int
) -> None:
    trace = forked_call(devices)
    switch.result("trace", trace)
    shown = softswitch("trace", "3f2a", COLUMNS=str(width)).stdout
    assert max(map(cell_len, shown.splitlines())) <= max(width, 100)
    head = next(line for line in shown.splitlines() if line.strip().startswith("│"))
    lanes = [at for at, char in enumerate(head) if char == "│"]
    assert len(lanes) == devices + 2
    for row, one in zip(rows(shown), sorted(trace["messages"], key=lambda one: one["at"]), strict=True):
        device = int(one["text"].split("dialog-")[1].split("\n")[0])
        phone, us = lanes[device + 1 if device else 0], lanes[1]
        source, target = (us, phone) if one["sent"] else (phone, us)
        assert row[source] == ("├" if source < target else "┤")
        assert row[target] == "│"
        assert row[target - 1 if source < target else target + 1] == ("▶" if source < target else "◀")
        between = [at for at in lanes if min(source, target) < at < max(source, target)]
        assert all(row[at] == "┼" for at in between)
        assert one["title"].partition(" (")[0] in row


def test_five_phones_of_one_extension_are_told_apart(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("trace", forked_call(5))
    shown = softswitch("trace", "last").stdout
    assert "  A  101 Anna Berg   udp 192.168.1.10:5060\n  S  Softswitch\n" in shown
    assert "  F  102 Boris       udp 192.168.1.15:5060\n" in shown
    assert max(map(cell_len, shown.partition("Sound")[0].splitlines())) <= 80
    assert all("487 Request Terminated (INVITE)" in row for row in rows(shown) if "487" in row)


def test_a_phone_that_changes_its_address_stays_one_lifeline(softswitch: Command, switch: FakeSwitch) -> None:
    trace = busy_call()
    trace["messages"][-1]["peer"] = "203.0.113.9:1024"
    switch.result("trace", trace)
    head = next(
        line for line in softswitch("trace", "last").stdout.splitlines() if line.strip().startswith("│")
    )
    assert head.count("│") == 3


def test_a_repeated_message_is_marked(softswitch: Command, switch: FakeSwitch) -> None:
    trace = busy_call()
    trace["messages"].append({**trace["messages"][5], "at": START + 0.512})
    switch.result("trace", trace)
    marked = [row for row in rows(softswitch("trace", "last").stdout) if "again" in row]
    assert [row.split()[0] for row in marked] == ["+0.512"]


def test_a_live_call_with_its_sound(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("trace", forked_call(1))
    shown = softswitch("trace", "last").stdout
    assert (
        "Sound from 101: g722, 990 packets, 10 lost (1.0%), jitter 2.1 ms, round trip 11 ms\n"
        "Sound from 102: pcma over SRTP, 990 packets, 0 lost, jitter 2.1 ms, round trip 11 ms\n"
        "The call is still up: talking.\n"
    ) in shown


def test_a_call_that_went_well(softswitch: Command, switch: FakeSwitch) -> None:
    done = ended() | {
        "answered_at": START + 2,
        "ended_at": START + 74,
        "outcome": "completed",
        "blame": "nobody",
        "words": "They talked, and one of them hung up.",
    }
    switch.result("trace", {"call": done, "events": [], "messages": busy_call()["messages"]})
    assert softswitch("trace", "last").stdout.endswith(
        "\nThey talked, and one of them hung up.\nThey were connected for 1:12.\n"
    )


def test_full_prints_the_messages_whole(softswitch: Command, switch: FakeSwitch) -> None:
    trace = busy_call()
    trace["messages"][0]["text"] = (
        "INVITE sip:102@a SIP/2.0\r\nCall-ID: dialog-0\r\nX: " + "y" * 200 + "\r\n\r\nv=0\r\n"
    )
    switch.result("trace", trace)
    assert "sip:102@a" not in softswitch("trace", "last").stdout
    shown = softswitch("trace", "last", "--full").stdout
    block = "\n--- +0.000 from 101 udp 192.168.1.10:5060\nINVITE sip:102@a SIP/2.0\nCall-ID: dialog-0\n"
    assert block in shown
    assert "\nX: " + "y" * 200 + "\n\nv=0\n" in shown
    assert shown.count("\n--- ") == 10


def test_messages_that_are_no_longer_kept(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("trace", busy_call() | {"messages": []})
    shown = softswitch("trace", "last").stdout
    assert "The SIP messages of this call are no longer kept. What happened:" in shown
    assert "   +0.010  ring 102: extension 102 (line 14)\n" in shown
    assert "The called person was busy." in shown


def test_the_wire_cannot_act_on_the_terminal(softswitch: Command, switch: FakeSwitch) -> None:
    evil = "\x1b[2J[red]\u202e\x9b日本\u0301"
    trace: dict[str, Any] = {
        "call": call(
            evil, caller=evil, caller_name=evil, called_name=evil, words=evil, legs=[leg(evil, codec=evil)]
        ),
        "events": [{"at": START, "text": evil}],
        "messages": [message(0, False, evil, f"INVITE {evil}", peer=evil, text=f"{evil}\nCall-ID: {evil}\n")],
    }
    for over in ({}, {"ended_at": START + 1, "blame": evil}):
        trace["call"] |= over
        switch.result("trace", trace)
        shown = softswitch("trace", "last", "--full").stdout
        assert not set("\x1b\u202e\x9b") & set(shown)
        assert "[red]" in shown


def test_json(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("trace", busy_call())
    assert json.loads(softswitch("trace", "last", "--json").stdout) == busy_call()
