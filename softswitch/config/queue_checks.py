"""Whether queues lead somewhere, and their keys can be told apart."""

from collections.abc import Iterator

from softswitch.config.announcement import HANG_UP
from softswitch.config.by_mode import said_at
from softswitch.config.dialplan import Dialplan
from softswitch.config.places import Places
from softswitch.config.problems import Finding, KeyPath
from softswitch.config.queue import Queue
from softswitch.config.references import leads_somewhere


def check_queues(dialplan: Dialplan) -> Iterator[Finding]:
    """Finds places that callers of a queue cannot go to, and keys that do nothing."""
    places = Places(dialplan)
    for key, queue in dialplan.queues.items():
        path: KeyPath = ("queues", key)
        for name in ("then", "leave_to", "when_full", "when_empty"):
            for at, place in said_at(getattr(queue, name), (*path, name)):
                if place == HANG_UP:
                    continue
                if place in (key, queue.number):
                    yield Finding(at, "this leads back to itself", "name another place", value=place)
                else:
                    yield from leads_somewhere(dialplan, places, at, place)
        yield from _keys(queue, path)


def _keys(queue: Queue, path: KeyPath) -> Iterator[Finding]:
    if queue.leave_key is not None and queue.leave_key == queue.callback_key:
        yield Finding(
            (*path, "leave_key"),
            "this key is callback_key already",
            "choose another key",
            value=queue.leave_key,
        )
    if (queue.leave_key is None) != (queue.leave_to is None):
        there, missing = ("leave_to", "leave_key") if queue.leave_key is None else ("leave_key", "leave_to")
        yield Finding(
            (*path, there), f"{there} does nothing without {missing}", f"add {missing}", at_key=True
        )
