"""What a step says to the caller: prompts of the switch, and the operator's own words, in his language."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from softswitch.config.speech import Items, Speech

if TYPE_CHECKING:
    from softswitch.calls.call import Call
    from softswitch.sip.leg import Leg


class Prompt(NamedTuple):
    """One of the switch's own texts, by its name in the catalogue."""

    name: str
    slots: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, name: str, /, **slots: str) -> "Prompt":
        """With what is said in it."""
        return cls(name, tuple(slots.items()))


class Own(NamedTuple):
    """Words of the operator's, in a language that is known already."""

    language: str
    items: Items


Said = Prompt | Speech | Own | Path
"""One part of what is said; a file, such as a message, is WAV at the bridge's rate."""


def say(prompt: str, **slots: object) -> Prompt:
    """A prompt and what is said in it."""
    return Prompt(prompt, tuple((name, str(value)) for name, value in slots.items()))


def ready(call: "Call", leg: "Leg", parts: Sequence[Said]) -> list[Path] | None:
    """What to play, at once; None when a part has to be made first, or cannot be said."""
    prompts, language = call.exchange.prompts, call.language_of(leg)
    found: list[Path] = []
    for part in parts:
        if isinstance(part, Path):
            files: Sequence[Path] = [part]
        elif isinstance(part, Prompt):
            files = prompts.files(language, part.name, **dict(part.slots))
        else:
            files = prompts.own_files(*_own(call, part, language))
        if not files:
            return None
        found += files
    return found


async def waited_for(call: "Call", leg: "Leg", parts: Sequence[Said]) -> list[Path]:
    """The same; what has to be made first is waited for, some seconds. What cannot be said is left out."""
    prompts, language = call.exchange.prompts, call.language_of(leg)
    found: list[Path] = []
    for part in parts:
        if isinstance(part, Path):
            found.append(part)
        elif isinstance(part, Prompt):
            found += await prompts.spoken(language, part.name, **dict(part.slots))
        else:
            found += await prompts.own_spoken(*_own(call, part, language))
    return found


def _own(call: "Call", part: Speech | Own, language: str) -> tuple[str, Items]:
    if isinstance(part, Own):
        return part.language, part.items
    return part.choose(language, call.router.dialplan.language)
