"""All faxes. What there is is derived from the folders at the start, and kept in memory from then on.

A fax is there when its `ID.json` is: that is written last, whole or not at all, after its pages have reached
the disk. While it is received there are `ID.begun`, which says who calls, and `ID.part`, its pages so far;
what a crash leaves of these two is a fax as well, if a page of it is whole. What the command line hands over
to be sent lies in `.handed-over` until it is taken.

The loop changes what is in memory and never waits; one thread changes the disk, in the same order.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

import structlog

from softswitch.disk.thread import DiskThread
from softswitch.disk.whole import remove, rename, settle, write_whole
from softswitch.faxes.fax import RECEIVED, WAITING, Fax, from_json, pages_of, pdf_of, to_json

HANDED_OVER: Final = ".handed-over"

log = structlog.get_logger("softswitch.faxes")


@dataclass(frozen=True, slots=True)
class FaxDraft:
    """A fax that is being received into `part`, a TIFF."""

    fax: Fax
    part: Path


class FaxStore:
    """`load` first, off the loop; everything else is for the loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._faxes: dict[str, Fax] = {}
        self._disk = DiskThread("fax")
        self.on_received: Callable[[Fax], None] = lambda fax: None
        """Told of each fax of which a page at least has come, when it is on the disk."""

    # ---- the start ----

    def load(self) -> list[Fax]:
        """Reads all folders. Returns the faxes that the switch's death has interrupted. Never raises."""
        recovered: list[Fax] = []
        try:
            self.handed_over.mkdir(parents=True, exist_ok=True)
            remove(*self.handed_over.iterdir())
        except OSError as error:
            log.error("the folder of faxes cannot be written", path=str(self._folder), error=str(error))
        for folder in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            if not folder.is_dir() or folder == self.handed_over:
                continue
            try:
                recovered += self._recover(folder)
                self._read(folder)
            except OSError as error:
                log.error("a folder of faxes cannot be read", path=str(folder), error=str(error))
        return recovered

    def _read(self, folder: Path) -> None:
        for file in sorted(folder.glob("*.json")):
            try:
                fax = from_json(file.read_bytes())
                if folder != self.folder(fax.place) or not pages_of(folder, fax).is_file():
                    raise ValueError("its pages are not beside it")
            except (OSError, ValueError) as error:
                log.warning("not a fax", path=str(file), error=str(error))
                continue
            self._faxes[fax.id] = fax

    def _recover(self, folder: Path) -> list[Fax]:
        recovered = []
        for begun in sorted(folder.glob("*.begun")):
            try:
                fax = from_json(begun.read_bytes())
            except ValueError:
                begun.unlink()
                continue
            part = begun.with_suffix(".part")
            if not part.exists():
                part = pages_of(folder, fax)
            if not begun.with_suffix(".json").exists() and part.exists():
                broken = replace(fax, outcome="the switch died in the middle")
                kept = self._keep(FaxDraft(broken, part), broken)
                if kept is not None:
                    recovered.append(kept)
                    log.info("fax recovered", place=kept.place, fax=kept.id, pages=kept.pages)
            remove(begun, begun.with_suffix(".part"))
        for part in folder.glob("*.part"):
            remove(part)
        return recovered

    # ---- what is there ----

    def folder(self, place: str) -> Path:
        """Where the faxes of a place are kept. Whatever it is called, it is one folder of ours."""
        return self._folder / quote(place, safe="").replace(".", "%2E")

    @property
    def handed_over(self) -> Path:
        """Where the command line puts pages that are to be sent."""
        return self._folder / HANDED_OVER

    def all(self, place: str | None = None) -> tuple[Fax, ...]:
        """All faxes, or those of one place; the oldest first."""
        found = [fax for fax in self._faxes.values() if place is None or fax.place == place]
        return tuple(sorted(found, key=lambda fax: (fax.at, fax.id)))

    def find(self, fax_id: str) -> Fax | None:
        """The fax of that id."""
        return self._faxes.get(fax_id)

    def count(self, place: str) -> int:
        """How many faxes of a place are kept."""
        return sum(fax.place == place for fax in self._faxes.values())

    def pages(self, fax: Fax) -> Path:
        """Its pages: TIFF."""
        return pages_of(self.folder(fax.place), fax)

    def pdf(self, fax: Fax) -> Path:
        """Its pages as PDF."""
        return pdf_of(self.folder(fax.place), fax)

    # ---- receiving ----

    def begin(self, fax: Fax) -> FaxDraft:
        """Room for a fax that is about to come. Raises OSError."""
        folder = self.folder(fax.place)
        folder.mkdir(parents=True, exist_ok=True)
        draft = FaxDraft(fax, folder / f"{fax.id}.part")
        self._disk.later(lambda: write_whole(draft.part.with_suffix(".begun"), to_json(fax)))
        return draft

    def finish(self, draft: FaxDraft, fax: Fax, complete: Awaitable[None]) -> None:
        """Keep what has come as soon as the file is complete; without a whole page nothing is kept."""
        self._disk.keep(self._finish(draft, fax, complete))

    async def _finish(self, draft: FaxDraft, fax: Fax, complete: Awaitable[None]) -> None:
        await complete
        kept = await self._disk.run(lambda: self._keep(draft, fax))
        if kept is None:
            return
        self._faxes[kept.id] = kept
        log.info(
            "fax received",
            place=kept.place,
            fax=kept.id,
            number=kept.number,
            pages=kept.pages,
            outcome=kept.outcome,
        )
        self.on_received(kept)

    def _keep(self, draft: FaxDraft, fax: Fax) -> Fax | None:
        """On the disk. Raises OSError."""
        from softswitch.faxes import pages  # takes memory of those who get no faxes

        part = draft.part
        number = pages.count(part) if part.exists() else 0
        if not number:
            remove(part, part.with_suffix(".begun"))
            return None
        fax = replace(fax, state=RECEIVED, pages=number)
        settle(part)
        tiff = pages_of(part.parent, fax)
        rename(part, tiff)
        self._make_pdf(fax, tiff)
        write_whole(part.with_suffix(".json"), to_json(fax))
        remove(part.with_suffix(".begun"))
        return fax

    def _make_pdf(self, fax: Fax, tiff: Path) -> None:
        """The TIFF is the fax: without a PDF it is none the less kept."""
        from softswitch.faxes import pages

        pdf = pdf_of(tiff.parent, fax)
        new = pdf.with_suffix(".making")
        try:
            pages.write_pdf(tiff, new)
            settle(new)
            rename(new, pdf)
        except (OSError, ValueError) as error:
            log.error("no PDF of a fax could be made", fax=fax.id, error=str(error))
            remove(new)

    # ---- sending ----

    async def add(self, fax: Fax, handed_over: Path) -> None:
        """It is to be sent: will not be lost from now on. Raises OSError."""
        await self._disk.run(lambda: self._add(fax, handed_over))
        self._faxes[fax.id] = fax

    def _add(self, fax: Fax, handed_over: Path) -> None:
        tiff = self.pages(fax)
        tiff.parent.mkdir(parents=True, exist_ok=True)
        settle(handed_over)
        rename(handed_over, tiff)
        self._make_pdf(fax, tiff)
        write_whole(tiff.with_suffix(".json"), to_json(fax))

    # ---- changes ----

    def take(self, fax: Fax) -> None:
        """It stands otherwise now."""
        self._faxes[fax.id] = fax
        self._disk.later(lambda: write_whole(self.pages(fax).with_suffix(".json"), to_json(fax)))

    def delete(self, fax: Fax) -> None:
        """It is gone. Harmless when repeated."""
        if self._faxes.pop(fax.id, None) is None:
            return
        tiff = self.pages(fax)
        self._disk.later(lambda: remove(tiff.with_suffix(".json"), tiff, tiff.with_suffix(".pdf")))

    def expire(self, now: float, keep: Callable[[str], float | None]) -> None:
        """What is older than its place keeps faxes goes; `keep` tells the seconds, None for ever."""
        for fax in tuple(self._faxes.values()):
            longest = keep(fax.place)
            if longest is not None and fax.state != WAITING and now - fax.at > longest:
                self.delete(fax)

    async def close(self) -> None:
        """Waits until all is on the disk."""
        await self._disk.close()
