"""The handling of the switch's process, proved with a stand-in that keeps the same contract."""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.rig.switch import Switch, dialplan, password
from tests.rig.waiting import RigError

STAND_IN = """
import json, os, pathlib, signal, socket, sys

def log(level, event, **fields):
    print(json.dumps({"level": level, "event": event, **fields}), flush=True)

assert sys.argv[1] == "run"
plan = json.loads(pathlib.Path(sys.argv[2]).read_text())
if plan.get("refuse"):
    sys.exit("dialplan.yaml:1: refused")
state = pathlib.Path(sys.argv[2]).parent / "state"
state.mkdir(exist_ok=True)
(state / "control.sock").unlink(missing_ok=True)
server = socket.socket(socket.AF_UNIX)
server.bind(str(state / "control.sock"))
server.listen()
signal.signal(signal.SIGTERM, lambda *_: (log("info", "stopped"), sys.exit(0)))
signal.signal(signal.SIGHUP, lambda *_: log("info", "reloaded"))
print("starting up, not JSON", flush=True)
log("info", "ready", pid=os.getpid())
while True:
    connection, _ = server.accept()
    asked = json.loads(connection.makefile().readline())
    if asked["command"] == "fail":
        log("error", "it failed", call_id="c1")
    good = {"ok": True, "result": asked["arguments"]}
    bad = {"ok": False, "error": "no such command", "remedy": "see help"}
    connection.sendall(json.dumps(bad if asked["command"] == "unknown" else good).encode() + b"\\n")
    connection.close()
"""

Start = Callable[..., Awaitable[Switch]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    program = tmp_path / "stand_in.py"
    program.write_text(STAND_IN)
    started: list[Switch] = []

    async def begin(**arguments: Any) -> Switch:
        switch = await Switch.start(tmp_path / "switch", command=(sys.executable, str(program)), **arguments)
        started.append(switch)
        return switch

    yield begin
    for switch in started:
        await switch.process.stop()


async def test_it_is_ready_answers_and_stops(start: Start) -> None:
    switch = await start()
    assert (await switch.wait_event("ready"))["pid"] == switch.process.pid
    assert await switch.control("calls", number="101") == {"number": "101"}
    assert switch.resident_bytes > 1_000_000
    assert switch.cpu_seconds >= 0
    switch.hup()
    await switch.wait_event("reloaded")
    assert await switch.terminate() == 0
    assert [line["event"] for line in switch.log.items] == ["ready", "reloaded", "stopped"]


async def test_a_refused_command_is_an_error_with_its_words(start: Start) -> None:
    switch = await start()
    assert (await switch.control_answer("unknown"))["remedy"] == "see help"
    with pytest.raises(RigError, match="no such command"):
        await switch.control("unknown")


async def test_a_logged_error_fails_the_test_unless_allowed(start: Start) -> None:
    switch = await start()
    await switch.control("fail")
    await switch.wait_event("it failed", call_id="c1")
    with pytest.raises(RigError, match="it failed"):
        await switch.terminate()
    switch.allow_errors("it failed")
    switch.check_log()


async def test_a_switch_that_does_not_start_is_an_error_with_its_words(start: Start) -> None:
    with pytest.raises(RigError, match=r"(?s)did not start.*dialplan\.yaml:1: refused"):
        await start(plan={"refuse": True})


async def test_it_can_be_killed_and_started_again(start: Start) -> None:
    first = await start()
    await first.kill9()
    assert first.process.exit_code == -9
    second = await start(address=first.address)
    assert second.process.pid != first.process.pid
    assert await second.terminate() == 0


async def test_waiting_in_vain_for_a_line_ends(start: Start) -> None:
    switch = await start()
    with pytest.raises(RigError, match=r"no log line .*never.* within 0\.1 s"):
        await switch.wait_event("never", within=0.1)


def test_the_dialplan_is_that_of_the_tests() -> None:
    plan = dialplan("127.32.0.1", ("101",), calls={"ring_time": "2s"})
    assert plan["listen"] == ["udp://127.32.0.1:5060", "tcp://127.32.0.1:5060"]
    assert plan["extensions"]["101"]["password"] == password("101")
    assert plan["calls"] == {"ring_time": "2s"}
    assert json.loads(json.dumps(plan)) == plan
