"""Who takes part in a call's signalling, each as one lifeline of the ladder."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from softswitch.cli.answers import Call, Message
from softswitch.cli.screen import safe

_CALL_ID = re.compile(r"^(?:Call-ID|i)[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
SWITCH_LANE = 1
"""The caller stands left of the switch, everybody else right of it."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One lifeline: a device, or the switch. All of it is harmless for a terminal."""

    title: str
    """Number and name."""
    number: str
    place: str
    """Transport, IP and port."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """All lifelines from left to right, and where each message belongs."""

    lanes: tuple[Lane, ...]
    _by_dialog: dict[str, int]

    def of(self, message: Message) -> int:
        """The lifeline of the device that a message came from or went to."""
        return self._by_dialog[_dialog(message)]


def lanes_of(call: Call, messages: Sequence[Message]) -> Lanes:
    """A lifeline for each dialog, in the order of their first messages.

    A dialog is a device: its address may change in mid-call (NAT, a new connection), its Call-ID does not.
    """
    names = {call.called: call.called_name, call.caller: call.caller_name}
    first: dict[str, Message] = {}
    for message in messages:
        first.setdefault(_dialog(message), message)
    devices = [_lane(message, names) for message in first.values()]
    lanes = [*devices[:1], Lane("Softswitch", "switch", ""), *devices[1:]]
    order = {dialog: index if index == 0 else index + 1 for index, dialog in enumerate(first)}
    return Lanes(tuple(lanes), order)


def _lane(message: Message, names: dict[str, str]) -> Lane:
    number = safe(message.number) or "?"
    name = safe(names.get(message.number, ""))
    title = f"{number} {name}" if name and name != number else number
    return Lane(title, number, safe(f"{message.transport} {message.peer}"))


def _dialog(message: Message) -> str:
    found = _CALL_ID.search(message.text.partition("\n\n")[0])
    return found.group(1) if found else f"{message.number} {message.peer}"
