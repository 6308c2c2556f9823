"""What status, calls, registrations, hangup and reload show."""

import json
from pathlib import Path
from typing import Any

import pytest

from softswitch.records.recent import begins
from tests.cli.fake import Command, FakeSwitch
from tests.cli.samples import call, ended, leg, registration, status, trunk

EVIL = "\x1b[2J[red]\u202eBoris\n"


def test_status(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("status", status())
    shown = softswitch("status").stdout
    assert "0.1.0, pid 4242" in shown
    assert "(1:02:05)" in shown
    assert "udp://0.0.0.0:5060, tcp://0.0.0.0:5060" in shown
    assert "2 of at most 1000, 4 legs" in shown
    assert "5 registered (3 of 10 extensions), 12 lamps watched" in shown
    assert "120 MB" in shown
    assert "37.2 s, 1.0% of a core since the start" in shown
    assert "running" in shown


def test_status_tells_of_lamps_and_of_who_was_turned_away(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("status", status(watched=1, turned_away=2))
    shown = " ".join(softswitch("status", COLUMNS="200").stdout.split())
    assert ", 1 lamp watched, 2 turned away of late: see softswitch registrations" in shown
    switch.result("status", status(watched=0))
    quiet = softswitch("status").stdout
    assert "lamp" not in quiet
    assert "turned away" not in quiet


def test_status_while_draining(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("status", status(draining=True))
    assert "draining: takes no new calls" in softswitch("status").stdout


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("status", status()),
        ("calls", {"calls": [call()]}),
        ("registrations", {"registrations": [registration()]}),
        ("trunks", {"trunks": [trunk()]}),
        ("reload", {"changes": ["a"]}),
    ],
)
def test_json_is_the_switchs_own_answer(
    softswitch: Command, switch: FakeSwitch, command: str, answer: dict[str, Any]
) -> None:
    switch.result(command, answer)
    assert json.loads(softswitch(command, "--json").stdout) == answer


def test_calls_live_and_ended(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("calls", {"calls": [call(), ended()]})
    rows = softswitch("calls", "--recent", "5", COLUMNS="120").stdout.splitlines()
    assert switch.asked == [("calls", {"recent": 5})]
    live, over = rows[2], rows[3]
    assert live.startswith("3f2a9911bc ")
    assert "101 Anna Berg" in live
    assert "102 Boris" in live
    assert "talking" in live
    assert "g722 / pcma srtp, 0.5% lost" in live
    assert "busy" in over
    assert "ended" not in over


def test_calls_fit_80_columns(softswitch: Command, switch: FakeSwitch) -> None:
    long = call(caller_name="Maximiliane von und zu Hohenstein", called_name="日本" * 12)
    switch.result("calls", {"calls": [long, call("3f2a9911bd")]})
    from rich.cells import cell_len

    shown = softswitch("calls").stdout
    assert max(cell_len(row) for row in shown.splitlines()) <= 80
    assert "3f2a9911bc" in shown
    assert "3f2a9911bd" in shown


def test_no_calls(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("calls", {"calls": []})
    assert softswitch("calls").stdout.startswith("No live calls.")
    assert softswitch("calls", "--recent", "3").stdout == "No calls.\n"


def test_registrations(softswitch: Command, switch: FakeSwitch) -> None:
    lost = registration("102", behind_nat=True, connected=False, expires_in=-1, rtt_ms=None)
    switch.result("registrations", {"registrations": [registration(), lost]})
    rows = softswitch("registrations", COLUMNS="140").stdout.splitlines()
    first = " ".join(rows[2].split())
    assert first == "101 Anna Berg udp 192.168.1.10:5060 Yealink SIP-T54W 96.86.0.70 59:00 12 ms"
    assert "(behind NAT, connection lost)" in rows[3]
    assert rows[3].rstrip().endswith("now")


def test_who_was_turned_away(softswitch: Command, switch: FakeSwitch) -> None:
    wrong = {
        "username": "101",
        "address": "192.168.1.11",
        "user_agent": "Yealink",
        "why": "wrong password",
        "remedy": "type it again",
        "times": 12,
        "ago": 65,
    }
    switch.result("registrations", {"registrations": [], "turned_away": [wrong, wrong | {"remedy": ""}]})
    shown = softswitch("registrations", COLUMNS="140").stdout
    assert shown.startswith("No phone is registered.\n\nTurned away in the last hour\n")
    rows = [" ".join(row.split()) for row in shown.splitlines()[-2:]]
    assert rows == [
        "101 192.168.1.11 Yealink wrong password: type it again 12 1:05",
        "101 192.168.1.11 Yealink wrong password 12 1:05",
    ]


def test_trunks(softswitch: Command, switch: FakeSwitch) -> None:
    failed = trunk(
        "office2",
        server="203.0.113.7:5062/tcp",
        addresses=[],
        state="resolving",
        user=None,
        calls=0,
        answers=False,
        rtt_ms=None,
        last_error="sip.office2.example cannot be resolved: no answer",
        last_error_at=1_780_000_000.0,
    )
    switch.result("trunks", {"trunks": [trunk(), failed]})
    rows = softswitch("trunks", COLUMNS="120").stdout.splitlines()
    assert rows[0].split() == ["Trunk", "Server", "State", "Calls", "Last", "error"]
    for part in ("carrier", "sip.carrier.example:5060 ", "registered as 4930123, 12 ms", "2 of 30"):
        assert part in rows[2]
    assert "203.0.113.9" in rows[3]
    for part in ("office2", "203.0.113.7:5062/tcp", "resolving, silent", "0 of 30"):
        assert part in rows[4]
    assert "not resolved" in rows[5]
    assert "sip.office2.example cannot" in rows[4]


def test_no_trunks(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("trunks", {"trunks": []})
    assert softswitch("trunks").stdout == "The dialplan has no trunks.\n"


def test_no_registrations(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("registrations", {"registrations": []})
    assert softswitch("registrations").stdout == "No phone is registered.\n"


def test_what_phones_send_cannot_act_on_the_terminal(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result(
        "registrations", {"registrations": [registration(user_agent=EVIL, address=EVIL, name=EVIL)]}
    )
    evil = call(EVIL, caller_name=EVIL, called=EVIL, state=EVIL, legs=[leg(codec=EVIL)])
    switch.result("calls", {"calls": [evil]})
    switch.result("status", status(domain=EVIL, dialplan=EVIL, listeners=[EVIL]))
    switch.result("reload", {"changes": [EVIL]})
    switch.result("hangup", {"ended": EVIL})
    for command in (("registrations",), ("calls",), ("status",), ("reload",), ("hangup", "last")):
        result = softswitch(*command, COLUMNS="400")
        assert result.exit_code == 0
        assert not set("\x1b\u202e") & set(result.stdout)
        assert "\\x1b[2J[red]\\u" in result.stdout


def test_hangup_takes_the_beginning_of_an_id(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("calls", {"calls": [call("abc1"), call("abd2")]})
    switch.result("hangup", {"ended": "abc1"})
    assert softswitch("hangup", "abc").stdout == "Call abc1 is ended.\n"
    assert switch.asked[-1] == ("hangup", {"call": "abc1"})


def test_hangup_last_is_the_newest_live_call(softswitch: Command, switch: FakeSwitch) -> None:
    older, newer = call("a", started_at=1.0), call("b", started_at=2.0)
    switch.result("calls", {"calls": [newer, older, ended("c", started_at=3.0)]})
    switch.result("hangup", {"ended": "b"})
    assert softswitch("hangup", "last").exit_code == 0
    assert switch.asked[-1] == ("hangup", {"call": "b"})


def test_hangup_refuses_what_names_no_single_call(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("calls", {"calls": [call("abc1"), call("abc2")]})
    result = softswitch("hangup", "abc")
    assert result.exit_code == 1
    assert result.stderr == (
        "error: 'abc' is the beginning of 2 live calls\n  abc1\n  abc2\nremedy: write more of it\n"
    )
    switch.result("calls", {"calls": [ended()]})
    result = softswitch("hangup", "last")
    assert (result.exit_code, "there is no live call" in result.stderr) == (1, True)
    assert all(name == "calls" for name, _ in switch.asked)


def test_hangup_of_a_call_that_is_over_ends_no_other(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("calls", {"calls": [call("wedrkd-12")]})
    result = softswitch("hangup", "wedrkd-1")
    assert result.exit_code == 1
    assert "no live call has an id that begins with 'wedrkd-1'" in result.stderr
    assert [name for name, _ in switch.asked] == ["calls"]


def test_hangup_of_a_call_that_ends_meanwhile(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("calls", {"calls": [call("wedrkd-12")]})
    switch.answers["hangup"] = {"ok": False, "error": "call wedrkd-12 is over already", "remedy": "list them"}
    result = softswitch("hangup", "wedrkd-12")
    assert (result.exit_code, result.stderr) == (
        1,
        "error: call wedrkd-12 is over already\nremedy: list them\n",
    )


@pytest.mark.parametrize(
    ("beginning", "name", "expected"),
    [
        ("wed", "wedrkd-12", True),
        ("wedrkd-12", "wedrkd-12", True),
        ("wedrkd-1", "wedrkd-12", False),
        ("3f2", "3f2a9911", True),
        ("x", "wedrkd-12", False),
        ("", "wedrkd-12", False),
    ],
)
def test_what_is_the_beginning_of_an_id(beginning: str, name: str, expected: bool) -> None:
    assert begins(name, beginning) is expected


def test_reload(softswitch: Command, switch: FakeSwitch) -> None:
    switch.result("reload", {"changes": ["extension 103 (Clara) is new", "rtp.timeout is 30s, was 60s"]})
    assert softswitch("reload").stdout == (
        "The dialplan is taken.\n  extension 103 (Clara) is new\n  rtp.timeout is 30s, was 60s\n"
    )
    switch.result("reload", {"changes": []})
    assert softswitch("reload").stdout == "The dialplan is taken; nothing in it has changed.\n"


def test_reload_refused_tells_every_problem(softswitch: Command, switch: FakeSwitch) -> None:
    switch.answers["reload"] = {
        "ok": False,
        "error": "office.yaml has errors; the running dialplan stays",
        "remedy": "mend them",
        "problems": ["office.yaml:3:1: languge: unknown key 'languge'; did you mean 'language'?", "second"],
    }
    result = softswitch("reload")
    assert result.exit_code == 1
    assert result.stderr == (
        "error: office.yaml has errors; the running dialplan stays\n"
        "  office.yaml:3:1: languge: unknown key 'languge'; did you mean 'language'?\n"
        "  second\n"
        "remedy: mend them\n"
    )
    assert json.loads(softswitch("reload", "--json").stdout) == switch.answers["reload"]


def test_conferences(softswitch: Command, switch: FakeSwitch) -> None:
    party = {
        "call": "a-1",
        "place": 1,
        "number": "101",
        "name": "Anna",
        "moderator": True,
        "muted": False,
        "on_hold": False,
    }
    other = {**party, "call": "a-2", "number": "102", "name": "Bo\x1bris", "moderator": False, "muted": True}
    room = {
        "number": "800",
        "name": "Monday",
        "locked": True,
        "recorded": False,
        "started_at": 1_780_000_000.0,
        "members": [party, other],
    }
    switch.result("conference", {"rooms": [room]})
    rows = softswitch("conference", COLUMNS="100").stdout.splitlines()
    assert rows[0].split() == ["Room", "Since", "No.", "Party", "Name", "State"]
    assert "800, locked" in rows[2]
    assert "moderator" in rows[2]
    assert "muted" in rows[3]
    assert "\x1b" not in rows[3]
    switch.result("conference", {"rooms": []})
    assert softswitch("conference").stdout.strip() == "Nobody is in a conference."


def test_queues(softswitch: Command, switch: FakeSwitch) -> None:
    caller = {
        "call": "a-1",
        "number": "+491711234567",
        "name": "Bo\x1bris",
        "priority": 3,
        "waited": 41.0,
        "expected_wait": 80.0,
        "callback": False,
        "rung": True,
    }
    agent = {
        "number": "102",
        "name": "Clara",
        "state": "paused",
        "reason": "lunch",
        "since": 1_780_000_000.0,
        "calls": 4,
        "last_call": None,
    }
    today = {
        "entered": 12,
        "answered": 9,
        "abandoned": 2,
        "left": 1,
        "in_time": 9,
        "service_level": 0.82,
        "target": 20.0,
        "average_wait": 9.0,
        "longest_wait": 50.0,
    }
    queue = {
        "key": "support",
        "number": "400",
        "name": "Support",
        "waiting": [caller],
        "agents": [agent],
        "today": today,
    }
    switch.result("queues", {"queues": [queue]})
    rows = softswitch("queues", "pause", "102", "--reason", "lunch", COLUMNS="140").stdout.splitlines()
    assert rows[0].startswith("Support (400): 1 waiting; today 12 came, 9 answered, 82% within 0:20, average")
    assert any("0:41" in row and "1:20" in row and "agent rings, priority 3" in row for row in rows)
    assert any("paused, lunch since" in row for row in rows)
    assert not any("\x1b" in row for row in rows)
    switch.result("queues", {"queues": []})
    assert softswitch("queues").stdout.strip() == "The dialplan has no queues."


def test_faxes(softswitch: Command, switch: FakeSwitch) -> None:
    one = {
        "id": "1780000000000-wedrkd-2",
        "place": "office",
        "state": "received",
        "at": 1_780_000_000.0,
        "number": "",
        "name": "",
        "station": "+49 30 999",
        "pages": 3,
        "speed": 14400,
        "corrected": True,
        "outcome": "hung up" + EVIL,
        "call": "wedrkd-2",
        "by": "",
        "tries": 0,
        "due": None,
        "path": "/var/lib/softswitch/faxes/office/1.pdf",
    }
    again = {**one, "state": "waiting", "number": "+4930999", "tries": 1, "due": 1_780_000_300.0}
    switch.result("faxes", {"faxes": [one, again]})
    rows = softswitch("faxes", COLUMNS="200").stdout.splitlines()
    rows = [row for row in rows if "office" in row]
    assert "from +49 30 999" in " ".join(rows[0].split())
    assert "received: hung up" in rows[0]
    assert "to +4930999 3 tried once: hung" in " ".join(rows[1].split())
    assert "\x1b" not in "".join(rows)
    assert softswitch("faxes", "show", "last").stdout == f"{one['path']}\n"
    assert "is deleted" in softswitch("faxes", "delete", "wedrkd-2").stdout
    switch.result("faxes", {"faxes": []})
    assert softswitch("faxes").stdout.strip() == "There is no fax."


def test_what_cannot_be_sent_as_a_fax(softswitch: Command, switch: FakeSwitch, tmp_path: Path) -> None:
    switch.result("fax", {"id": "1-a-1", "place": "office"})
    switch.result("status", status())
    assert "there is no nothing.pdf" in softswitch("fax", "nothing.pdf", "101").stderr
    text = tmp_path / "text.pdf"
    text.write_text("hello")
    (switch.state / "faxes" / ".handed-over").mkdir(parents=True)
    assert "cannot be sent" in softswitch("fax", text, "101").stderr
    assert not list((switch.state / "faxes" / ".handed-over").iterdir())
