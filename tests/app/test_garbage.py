"""Collection stands back while a dialplan is read, and comes for what was left when nobody calls."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from softswitch.app import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


class Circle:
    """Freed by the collector only."""

    alive = 0

    def __init__(self) -> None:
        self.itself = self
        Circle.alive += 1

    def __del__(self) -> None:
        Circle.alive -= 1


async def test_nothing_is_collected_while_a_dialplan_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_YOUNG", 0.001)
    monkeypatch.setattr(garbage, "_OLD", 20)
    loading = True
    collecting = asyncio.ensure_future(garbage.collect(lambda: True, lambda: loading))
    await asyncio.sleep(0)
    Circle()
    for _ in range(50):
        await asyncio.sleep(0.001)
    assert Circle.alive == 1
    loading = False
    for _ in range(2000):
        if not Circle.alive:
            break
        await asyncio.sleep(0.001)
    assert Circle.alive == 0
    collecting.cancel()
