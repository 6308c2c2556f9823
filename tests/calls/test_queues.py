"""All queues together: which agent is rung for whom, when, and what a call that he misses does. No socket."""

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from softswitch.app.callbacks_file import CallbacksFile
from softswitch.calls.exchange import Exchange
from softswitch.calls.preferences import PreferenceBook
from softswitch.calls.queue import Entry
from softswitch.calls.queues import MISSED, Queues
from softswitch.calls.taken import Taken
from softswitch.config import load_text
from softswitch.records.events import (
    AgentMissed,
    AgentPaused,
    CallAnswered,
    CallEnded,
    CallEvent,
    LegClosed,
    QueueEntered,
    QueueLeft,
)
from softswitch.routing import Preferences, Ring, Router

DIALPLAN = """\
domain: office.example
extensions:
  101: {password: geheimnis-1}
  102: {password: geheimnis-2}
  103: {password: geheimnis-3}
queues:
  support:
    {number: 400, agents: [101, 102], ring: in turn, wrap_up: 10s, pause_after_missed: 2, max_length: 3}
  sales: {number: 401, agents: [101, {extension: 103, penalty: 1}], ring: all, priority: 5}
"""


class Office:
    """An exchange as far as queues ask it."""

    def __init__(self, dialplan: str = DIALPLAN) -> None:
        self.now = 1_780_000_000.0
        self.events: list[CallEvent] = []
        self.busy: set[str] = set()
        self.away: set[str] = set()
        self.rung: list[tuple[str, list[str]]] = []
        self.preferences = PreferenceBook()
        self.router = Router(load_text(dialplan, Path("/nowhere/office.yaml"), {}))
        self.clock = lambda: self.now
        self.taken = Taken(lambda number: len(number) == 3, self.clock)
        self.queues = Queues(cast(Exchange, self))

    def is_free(self, number: str) -> bool:
        return number not in self.busy | self.away

    def is_reachable(self, number: str) -> bool:
        return number not in self.away

    def publish(self, event: CallEvent) -> None:
        self.events.append(event)
        self.taken.take(event)
        self.queues.take(event)

    async def comes(self, number: str, queue: str = "support", **known: Any) -> Entry:
        """A caller of that number, ready to talk at once."""
        self.now += 1
        entry = Entry(
            self.router.dialplan.queues[queue], number, "", self.now, call=f"call-{number}", **known
        )
        self.queues.join(entry)
        self.queues.waits(entry, lambda ring: self._ring(number, ring))
        await self.looks()
        return entry

    async def looks(self) -> None:
        self.queues.look_soon()
        await asyncio.sleep(0)

    def answers(self, entry: Entry, agent: str) -> None:
        self.queues.answered(entry, agent, entry.call)
        self.publish(CallAnswered(self.now, entry.call, agent, ""))
        self.busy.add(agent)

    async def ends(self, call: str, agent: str) -> None:
        self.busy.discard(agent)
        leg = LegClosed(self.now, call, agent, "out", "udp", "x", "PCMA", False, 1, 1, 0, 0.0, 0.0)
        self.publish(leg)
        self.publish(CallEnded(self.now, call, "completed", "nobody", "", 200, ""))
        await asyncio.sleep(0)

    def _ring(self, number: str, ring: Ring) -> bool:
        self.rung.append((number, [target.number for target in ring.targets]))
        return True

    def told(self, *kinds: type) -> list[tuple[Any, ...]]:
        return [tuple(event)[1:] for event in self.events if isinstance(event, kinds)]


@pytest.fixture
async def office() -> Office:
    return Office()


async def test_in_the_order_of_coming(office: Office) -> None:
    office.busy = {"101", "102"}
    first, second = await office.comes("+491"), await office.comes("+492")
    assert office.rung == []
    assert office.told(QueueEntered) == [("call-+491", "support", 1), ("call-+492", "support", 2)]
    office.busy = {"102"}
    await office.looks()
    await office.looks()
    assert office.rung == [("+491", ["101"])], "who is being rung is rung for one only"
    office.answers(first, "101")
    assert office.told(QueueLeft) == [("call-+491", "support", "answered", 1.0, 1)]
    office.busy = {"101"}
    await office.looks()
    assert office.rung[1:] == [("+492", ["102"])]
    office.queues.leave(second, "abandoned")
    figures = office.queues.figures("support")
    assert (figures.entered, figures.answered, figures.abandoned, figures.in_time) == (2, 1, 1, 1)


async def test_priority_among_queues_with_the_same_agents(office: Office) -> None:
    office.busy, office.away = {"101", "102"}, {"103"}
    await office.comes("+491")
    await office.comes("+492", "sales", priority=5)
    office.busy = {"102"}
    await office.looks()
    assert office.rung == [("+492", ["101"])]


async def test_penalties(office: Office) -> None:
    await office.comes("+491", "sales")
    assert office.rung == [("+491", ["101"])]
    await office.comes("+492", "sales")
    assert office.rung[1:] == [("+492", ["103"])]


async def test_two_missed_calls_pause_an_agent_and_the_caller_keeps_his_place(office: Office) -> None:
    office.away = {"102"}
    entry, behind = await office.comes("+491"), await office.comes("+492")
    for _ in range(2):
        office.queues.not_taken(entry, {"101"})
        assert office.queues.line("support").place(entry) == 1
        office.now += 3
        await office.looks()
    assert office.told(AgentMissed) == [("call-+491", "support", "101")] * 2
    assert office.told(AgentPaused) == [("call-+491", "101", MISSED)]
    assert office.rung == [("+491", ["101"])] * 2
    office.queues.agents.resume("101")
    await office.looks()
    assert office.rung[2:] == [("+491", ["101"])]
    assert office.queues.line("support").place(behind) == 2


async def test_another_agent_is_rung_after_one_who_has_not_answered(office: Office) -> None:
    entry = await office.comes("+491")
    office.queues.not_taken(entry, {"101"})
    await asyncio.sleep(0)
    assert office.rung == [("+491", ["101"]), ("+491", ["102"])]


async def test_wrap_up(office: Office) -> None:
    office.away = {"102"}
    first = await office.comes("+491")
    office.answers(first, "101")
    await office.comes("+492")
    office.now += 60
    await office.ends("call-+491", "101")
    assert len(office.rung) == 1
    assert list(office.queues.figures("support").lengths) == [61.0]
    office.now += 9.9
    await office.looks()
    assert len(office.rung) == 1
    office.now += 0.2
    await office.looks()
    assert office.rung[1:] == [("+492", ["101"])]
    assert office.queues.expected_wait(office.router.dialplan.queues["support"], 2) == 122


async def test_logged_out_paused_or_not_to_be_disturbed(office: Office) -> None:
    support = office.router.dialplan.queues["support"]
    office.queues.agents.log_in("101", support, False)
    office.preferences.change("102", Preferences(do_not_disturb=True))
    await office.comes("+491")
    assert office.rung == []
    assert office.queues.present(support) == ["102"]
    office.preferences.change("102", Preferences())
    await office.looks()
    assert office.rung == [("+491", ["102"])]


async def test_full(office: Office) -> None:
    office.busy = {"101", "102"}
    support = office.router.dialplan.queues["support"]
    for number in ("+491", "+492", "+493"):
        assert not office.queues.is_full(support)
        await office.comes(number)
    assert office.queues.is_full(support)


async def test_a_reload_keeps_places_and_takes_the_new_settings(office: Office) -> None:
    office.busy = {"101", "102"}
    entry = await office.comes("+491")
    office.router = Office(DIALPLAN.replace("agents: [101, 102]", "agents: [103]")).router
    await office.looks()
    assert office.rung == [("+491", ["103"])]
    office.router = Office(DIALPLAN.split("queues:")[0]).router
    assert office.queues.settings(entry).key == "support"
    assert office.queues.line("support").place(entry) == 1


async def test_somebody_else_has_the_place(office: Office) -> None:
    """A colleague has waited in line for him."""
    office.busy = {"101", "102"}
    entry = await office.comes("103")
    await office.comes("+492")
    entry.number = "+491"
    office.queues.hand_over(entry, "call-9")
    assert office.told(QueueLeft) == [("call-103", "support", "handed-over", 1.0, 1)]
    assert office.told(QueueEntered)[-1] == ("call-9", "support", 1)
    office.busy = set()
    office.queues.waits(entry, lambda ring: office._ring("+491", ring))
    await office.looks()
    assert office.rung == [("+491", ["101"]), ("+492", ["102"])]


async def test_who_calls_again_has_the_place_of_his_callback(office: Office) -> None:
    office.busy = {"101", "102"}
    entry = await office.comes("+491")
    await office.comes("+492")
    office.queues.wants_callback(entry)
    assert office.told(QueueLeft) == [("call-+491", "support", "callback", 1.0, 1)]
    office.busy = set()
    await office.looks()
    assert [number for number, _ in office.rung] == ["+492"], "he is still being told"
    again = await office.comes("+491")
    assert office.queues.line("support").place(again) == 1
    assert len(office.queues.line("support")) == 2


async def test_who_is_to_be_called_back_is_so_after_a_restart(tmp_path: Path) -> None:
    """Cut short: the switch has died while nobody was free."""
    first = Office()
    first.away = {"101", "102", "103"}
    early = await first.comes("+4930111", priority=2, trunk="line")
    await first.comes("+4930222")
    late = await first.comes("+4930333", queue="sales")
    for entry in (early, late):
        first.queues.wants_callback(entry)
    file = CallbacksFile(tmp_path / "callbacks.json")
    first.queues.callback_book.on_change = file.save
    first.queues.callback_book.keep()
    file.start()
    assert file.close()

    second = Office(DIALPLAN.replace("sales: {number: 401", "sold: {number: 401"))
    second.now = first.now + 60
    written: list[Any] = []
    again = CallbacksFile(tmp_path / "callbacks.json")
    second.queues.callback_book.restore(again.load())
    second.queues.callback_book.on_change = written.append
    second.queues.callback_book.keep()
    assert written == [], "nothing has changed yet"
    (entry,) = second.queues.line("support")
    assert (entry.number, entry.trunk, entry.priority, entry.since) == ("+4930111", "line", 2, early.since)
    rung: list[tuple[Entry, Ring]] = []
    second.queues.callbacks.call = lambda entry, ring: rung.append((entry, ring)) or True  # type: ignore[method-assign,func-returns-value]
    await second.looks()
    assert [(entry.number, ring.targets[0].number) for entry, ring in rung] == [("+4930111", "101")]
    # Who calls again has the place that was kept.
    caller = await second.comes("+4930222")
    assert second.queues.line("support").place(caller) == 2
    second.queues.answered(entry, "101", "call-7", "called-back")
    second.queues.callback_book.keep()
    assert written == [{}]
