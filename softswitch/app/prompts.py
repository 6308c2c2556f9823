"""What the switch says: prompts prepared beside the calls, exchanged by a reload."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

import structlog

import prompts
from media.errors import AudioFileError, SpeechError
from media.prompts import NotPrepared, Prompts
from softswitch.config import Dialplan
from softswitch.config.speeches import languages_of, names_of, words_of

log = structlog.get_logger("softswitch.prompts")

T = TypeVar("T")

WITHIN: Final = 5.0
"""Seconds that a call may wait for a text that was never said before."""


def prompt_cache(state: Path) -> Path:
    """Where what was spoken is kept: `prompts` in the state directory, or what SOFTSWITCH_PROMPTS says.

    Several switches may share one, since each file's name tells all that it was made of.
    """
    named = os.environ.get("SOFTSWITCH_PROMPTS")
    return Path(named) if named else state / "prompts"


class SpokenPrompts:
    """See calls.exchange.Prompts. All that is fixed is made by a thread soon after a start or a reload."""

    def __init__(self, cache: Path, rate: int) -> None:
        """`cache` takes what is made; `rate` is the bridge's, in Hz."""
        self._cache = cache
        self._rate = rate
        self.on_prepared: Callable[[], None] = lambda: None
        """Told whenever all that is fixed has been made."""
        self._current: Prompts | None = None
        self._work: set[asyncio.Task[None]] = set()
        # A preparation, another one after a reload, and what a call asks for.
        self._threads = ThreadPoolExecutor(3, "prompts")

    def read(self, dialplan: Dialplan) -> Prompts:
        """The texts of the switch and the operator's own. Takes its time: off the loop. Raises TextsError."""
        return Prompts(self._cache, self._rate, [prompts.FOLDER, dialplan.prompts])

    def take(self, new: Prompts, dialplan: Dialplan) -> None:
        """From now on these; what they need for the dialplan's languages is made in the background.

        What they have not got yet is made when it is asked for.
        """
        if self._current is not None:
            self._current.cancel()
        self._current = new
        languages = languages_of(dialplan)
        names = names_of(dialplan)
        words = [*words_of(dialplan), *((new.language(tag), names) for tag in languages if names)]
        self._beside(self._prepare(new, languages, words))

    def files(self, language: str, name: str, /, **slots: str) -> list[Path]:
        """What to play, at once; nothing when it has not been made yet: then it is made for the next time."""
        try:
            return self._now(language, name, slots)
        except NotPrepared as lacking:
            self._beside(self._make(lacking))
            return []

    def own_files(self, language: str, items: Iterable[Path | str]) -> list[Path]:
        """The same for the operator's own words: texts in that language, and recordings."""
        items = list(items)
        try:
            return self._current.own_files(language, items) if self._current else []
        except NotPrepared as lacking:
            self._beside(self._make(lacking))
            return []

    async def own_spoken(self, language: str, items: Iterable[Path | str]) -> list[Path]:
        """The same; what has not been made yet is waited for, some `WITHIN` seconds."""
        items = list(items)
        if self._current is not None:
            try:
                return self._current.own_files(language, items)
            except NotPrepared as lacking:
                await self._make(lacking)
        return self.own_files(language, items)

    async def spoken(self, language: str, name: str, /, **slots: str) -> list[Path]:
        """What to play; what has not been made yet is waited for, some `WITHIN` seconds. May be nothing."""
        try:
            return self._now(language, name, slots)
        except NotPrepared as lacking:
            await self._make(lacking)
        try:
            return self._now(language, name, slots)
        except NotPrepared:
            return []

    async def prepared(self) -> None:
        """Waits until all that is known beforehand, or was asked for, has been made."""
        while self._work:
            await asyncio.wait(self._work)

    async def close(self) -> None:
        """Nothing more is made."""
        if self._current is not None:
            self._current.cancel()
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _now(self, language: str, name: str, slots: dict[str, str]) -> list[Path]:
        try:
            return self._current.files(language, name, **slots) if self._current else []
        except (KeyError, ValueError):
            # A fault of ours, or a text of the operator's that asks for what is not there.
            log.exception("no such prompt", prompt=name, slots=slots)
            return []

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _prepare(
        self, new: Prompts, languages: frozenset[str], words: Sequence[tuple[str, Iterable[Path | str]]]
    ) -> None:
        # The first callers hear the operator's own words.
        own = await self._thread(lambda: new.prepare_own(words))
        if words:
            log.info("own words prepared")
        for problem in own + await self._thread(lambda: new.prepare(languages)):
            log.warning("prompt not as wanted", problem=problem)
        self.on_prepared()
        log.info("prompts prepared", languages=sorted({new.language(tag) for tag in languages}))

    async def _make(self, lacking: NotPrepared) -> None:
        current = self._current
        if current is None:
            return
        try:
            await self._thread(lambda: current.make(lacking.language, lacking.pieces, WITHIN))
        except (SpeechError, AudioFileError, OSError) as error:
            texts = [piece.said for piece in lacking.pieces]
            log.warning("prompt cannot be spoken", texts=texts, error=str(error))

    async def _thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
