"""All boxes. What they hold is derived from their folders at the start, and kept in memory from then on.

A message is there when its `ID.json` is: that is written last, whole or not at all, after the sound has
reached the disk. While it is recorded there are `ID.begun`, which says who calls, and `ID.part`, its sound so
far; what a crash leaves of these two is a message as well, if it is long enough.

The loop changes what is in memory and never waits; one thread changes the disk, in the same order.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

import structlog

from softswitch.disk.thread import DiskThread
from softswitch.disk.whole import copy, remove, rename, write_whole
from softswitch.voicemail import sound
from softswitch.voicemail.message import Message, from_json, sound_of, to_json

log = structlog.get_logger("softswitch.voicemail")

GREETING: Final = "greeting.wav"
OF_A_MODE: Final = "greeting-{}.wav"


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is being recorded into `part`; `message.seconds` is not known yet."""

    message: Message
    part: Path


class MessageStore:
    """`load` first, off the loop; everything else is for the loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._boxes: dict[str, dict[str, Message]] = {}
        self._greetings: set[Path] = set()
        self._disk = DiskThread("voicemail")
        self.on_change: Callable[[str], None] = lambda box: None
        """Told the box whose messages are others now, or have been heard."""
        self.on_message: Callable[[Message, Path], None] = lambda message, path: None
        """Told of each message that has just been left, with its sound."""

    # ---- the start ----

    def load(self, min_length: float, rate: int) -> list[Message]:
        """Reads all boxes. Returns the messages that the switch's death has interrupted. Never raises.

        `rate` is the bridge's, in Hz: what was recorded at another one is brought to it.
        """
        recovered: list[Message] = []
        for folder in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            if not folder.is_dir():
                continue
            try:
                recovered += self._recover(folder, min_length)
                self._read(folder, rate)
            except OSError as error:
                log.error("a voicemail box cannot be read", path=str(folder), error=str(error))
        return recovered

    def _read(self, folder: Path, rate: int) -> None:
        for file in sorted(folder.glob("*.json")):
            try:
                message = from_json(file.read_bytes())
                if folder != self.folder(message.box) or not sound_of(folder, message).is_file():
                    raise ValueError("its sound is not beside it")
            except (OSError, ValueError) as error:
                log.warning("not a voicemail message", path=str(file), error=str(error))
                continue
            self._boxes.setdefault(message.box, {})[message.id] = message
            sound.bring_to(sound_of(folder, message), rate)
        for greeting in (folder / GREETING, *folder.glob(OF_A_MODE.format("*"))):
            if greeting.is_file():
                sound.bring_to(greeting, rate)
                self._greetings.add(greeting)

    def _recover(self, folder: Path, min_length: float) -> list[Message]:
        recovered = []
        for begun in sorted(folder.glob("*.begun")):
            try:
                message = from_json(begun.read_bytes())
            except ValueError:
                begun.unlink()
                continue
            part = begun.with_suffix(".part")
            if not part.exists():
                part = sound_of(folder, message)
            if not begun.with_suffix(".json").exists() and part.exists():
                kept = self._keep(Draft(message, part), min_length, trim=False)
                if kept is not None:
                    recovered.append(kept)
                    log.info("voicemail message recovered", box=kept.box, message=kept.id)
            remove(begun, begun.with_suffix(".part"))
        for part in folder.glob("*.part"):
            remove(part)
        return recovered

    # ---- what is there ----

    def folder(self, box: str) -> Path:
        """Where a box is kept. Whatever it is called, it is one folder of ours."""
        return self._folder / _file_name(box)

    def messages(self, box: str) -> tuple[Message, ...]:
        """All messages of a box, the oldest first."""
        return tuple(sorted(self._boxes.get(box, {}).values(), key=lambda one: (one.at, one.id)))

    def counts(self, box: str) -> tuple[int, int]:
        """How many messages are new, and how many have been heard."""
        heard = [message.heard for message in self._boxes.get(box, {}).values()]
        return heard.count(False), heard.count(True)

    def sound(self, message: Message) -> Path:
        """Its sound: WAV, at the rate that the bridge had."""
        return sound_of(self.folder(message.box), message)

    def greeting(self, box: str, mode: str = "") -> Path | None:
        """What the box's owner has recorded for callers in that mode, or for all by ""."""
        file = self._greeting_of(box, mode)
        return file if file in self._greetings else None

    def greeting_for_callers(self, box: str, mode: str) -> Path | None:
        """What they hear in that mode: its own greeting, else that for all."""
        return (self.greeting(box, mode) if mode else None) or self.greeting(box)

    def _greeting_of(self, box: str, mode: str) -> Path:
        return self.folder(box) / (OF_A_MODE.format(_file_name(mode)) if mode else GREETING)

    # ---- recording ----

    def begin(self, message: Message) -> Draft:
        """Room for a message that is about to be recorded. Raises OSError."""
        folder = self.folder(message.box)
        folder.mkdir(parents=True, exist_ok=True)
        draft = Draft(message, folder / f"{message.id}.part")
        self._disk.later(lambda: write_whole(draft.part.with_suffix(".begun"), to_json(message)))
        return draft

    def finish(self, draft: Draft, complete: Awaitable[None], min_length: float) -> None:
        """Keep what was recorded as soon as the file is complete. Too short or silent, it is dropped."""
        self._disk.keep(self._finish(draft, complete, min_length))

    async def _finish(self, draft: Draft, complete: Awaitable[None], min_length: float) -> None:
        try:
            await complete
        except Exception as error:
            # What could be written is worth hearing: a full disk has cut it.
            log.error("voicemail recording is not complete", box=draft.message.box, error=str(error))
        message = await self._disk.run(lambda: self._keep(draft, min_length, trim=True))
        if message is None:
            log.info("voicemail message not kept: too short", box=draft.message.box)
            return
        self._take(message)
        log.info(
            "voicemail message left",
            box=message.box,
            caller=message.caller,
            seconds=round(message.seconds, 1),
        )
        self.on_message(message, self.sound(message))

    def discard(self, draft: Draft, complete: Awaitable[None]) -> None:
        """Nothing was said, or the caller has thought better of it."""
        self._disk.keep(self._drop((draft.part, draft.part.with_suffix(".begun")), complete))

    def drop(self, part: Path, complete: Awaitable[None]) -> None:
        """The file goes as soon as nothing is written to it any more."""
        self._disk.keep(self._drop((part,), complete))

    async def _drop(self, paths: tuple[Path, ...], complete: Awaitable[None]) -> None:
        with contextlib.suppress(Exception):
            await complete
        await self._disk.run(lambda: remove(*paths))

    def _keep(self, draft: Draft, min_length: float, trim: bool) -> Message | None:
        """On the disk. Raises OSError."""
        part = draft.part
        seconds = sound.finish(part, trim)
        if seconds < min_length or seconds == 0.0:
            remove(part, part.with_suffix(".begun"))
            return None
        message = replace(draft.message, seconds=round(seconds, 2))
        part.replace(part.with_suffix(".wav"))
        write_whole(part.with_suffix(".json"), to_json(message))
        remove(part.with_suffix(".begun"))
        return message

    def use_as_greeting(
        self, box: str, part: Path, complete: Awaitable[None], mode: str = ""
    ) -> "asyncio.Task[bool]":
        """Callers hear that recording from now on, in that mode or in all. Whether it was long enough."""
        return self._disk.keep(self._use_as_greeting(box, part, complete, self._greeting_of(box, mode)))

    async def _use_as_greeting(self, box: str, part: Path, complete: Awaitable[None], file: Path) -> bool:
        try:
            await complete
            long_enough: bool = await self._disk.run(lambda: sound.finish(part, trim=True) >= 0.5)
            if long_enough:
                await self._disk.run(lambda: rename(part, file))
                self._greetings.add(file)
            else:
                await self._disk.run(lambda: remove(part))
        except Exception as error:
            log.error("voicemail greeting not kept", box=box, error=str(error))
            return False
        return long_enough

    def forget_greeting(self, box: str, mode: str = "") -> None:
        """Callers hear the greeting for all modes again; without it, or when it goes, the house's."""
        file = self._greeting_of(box, mode)
        self._greetings.discard(file)
        self._disk.later(lambda: remove(file))

    # ---- changes ----

    def _take(self, message: Message) -> None:
        self._boxes.setdefault(message.box, {})[message.id] = message
        self.on_change(message.box)

    def mark_heard(self, message: Message) -> None:
        """It is not new any more. Harmless when repeated, or when it is gone."""
        known = self._boxes.get(message.box, {}).get(message.id)
        if known is None or known.heard:
            return
        heard = replace(known, heard=True)
        self._take(heard)
        self._disk.later(lambda: _write_if_there(self.sound(heard).with_suffix(".json"), to_json(heard)))

    def delete(self, message: Message) -> None:
        """It is gone. Harmless when repeated."""
        if self._boxes.get(message.box, {}).pop(message.id, None) is None:
            return
        self.on_change(message.box)
        path = self.sound(message)
        self._disk.later(lambda: remove(path.with_suffix(".json"), path))

    def forward(self, message: Message, box: str, new_id: str) -> None:
        """A copy of it lies in another box, as new."""
        copy = replace(message, id=new_id, box=box, heard=False)
        self._disk.keep(self._forward(self.sound(message), copy))

    async def _forward(self, source: Path, copy: Message) -> None:
        try:
            await self._disk.run(lambda: _copy(source, self.sound(copy), to_json(copy)))
        except OSError as error:
            log.error("voicemail message not forwarded", box=copy.box, error=str(error))
            return
        self._take(copy)
        self.on_message(copy, self.sound(copy))

    async def close(self) -> None:
        """Waits until all is on the disk."""
        await self._disk.close()


def _file_name(key: str) -> str:
    """One name in a folder, whatever the key of the dialplan is."""
    return quote(key, safe="").replace(".", "%2E")


def _write_if_there(path: Path, data: bytes) -> None:
    if path.exists():
        write_whole(path, data)


def _copy(source: Path, target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    copy(source, target)
    write_whole(target.with_suffix(".json"), data)
