"""The folder of recordings: what is being recorded, and what becomes of it when it is complete.

While a call is recorded there are `NAME.left`, `NAME.right` and `NAME.begun`, which says whether it is to be
kept. A thread puts them together into `NAME.flac`; what a crash leaves of them is put together at the start.
"""

import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from media import studio
from softswitch.config.recording import Format
from softswitch.disk.thread import DiskThread

log = structlog.get_logger("softswitch.recordings")


class Archive:
    """One folder. `recover` first, off the loop; everything else is for the loop."""

    def __init__(self, folder: Path, rate: int, kind: Format) -> None:
        """`rate` is the bridge's, in Hz."""
        self.folder = folder
        self.kind: Format = kind
        self.full = False
        """The disk is full, and nothing more is recorded."""
        self._rate = rate
        self._count = 0
        self._disk = DiskThread("recording")

    def begin(self, call: str, by: str, at: float, kept: bool) -> "Take":
        """Room for a recording. Raises OSError."""
        self._count += 1
        day = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")
        (self.folder / day).mkdir(parents=True, exist_ok=True)
        take = Take(self, f"{day}/{call}-{self._count}.{self.kind}", {"by": by, "kept": kept, "at": at})
        self.later(take.note)
        return take

    def recover(self) -> list[str]:
        """What a crash has left becomes whole recordings, whose names are returned. Never raises."""
        names = []
        for begun in sorted(self.folder.glob("*/*.begun")) if self.folder.is_dir() else ():
            try:
                about = json.loads(begun.read_bytes())
                stem = begun.with_suffix("").name
                take = Take(self, f"{begun.parent.name}/{stem}.{about.get('kind', self.kind)}", about)
                if take.complete(about.get("rate")):
                    names.append(take.name)
                    log.info("recording recovered", file=take.name)
            except (OSError, ValueError, AttributeError) as error:
                log.error("recording not recovered", path=str(begun), error=str(error))
        for part in (*self.folder.glob("*/*.left"), *self.folder.glob("*/*.right")):
            if not part.with_suffix(".begun").exists():
                with contextlib.suppress(OSError):
                    part.unlink()
        return names

    @property
    def rate(self) -> int:
        """What is recorded at, in Hz."""
        return self._rate

    async def close(self) -> None:
        """Waits until all recordings are complete."""
        await self._disk.close()

    def later(self, work: Callable[[], object], after: tuple[Awaitable[None], ...] = ()) -> None:
        """In the thread, in order; first these have to be done."""
        self._disk.keep(self._do(work, after))

    async def _do(self, work: Callable[[], object], after: tuple[Awaitable[None], ...]) -> None:
        for one in after:
            try:
                await one
            except Exception as error:
                log.error("recording is not complete", error=str(error))
        self._disk.later(work)


@dataclass(slots=True)
class Take:
    """One recording in the making."""

    archive: Archive
    name: str
    """Under the folder."""
    about: dict[str, Any]

    @property
    def left(self) -> Path:
        """The caller's channel."""
        return self._path.with_suffix(".left")

    @property
    def right(self) -> Path:
        """The other side's channel."""
        return self._path.with_suffix(".right")

    @property
    def _path(self) -> Path:
        return self.archive.folder / self.name

    def keep(self, by: str) -> None:
        """It is not for nothing."""
        self.about = {**self.about, "by": by, "kept": True}
        self.archive.later(self.note)

    def size(self) -> int:
        """Bytes so far, of both channels."""
        return sum(path.stat().st_size for path in (self.left, self.right) if path.exists())

    def finish(self, *complete: Awaitable[None]) -> None:
        """It is put together as soon as both files are complete."""
        self.archive.later(lambda: self.complete(None), complete)

    def drop(self) -> None:
        """It has not begun at all."""
        self.about = {**self.about, "kept": False}
        self.archive.later(lambda: self.complete(None))

    # ---- off the loop ----

    def note(self) -> None:
        """What is known of it, should the switch die. Raises OSError."""
        about = {**self.about, "rate": self.archive.rate, "kind": self._path.suffix[1:]}
        # Not synced: it would cost each recorded call two waits for the disk, and the sound is not either.
        new = self._path.with_suffix(".begun.new")
        new.write_text(json.dumps(about))
        new.replace(self._path.with_suffix(".begun"))

    def complete(self, rate: int | None) -> bool:
        """Puts it together, unless nobody wants it. Returns whether there is one now. Raises OSError."""
        kept = bool(self.about.get("kept")) and (self.left.exists() or self.right.exists())
        if kept:
            kind: Any = self._path.suffix[1:]
            rate = rate or self.archive.rate
            studio.run("media.stereo:merge", self.left, self.right, self._path, rate, kind)
        for path in (self.left, self.right, self._path.with_suffix(".begun")):
            path.unlink(missing_ok=True)
        return kept
