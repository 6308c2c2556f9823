"""What a new dialplan changes in what people may call: "214 gains international". Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from softswitch.config import Dialplan
from softswitch.config.calling import NUMBER_CLASSES, NumberClass
from softswitch.routing.calling_rights import CallingRights

_MOST: Final = 8
"""Numbers that one sentence names."""


def right_changes(old: Dialplan, new: Dialplan) -> Iterator[str]:
    """Sentences about the extensions that stay: what each gains and loses, in all modes or in some."""
    before, after = CallingRights(old), CallingRights(new)
    modes = tuple(dict.fromkeys((*old.modes, *new.modes))) or ("",)
    whose: dict[tuple[str, ...], list[str]] = {}
    for number in new.extensions:
        if number in old.extensions:
            sentences = tuple(_of_one(before, after, number, modes))
            if sentences:
                whose.setdefault(sentences, []).append(number)
    for sentences, numbers in whose.items():
        for sentence in sentences:
            verb, _, what = sentence.partition(" ")
            yield f"{_listed(numbers)} {verb if len(numbers) == 1 else verb.removesuffix('s')} {what}."


def _of_one(before: CallingRights, after: CallingRights, number: str, modes: Sequence[str]) -> Iterator[str]:
    gained: dict[str, frozenset[NumberClass]] = {}
    lost: dict[str, frozenset[NumberClass]] = {}
    for mode in modes:
        had, has = before.kinds(number, mode), after.kinds(number, mode)
        gained[mode], lost[mode] = has - had, had - has
    for word, by_mode in (("gains", gained), ("loses", lost)):
        grouped: dict[frozenset[NumberClass], list[str]] = {}
        for mode, kinds in by_mode.items():
            if kinds:
                grouped.setdefault(kinds, []).append(mode)
        for kinds, when in grouped.items():
            named = ", ".join(kind.replace("_", "-") for kind in NUMBER_CLASSES if kind in kinds)
            what = "all calls outside" if len(kinds) == len(NUMBER_CLASSES) else named
            yield f"{word} {what}" + ("" if len(when) == len(modes) else f" in the mode {' and '.join(when)}")


def _listed(numbers: Sequence[str]) -> str:
    if len(numbers) > _MOST:
        return f"{', '.join(numbers[:_MOST])} and {len(numbers) - _MOST} more"
    return " and ".join(filter(None, (", ".join(numbers[:-1]), numbers[-1])))
