"""`softswitch events`: one JSON object a line, those that are wanted."""

import json

from tests.cli.fake import Command, FakeSwitch

EVENTS = [
    {"version": 1, "type": "CallStarted", "call": "x-1"},
    {"version": 1, "type": "CallEnded", "call": "x-1"},
    {"version": 1, "type": "CallEnded", "call": "x-2"},
]


def test_events_are_chosen_by_call_and_type(softswitch: Command, switch: FakeSwitch) -> None:
    lines = [{"ok": True, "result": {}}, *EVENTS]
    switch.answers["events"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    assert [json.loads(line) for line in softswitch("events").stdout.splitlines()] == EVENTS
    chosen = softswitch("events", "--type", "CallEnded", "--call", "x-1").stdout
    assert [json.loads(line) for line in chosen.splitlines()] == EVENTS[1:2]


def test_a_switch_that_knows_no_events_is_older(softswitch: Command, switch: FakeSwitch) -> None:
    switch.answers["events"] = {"ok": False, "error": "not a command", "remedy": "send …"}
    done = softswitch("events")
    assert done.exit_code == 3
    assert "not a command" in done.stderr
