"""What an operator asks a running switch: by its control socket, and by the commands that use it."""

import asyncio
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig.handset import Handset, Talk
from tests.rig.ports import new_address
from tests.rig.process import Peer
from tests.rig.switch import COMMAND, Switch, dialplan
from tests.rig.waiting import RigError


async def talking(anna: Handset, boris: Handset) -> tuple[Talk, Talk]:
    outgoing = await anna.dial(boris.user)
    incoming = await boris.called()
    await incoming.ring()
    await incoming.accept()
    await outgoing.answered()
    return outgoing, incoming


async def command(switch: Switch, *words: str) -> tuple[int, str]:
    """Runs `softswitch …` for that switch; its exit code and output."""
    state = str(switch.file.parent / "state")
    root = str(Path(__file__).parents[2])
    environment = {"PYTHONPATH": root, "COLUMNS": "140", "SOFTSWITCH_STATE": state}
    peer = await Peer.start(f"softswitch {words[0]}", [*COMMAND, *words], switch.file.parent, environment)
    code = await peer.wait()
    return code, "\n".join(peer.lines.items)


async def as_json(switch: Switch, *words: str) -> Any:
    code, text = await command(switch, *words, "--json")
    assert code == 0, text
    return json.loads(text)


async def test_status_calls_registrations_hangup_and_trace(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch, "tcp")
    outgoing, incoming = await talking(anna, boris)

    status = await switch.control("status")
    assert (status["calls"], status["legs"], status["bindings"]) == (1, 2, 2)
    assert status["pid"] == switch.process.pid
    assert 0 < status["uptime"] < 60
    assert status["rss_bytes"] > 10_000_000

    (call,) = (await switch.control("calls"))["calls"]
    assert (call["caller"], call["called"], call["state"]) == ("101", "102", "talking")
    assert [(leg["number"], leg["transport"], leg["codec"]) for leg in call["legs"]] == [
        ("101", "udp", "PCMU"),
        ("102", "tcp", "PCMU"),
    ]
    dialogs = {leg["call_id"] for leg in call["legs"]}
    assert dialogs == {outgoing.call_id, incoming.call_id}

    found = {one["number"]: one for one in (await switch.control("registrations"))["registrations"]}
    assert found["102"]["transport"] == "tcp"
    assert 3500 < found["102"]["expires_in"] <= 3600

    assert (await switch.control("hangup", call=call["id"]))["ended"] == call["id"]
    byes = await asyncio.gather(outgoing.ended(), incoming.ended())
    assert all("Ended By Operator" in bye.get("Reason") for bye in byes)
    await switch.wait_event("call ended", outcome="ended-by-operator")

    (ended,) = (await switch.control("calls", recent=5))["calls"]
    assert (ended["state"], ended["outcome"], ended["blame"]) == ("ended", "ended-by-operator", "us")
    trace = await switch.control("trace", call=call["id"])
    titles = [message["title"] for message in trace["messages"]]
    assert any(title.startswith("INVITE") for title in titles)
    assert any("BYE" in title for title in titles)
    assert {message["number"] for message in trace["messages"]} == {"101", "102"}
    times = [message["at"] for message in trace["messages"]]
    assert times == sorted(times)


async def test_the_commands(switch_factory: SwitchFactory, handset: HandsetFactory) -> None:
    switch = await switch_factory()
    anna, boris = await handset("101", switch), await handset("102", switch)
    outgoing, incoming = await talking(anna, boris)

    (call,) = (await as_json(switch, "calls"))["calls"]
    assert call["state"] == "talking"
    code, text = await command(switch, "calls")
    assert code == 0
    assert call["id"] in text
    assert "Phone 101" in text
    assert (await as_json(switch, "status"))["calls"] == 1
    code, text = await command(switch, "status")
    assert "office.example" in text
    code, text = await command(switch, "registrations")
    assert anna.sip.address in text
    assert boris.sip.address in text

    code, text = await command(switch, "trace", call["id"])
    assert code == 0
    for word in ("INVITE", "180", "200", "ACK"):
        assert word in text
    assert re.search(r"\d{1,2}:\d\d|\d\.\d", text), "with times"

    code, text = await command(switch, "hangup", call["id"])
    assert code == 0, text
    await outgoing.ended()
    await incoming.ended()
    code, text = await command(switch, "hangup", call["id"])
    assert code != 0
    assert "Traceback" not in text

    switch.rewrite(dialplan(switch.address, ("101", "102", "103")))
    code, text = await command(switch, "reload")
    assert code == 0
    assert "103" in text
    switch.rewrite("domain: [")
    code, text = await command(switch, "reload")
    assert code == 1
    assert "dialplan.yaml" in text

    await switch.terminate()
    code, text = await command(switch, "status")
    assert code == 3
    assert "Traceback" not in text


async def test_the_socket_is_for_its_own_user_and_takes_no_nonsense(switch_factory: SwitchFactory) -> None:
    switch = await switch_factory()
    path = switch.file.parent / "state" / "control.sock"
    assert stat.S_ISSOCK(path.stat().st_mode)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    reader, writer = await asyncio.open_unix_connection(str(path), limit=2**22)
    for line in (b"{", b"[]", b'{"command": "reboot"}', b'{"command": "calls", "arguments": 5}', b"\xff\xfe"):
        writer.write(line + b"\n")
        answer = json.loads(await reader.readline())
        assert answer["ok"] is False
        assert "status" in answer["remedy"], "it says what can be asked"
    for command_, arguments in (("calls", {"recent": -1}), ("hangup", {"call": "x"}), ("trace", {})):
        writer.write(json.dumps({"command": command_, "arguments": arguments}).encode() + b"\n")
        answer = json.loads(await reader.readline())
        assert answer["ok"] is False
        assert answer["error"]
        assert answer["remedy"]
    writer.write(b"x" * 200_000 + b"\n")
    answer = json.loads(await reader.readline())
    assert answer["ok"] is False
    assert "too long" in answer["error"]
    assert await reader.read() == b"", "what follows such a line could be anything: the connection ends"
    writer.close()
    assert (await switch.control("status"))["calls"] == 0


async def test_a_second_switch_on_the_same_state_is_refused_and_the_first_lives(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    switch = await switch_factory("one")
    state = str(switch.file.parent / "state")
    other = new_address()
    with pytest.raises(RigError, match="another switch uses the state directory"):
        await switch_factory("two", address=other, plan=dialplan(other, state_directory=state))
    # Nor one on the same port: the message names the listener.
    with pytest.raises(RigError, match=f"{switch.address}.*5060"):
        await switch_factory("three", address=switch.address)
    await handset("101", switch)
    assert (await switch.control("status"))["bindings"] == 1
