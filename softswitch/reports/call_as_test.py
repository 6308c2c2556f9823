"""A recorded call as a test of the dialplan: who called what and when, and the way that he went."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from softswitch.reports.why import Row, Story

_PLACES: Final = ("menu", "queue", "voicemail", "announcement", "scenario", "disa", "fax", "paging group")
_RUNG: Final = ("extension", "department", "outside")
_UNREGISTERED: Final = re.compile(r"no phone is registered as (\S+?)(?: \(line|;|$)")
_BUSY: Final = re.compile(r"(\S+) is in a call and has no call waiting")
_GRANTED: Final = re.compile(r"granted to (\S+)")
BUSY_HERE: Final = 486


def as_test(story: Story, zone: ZoneInfo) -> dict[str, Any]:
    """The settings of a CallTest, as they stand in a file; `expect` is what `route` is to show.

    What the records do not have is not in it: keys pressed as a pin or an answer, what web servers said.
    """
    call = story.call
    comes_in = call["direction"] == "in"
    test: dict[str, Any] = {"caller": call["caller"], "to": call["called"]}
    if comes_in:
        test["trunk"] = call["trunk"]
    test["at"] = datetime.fromtimestamp(call["started_at"], zone).strftime("%Y-%m-%dT%H:%M")
    if call["pressed"]:
        test["keys"] = call["pressed"]
    words = [str(step["words"]) for step in story.steps]
    met = {
        "busy": [*_named(_BUSY, words), *_busy(story)],
        "unregistered": _named(_UNREGISTERED, words),
    }
    test |= {name: list(dict.fromkeys(numbers)) for name, numbers in met.items() if numbers}
    if granted := _named(_GRANTED, [str(step["step"]) for step in story.steps if step["place"] == "disa"]):
        test["disa"] = granted[-1]
    if any(step["kind"] in (*_RUNG, "queue") for step in story.steps):
        test["answer"] = [call["answered_by"]] if call["answered_by"] else "nobody"
    test["expect"] = list(_way(story))
    return test


def _named(pattern: re.Pattern[str], texts: list[str]) -> list[str]:
    return [found for text in texts for found in pattern.findall(text)]


def _busy(story: Story) -> Iterator[str]:
    """Those of the house who were rung and said so."""
    for leg in story.legs[1:]:
        if leg["status"] == BUSY_HERE and not leg["trunk"]:
            yield leg["number"]


def _way(story: Story) -> Iterator[str]:
    """The steps, as `softswitch route` words them."""
    call = story.call
    if call["mode"]:
        yield f"mode {call['mode']}"
    scenarios = {step["place"] for step in story.steps if step["kind"] == "scenario" and not step["step"]}
    for step in story.steps:
        yield from _of(step, scenarios, story)
    if call["answered_by"]:
        yield f"{call['answered_by']} answers"


def _of(step: Row, scenarios: set[str], story: Story) -> Iterator[str]:
    kind, place, name = step["kind"], step["place"], step["step"]
    if name:
        if place in scenarios:
            yield f"step {name}"
        elif kind == "menu" and ": " in name:
            yield name
    elif kind in _PLACES:
        yield kind if kind == place else f"{kind} {place.removeprefix(f'{kind} ')}"
    elif kind == "outside":
        trunk = next((leg["trunk"] for leg in story.legs[1:] if leg["trunk"]), "")
        yield f"ring {place} through {trunk}" if trunk else f"ring {place}"
    elif kind in _RUNG:
        yield f"ring {place}"
    elif kind == "refusal":
        yield f"refuse {place}"
    elif kind == "feature":
        yield str(step["words"]).partition(": ")[0]
