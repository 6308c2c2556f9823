"""What the switch says, as calls ask for it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol


class Prompts(Protocol):
    """What the switch says, by name."""

    def files(self, language: str, name: str, /, **slots: str) -> Sequence[Path]:
        """What to play, one after the other; nothing when it cannot be said."""

    def own_files(self, language: str, items: Iterable[Path | str]) -> Sequence[Path]:
        """The same for the operator's own words: texts in that language, and recordings."""

    async def spoken(self, language: str, name: str, /, **slots: str) -> Sequence[Path]:
        """What to play; what has not been made yet is waited for, a few seconds. May be nothing."""

    async def own_spoken(self, language: str, items: Iterable[Path | str]) -> Sequence[Path]:
        """The same for the operator's own words."""


class NoPrompts:
    """A switch without a voice."""

    def files(self, language: str, name: str, /, **slots: str) -> Sequence[Path]:
        return ()

    def own_files(self, language: str, items: Iterable[Path | str]) -> Sequence[Path]:
        return ()

    async def spoken(self, language: str, name: str, /, **slots: str) -> Sequence[Path]:
        return ()

    async def own_spoken(self, language: str, items: Iterable[Path | str]) -> Sequence[Path]:
        return ()
