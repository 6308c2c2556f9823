"""Faxes on disk: what is kept, what a crash leaves, what goes."""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from softswitch.faxes import pages
from softswitch.faxes.fax import RECEIVED, WAITING, Fax, from_json, to_json
from softswitch.faxes.store import FaxDraft, FaxStore


def fax(nth: int = 1, place: str = "office") -> Fax:
    return Fax(f"{nth:013d}-a-{nth}", place, RECEIVED, 1000.0 + nth, "+4930999", "Carl", call=f"a-{nth}")


def paint(file: Path, number: int = 2, down: int = 196) -> None:
    dots = np.random.default_rng(number)
    images = [Image.fromarray(dots.random((100, 1728)) > 0.2) for _ in range(number)]
    images[0].save(
        file, "TIFF", compression="group4", dpi=(204, down), save_all=True, append_images=images[1:]
    )


async def complete() -> None:
    await asyncio.sleep(0)


async def settled(store: FaxStore) -> None:
    await store._disk.idle()


async def received(store: FaxStore, nth: int = 1, place: str = "office") -> Fax:
    draft = store.begin(fax(nth, place))
    paint(draft.part)
    store.finish(draft, replace(draft.fax, station="+49 30 999"), complete())
    await settled(store)
    return store.all()[-1]


def reopened(folder: Path) -> tuple[FaxStore, list[Fax]]:
    store = FaxStore(folder)
    return store, store.load()


async def test_a_fax_is_kept_with_its_pdf(tmp_path: Path) -> None:
    store, _ = reopened(tmp_path)
    told: list[Fax] = []
    store.on_received = told.append
    kept = await received(store, place="../etc")
    assert (kept.pages, kept.station, kept.state) == (2, "+49 30 999", RECEIVED)
    assert told == [kept]
    assert store.pages(kept).parent.parent == tmp_path
    assert store.pdf(kept).read_bytes().startswith(b"%PDF-")
    assert not [file for file in store.pages(kept).parent.iterdir() if file.suffix in (".part", ".begun")]
    again, interrupted = reopened(tmp_path)
    assert (again.all(), interrupted) == ((kept,), [])
    assert again.find(kept.id) == kept


async def test_without_a_whole_page_nothing_is_kept(tmp_path: Path) -> None:
    store, _ = reopened(tmp_path)
    draft = store.begin(fax())
    draft.part.write_bytes(b"II*\0")
    store.finish(draft, draft.fax, complete())
    store.finish(store.begin(fax(2)), fax(2), complete())  # no machine was heard: there is no file at all
    await settled(store)
    assert store.all() == ()
    assert not list(store.folder("office").iterdir())


@pytest.mark.parametrize("stage", ["while it comes", "before it is named", "before it is written down"])
async def test_what_a_crash_leaves(tmp_path: Path, stage: str) -> None:
    """The whole pages are a fax, at whatever moment the switch died."""
    store, _ = reopened(tmp_path)
    draft = store.begin(fax())
    await settled(store)
    paint(draft.part)
    if stage == "while it comes":
        with draft.part.open("ab") as file:
            file.write(bytes(500))  # of the next page
    elif stage == "before it is written down":
        draft.part.rename(store.pages(draft.fax))
    again, interrupted = reopened(tmp_path)
    assert [one.id for one in interrupted] == [draft.fax.id]
    assert interrupted[0].pages == 2
    assert "died" in interrupted[0].outcome
    assert again.pdf(interrupted[0]).is_file()
    third, none = reopened(tmp_path)
    assert (third.all(), none) == (again.all() or tuple(interrupted), [])


async def test_what_is_handed_over_is_not_lost(tmp_path: Path) -> None:
    store, _ = reopened(tmp_path)
    paint(store.handed_over / "new.tif", 3)
    waiting = replace(fax(), state=WAITING, pages=3)
    await store.add(waiting, store.handed_over / "new.tif")
    paint(store.handed_over / "given-up.tif")
    again, _ = reopened(tmp_path)
    assert again.all() == (waiting,)
    assert pages.count(again.pages(waiting)) == 3
    assert not list(again.handed_over.iterdir())


async def test_faxes_go(tmp_path: Path) -> None:
    store, _ = reopened(tmp_path)
    old, kept = await received(store, 1), await received(store, 2, "sales")
    waiting = replace(fax(3), state=WAITING)
    paint(store.handed_over / "new.tif")
    await store.add(waiting, store.handed_over / "new.tif")
    store.expire(10_000.0, lambda place: 60.0 if place == "office" else None)
    await settled(store)
    assert store.all() == (kept, waiting)
    assert not store.pages(old).exists()
    store.delete(kept)
    store.delete(kept)
    await settled(store)
    assert not list(store.folder("sales").iterdir())


def test_what_is_no_fax_is_refused(tmp_path: Path) -> None:
    assert from_json(to_json(fax())) == fax()
    for bad in (b"[]", b"{}", to_json(fax()).replace(b'"pages": 0', b'"pages": "0"')):
        with pytest.raises(ValueError, match=r"."):
            from_json(bad)
    (tmp_path / "office").mkdir()
    (tmp_path / "office" / "1.json").write_bytes(to_json(fax()))
    assert reopened(tmp_path)[0].all() == ()


async def test_a_draft_whose_pdf_cannot_be_made_is_kept(tmp_path: Path) -> None:
    store, _ = reopened(tmp_path)
    draft = store.begin(fax())
    paint(draft.part)
    store.pdf(draft.fax).mkdir()
    store.finish(FaxDraft(draft.fax, draft.part), draft.fax, complete())
    await settled(store)
    assert len(store.all()) == 1
