"""Who speaks a language here: a neural voice where one is installed, else espeak-ng."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final, Literal

PROGRAM: Final = "espeak-ng"


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: the engine, and its name for the voice."""

    engine: Literal["neural", "espeak-ng"]
    name: str


def voice_for(language: str) -> Voice:
    """The best voice here for a language (BCP 47), by its first subtag."""
    base = language.partition("-")[0].lower()
    if base == "en":
        return Voice("neural", "heart") if find_spec("hibari") else Voice(PROGRAM, "en-us")
    return Voice(PROGRAM, base)
