"""Fax machines: SpanDSP's T.30 terminal in the bridge. Its modem runs on the media clock."""

import asyncio
import enum
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from softswitch.sip import endings, tap
from softswitch.sip.tap import ffi, lib

log = structlog.get_logger("softswitch.sip.fax")

FOR_FAX: Final = "fax"
"""Instead of the name of a codec: a call that carries a fax offers G.711 alone."""


class FaxStage(enum.Enum):
    """What a machine tells."""

    AGREED = lib.TAP_FAX_AGREED
    PAGE = lib.TAP_FAX_PAGE
    ENDED = lib.TAP_FAX_ENDED


@dataclass(frozen=True, slots=True)
class FaxNews:
    """How it stands. `pages` are whole ones so far, `speed` in bit/s, `station` the far end's own name."""

    stage: FaxStage
    pages: int
    speed: int
    corrected: bool
    """Whether errors are corrected (ECM, T.30 annex A)."""
    bad_rows: int
    """Of the last page, where errors are not corrected."""
    station: str
    outcome: str
    """In words; empty if all went well, or goes well so far."""


_FRAME: Final = 160
"""Samples of 20 ms."""


@dataclass(frozen=True, slots=True)
class FaxSetting:
    """How a machine presents itself, and what it does."""

    station: str = ""
    """Its own number (CSI, TSI): at most 20 digits, +, spaces."""
    header: str = ""
    """The line above the pages that are sent; empty for none."""
    zone: str = "UTC0"
    """The clock of that line, in POSIX notation."""
    corrected: bool = True
    """Whether errors are corrected (ECM), if the far end can do it."""
    speed: int = 14400
    """The fastest in bit/s: 14400 (V.17), 9600 (V.29) or 4800 (V.27ter)."""


# T.30's many ways to fail, in the operator's words; SpanDSP's own for those that are hardly ever seen.
_WORDS: Final = (
    (("T1 ", "first message", "initial communication"), "no fax machine was heard"),
    (("call dropped",), "the call ended in the middle"),
    (("train",), "the line is too bad: the modems did not understand each other"),
    (("cannot be opened",), "the file could not be written or read"),
)


def words_of(result: int) -> str:
    """How a transfer ended, in words; empty if all went well."""
    if result == 0:
        return ""
    text = tap.text(lib.tap_fax_words(result))
    for signs, words in _WORDS:
        if any(sign.casefold() in text.casefold() for sign in signs):
            return words
    return text[:1].lower() + text[1:]


_machines: dict[int, "FaxMachine"] = {}


class FaxMachine:
    """One transfer. In the bridge it hears and speaks at its slot as any voice does.

    `on_news` is told of the agreement, each page and the end, on the loop. The file is a TIFF: of all pages
    received, or of those to be sent.
    """

    def __init__(
        self,
        file: Path,
        *,
        sending: bool,
        setting: FaxSetting,
        on_news: Callable[[FaxNews], None],
    ) -> None:
        """Raises OutOfResources, EngineFailure. Nothing runs until it has entered the bridge."""
        self._on_news = on_news
        self._machine: Any = None
        self._closed = asyncio.get_running_loop().create_future()
        self._token = endings.expect(self, lambda error: None)
        made = ffi.new("tap_fax **")
        try:
            status = lib.tap_fax_open(
                str(file).encode(),
                sending,
                setting.station.encode("ascii", "replace")[:20],
                setting.header.encode("ascii", "replace")[:50],
                setting.zone.encode(),
                setting.corrected,
                setting.speed,
                self._token,
                made,
            )
            tap.check("start a fax machine", status)
        except BaseException:
            endings.forget(self._token)
            raise
        self._machine = made[0]
        self.slot: int | None = None
        _machines[self._token] = self

    def enter(self) -> None:
        """Into the bridge; close it if this raises (OutOfResources)."""
        tap.check("start a fax machine", lib.tap_fax_enter(self._machine))
        self.slot = lib.tap_fax_slot(self._machine)

    def step(self, heard: bytes | None) -> bytes:
        """20 ms of sound each way, outside of the bridge and of time: 8 kHz, 16 bit. None was lost."""
        said = ffi.new("short[]", _FRAME)
        lib.tap_fax_step(
            self._machine, ffi.NULL if heard is None else ffi.from_buffer("short[]", heard), said
        )
        return bytes(ffi.buffer(said))

    def close(self) -> None:
        """It falls silent and leaves the bridge. Harmless when repeated."""
        if self._machine is not None:
            machine, self._machine, self.slot = self._machine, None, None
            endings.left(self._token)
            lib.tap_fax_close(machine)

    async def complete(self) -> None:
        """Closes it, waits until its file is."""
        self.close()
        await asyncio.shield(self._closed)

    def _take(self, news: Any) -> None:
        if news.kind == lib.TAP_FAX_CLOSED:
            _machines.pop(self._token, None)
            endings.forget(self._token)
            if not self._closed.done():
                self._closed.set_result(None)
            return
        self._on_news(
            FaxNews(
                FaxStage(news.kind),
                news.pages,
                news.speed,
                bool(news.corrected),
                news.bad_rows,
                tap.text(news.station).strip(),
                words_of(news.result) if news.kind == lib.TAP_FAX_ENDED else "",
            )
        )


_ears: dict[int, "FaxEar"] = {}


class FaxEar:
    """Hears whether a fax machine calls: `on_tone` is told once, on the loop. It is to hear one leg alone."""

    def __init__(self, on_tone: Callable[[], None]) -> None:
        """Raises OutOfResources, EngineFailure."""
        self._on_tone = on_tone
        self._token = endings.expect(self, lambda error: None)
        made = ffi.new("tap_fax_ear **")
        try:
            tap.check("listen for a fax machine", lib.tap_fax_ear_open(self._token, made))
        except BaseException:
            endings.forget(self._token)
            raise
        self._ear: Any = made[0]
        self.slot: int | None = lib.tap_fax_ear_slot(self._ear)
        _ears[self._token] = self

    def close(self) -> None:
        """It listens no more, and nothing is told. Harmless when repeated."""
        if self._ear is not None:
            _ears.pop(self._token, None)
            endings.forget(self._token)
            lib.tap_fax_ear_close(self._ear)
            self._ear = self.slot = None


def take() -> None:
    """Tells all news since. For the engine, when `tap_fax_fd` is readable."""
    news = ffi.new("tap_fax_news *")
    while lib.tap_fax_next(news):
        machine, ear = _machines.get(news.token), _ears.get(news.token)
        try:
            if machine is not None:
                machine._take(news)
            elif ear is not None:
                ear._on_tone()
        except Exception:
            log.exception("a fax machine's news could not be handled")


def forget_all() -> None:
    """The engine has stopped: nothing is told any more."""
    for machine in _machines.values():
        if not machine._closed.done():
            machine._closed.cancel()
    _machines.clear()
