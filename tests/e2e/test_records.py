"""Every call is recorded, once, also when the switch is killed in the middle."""

import asyncio
import contextlib
import json
import random
import sqlite3
from pathlib import Path
from typing import Any

from softswitch.api.socket_path import reachable
from tests.conftest import SippFactory, SwitchFactory
from tests.e2e.conftest import HandsetFactory
from tests.rig import scenarios
from tests.rig.answered import answered_calls
from tests.rig.ports import new_address
from tests.rig.sipp import User
from tests.rig.switch import Switch, dialplan
from tests.rig.waiting import until


def rows(switch: Switch, query: str) -> list[dict[str, Any]]:
    """What the switch's database says; nothing before it is there."""
    file = switch.file.parent / "state" / "records.db"
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in database.execute(query)]
        except sqlite3.OperationalError:
            return []


async def get(address: str, path: str) -> str:
    """A page over HTTP."""
    reader, writer = await asyncio.open_connection(address, 9090)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    return text


async def test_a_call_its_events_its_record_and_its_figures(
    switch_factory: SwitchFactory, handset: HandsetFactory
) -> None:
    address = new_address()
    plan = dialplan(address, metrics={"listen": f"{address}:9090"})
    switch = await switch_factory(address=address, plan=plan)
    with reachable(switch.file.parent / "state" / "control.sock") as path:
        listener, asking = await asyncio.open_unix_connection(path)
    asking.write(b'{"command": "events"}\n')
    assert json.loads(await listener.readline())["ok"]
    anna, boris = [await handset(number, switch) for number in ("101", "102")]
    outgoing = await anna.dial("102")
    incoming = await boris.called()
    await incoming.ring()
    await incoming.accept()
    await outgoing.answered()
    await outgoing.hang_up()
    await incoming.ended()
    events = []
    while not events or events[-1]["type"] != "CallEnded":
        events.append(json.loads(await asyncio.wait_for(listener.readline(), 5)))
    asking.close()
    assert {event["version"] for event in events} == {1}
    assert events[0] | {"caller": "101", "called": "102"} == events[0]
    assert [
        event["type"] for event in events if event["type"] in ("CallStarted", "Routed", "CallAnswered")
    ] == [
        "CallStarted",
        "Routed",
        "CallAnswered",
    ]
    await switch.idle()
    page = await get(address, "/metrics")
    assert page.startswith("HTTP/1.1 200 OK")
    for line in (
        'softswitch_calls_ended_total{blame="nobody",outcome="completed"} 1.0',
        "softswitch_answer_seconds_count 1.0",
        "softswitch_setup_seconds_count 1.0",
        "softswitch_registrations 2.0",
        "softswitch_calls 0.0",
    ):
        assert line in page.splitlines()
    assert (await get(address, "/")).startswith("HTTP/1.1 404")
    await until(lambda: bool(rows(switch, "SELECT * FROM calls")), "the call's record")
    (call,) = rows(switch, "SELECT * FROM calls")
    assert (call["caller"], call["called"], call["answered_by"], call["ended_by"]) == (
        "101",
        "102",
        "102",
        "101",
    )
    assert (call["direction"], call["outcome"], call["rings"], call["recovered"]) == (
        "inner",
        "completed",
        1,
        0,
    )
    assert call["called_name"] == "Phone 102"
    assert call["started_at"] < call["answered_at"] < call["ended_at"]
    first, second = rows(switch, "SELECT * FROM legs ORDER BY nth")
    assert (first["number"], first["direction"], first["status"]) == ("101", "inbound", 200)
    assert (second["number"], second["direction"], second["status"]) == ("102", "outbound", 200)
    assert second["ringing_at"] <= second["answered_at"] == call["answered_at"]
    assert [step["kind"] for step in rows(switch, "SELECT * FROM steps ORDER BY nth")] == [
        "extension",
        "answered",
    ]
    status = await switch.control("status")
    assert (status["records"]["recorded"], status["records"]["problem"]) == (1, "")


async def test_kill_9_under_load_loses_no_call_and_doubles_none(
    switch_factory: SwitchFactory, sipp: SippFactory, tmp_path: Path
) -> None:
    address, phone = new_address(), new_address()
    plan = dialplan(address, log={"level": "info", "format": "json"})
    seen: set[str] = set()
    for killed in range(2):
        switch = await switch_factory(address=address, plan=plan)
        # Registered once: registrations outlive the switch, too.
        callee = await sipp(
            scenarios.callee(ring=0),
            address,
            registered_as=None if killed else User("102", "pw-102"),
            address=phone,
            calls=5000,
            trace=False,
        )
        caller = await sipp(
            scenarios.caller(talk=300), address, users=[User("101", "pw-101", "102")], calls=5000, rate=60
        )
        messages = tmp_path / f"sipp-{2 * killed + 2}" / "messages.log"

        def some_are_answered(file: Path = messages) -> bool:
            return file.is_file() and len(answered_calls(file)) > 10

        await until(some_are_answered, "answered calls")
        await asyncio.sleep(random.uniform(0, 0.5))  # noqa: S311 - any moment will do
        await switch.kill9()
        await caller.stop()
        await callee.stop()
        seen |= answered_calls(messages)

    switch = await switch_factory(address=address, plan=plan)
    query = "SELECT dialog FROM legs WHERE nth = 0 AND answered_at IS NOT NULL"
    await until(lambda: seen <= {row["dialog"] for row in rows(switch, query)}, "the records of all calls")
    recorded = rows(switch, "SELECT id FROM calls WHERE answered_at IS NOT NULL")
    assert len(seen) <= len(recorded) <= len(seen) + 2 * 5, "more than were on their way at the two ends"
    assert rows(switch, "SELECT id FROM calls WHERE recovered AND outcome = 'switch-died' AND blame = 'us'")
