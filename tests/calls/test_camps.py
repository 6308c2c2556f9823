"""Who waits for whom: order, patience, and no ringing in circles."""

import asyncio

from softswitch.calls.camp_on import Camps
from softswitch.records.events import CallEnded
from tests.rig.waiting import until


class Office:
    """Says who is free, and notes whose call is made."""

    def __init__(self, patience: float = 60.0) -> None:
        self.busy: set[str] = set()
        self.made: list[tuple[str, str]] = []
        self.camps = Camps(lambda number: number not in self.busy, self._connect, patience)

    def _connect(self, camper: str, on: str) -> str:
        self.made.append((camper, on))
        self.busy |= {camper, on}
        return f"call-{len(self.made)}"

    async def ends(self, call: str, outcome: str, *free: str) -> None:
        self.busy -= set(free)
        self.camps.take(CallEnded(0.0, call, outcome, "nobody", "", 200, ""))
        await asyncio.sleep(0)


async def test_in_the_order_of_coming() -> None:
    office = Office()
    office.busy = {"103"}
    office.camps.add("101", "103")
    office.camps.add("102", "103")
    await office.ends("x", "completed", "103")
    assert office.made == [("101", "103")]
    await office.ends("call-1", "completed", "101", "103")
    assert office.made == [("101", "103"), ("102", "103")]
    await office.ends("call-2", "no-answer", "102", "103")
    assert len(office.camps) == 0


async def test_once_for_each_pair() -> None:
    office = Office()
    office.busy = {"103"}
    office.camps.add("101", "103")
    office.camps.add("101", "103")
    assert len(office.camps) == 1
    assert office.camps.cancel("101") == ("103",)
    assert office.camps.cancel("101") == ()


async def test_busy_again_waits_on() -> None:
    office = Office()
    office.camps.add("101", "103")
    office.camps.look_soon()
    await asyncio.sleep(0)
    await office.ends("call-1", "busy", "101")  # 103 is in another call
    assert len(office.camps) == 1
    await office.ends("x", "completed", "103")
    assert office.made == [("101", "103")] * 2


async def test_a_phone_that_says_busy_while_it_is_free_is_not_rung_for_ever() -> None:
    office = Office()
    office.camps.add("101", "103")
    office.camps.look_soon()
    await asyncio.sleep(0)
    await office.ends("call-1", "busy", "101", "103")
    assert len(office.camps) == 0
    assert office.made == [("101", "103")]


async def test_patience_ends() -> None:
    office = Office(patience=0.02)
    office.busy = {"103"}
    office.camps.add("101", "103")
    await until(lambda: len(office.camps) == 0, "he waits no longer")
    await office.ends("x", "completed", "103")
    assert office.made == []


async def test_closed() -> None:
    office = Office()
    office.busy = {"103"}
    office.camps.add("101", "103")
    office.camps.close()
    await office.ends("x", "completed", "103")
    office.camps.add("101", "103")
    assert office.made == []
    assert len(office.camps) == 0
