"""Two fax machines wired to each other, outside of the bridge and of time: what comes through, what not."""

import asyncio
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from softswitch.sip import endings, fax
from softswitch.sip.fax import FaxMachine, FaxNews, FaxSetting, FaxStage

ROW = 1728


class Line:
    """A machine that sends a file, one that receives into another, and what both have told."""

    def __init__(self, folder: Path, pages: int = 1, **settings: object) -> None:
        self._said: bytes | None = None
        self.sent, self.came = folder / "sent.tif", folder / "came.tif"
        self.images = drawn(self.sent, pages)
        self.told: dict[str, list[FaxNews]] = {"sender": [], "receiver": []}
        self.sender = FaxMachine(
            self.sent,
            sending=True,
            setting=FaxSetting("+49 30 1", **settings),  # type: ignore[arg-type]
            on_news=self.told["sender"].append,
        )
        self.receiver = FaxMachine(
            self.came, sending=False, setting=FaxSetting("+49 30 2"), on_news=self.told["receiver"].append
        )

    def talk(self, seconds: float, lost: tuple[int, ...] = ()) -> None:
        """So much of their time. The frames of these numbers do not reach the receiver."""
        for frame in range(round(seconds * 50)):
            self._said = self.sender.step(self.receiver.step(None if frame in lost else self._said))
        fax.take()

    async def hang_up(self) -> None:
        for machine in (self.sender, self.receiver):
            machine.close()
        fax.take()
        for machine in (self.sender, self.receiver):
            await asyncio.wait_for(machine.complete(), 5.0)
        assert endings.open_count() == 0

    def last(self, who: str) -> FaxNews:
        return self.told[who][-1]


def drawn(file: Path, pages: int) -> list[Image.Image]:
    """Pages full of random dots, each another: nothing of them can be guessed."""
    dots = np.random.default_rng(4711)
    images = [Image.fromarray(dots.random((60, ROW)) > 0.1) for _ in range(pages)]
    images[0].save(
        file,
        compression="group4",
        dpi=(204, 196),
        save_all=True,
        append_images=images[1:],
    )
    return images


def pages_in(file: Path) -> list[np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    with Image.open(file) as image:
        found = []
        for nth in range(getattr(image, "n_frames", 1)):
            image.seek(nth)
            found.append(np.array(image.convert("1")))
        return found


@pytest.mark.parametrize(("speed", "corrected"), [(14400, True), (9600, False), (4800, True)])
async def test_all_dots_come_through(tmp_path: Path, speed: int, corrected: bool) -> None:
    line = Line(tmp_path, pages=2, speed=speed, corrected=corrected)
    line.talk(120)
    for who, other in (("sender", "+49 30 2"), ("receiver", "+49 30 1")):
        assert [news.stage for news in line.told[who]][-1] is FaxStage.ENDED
        last = line.last(who)
        assert (last.outcome, last.pages, last.speed) == ("", 2, speed)
        assert (last.corrected, last.station) == (corrected, other)
    await line.hang_up()
    for came, was in zip(pages_in(line.came), line.images, strict=True):
        assert (came == np.array(was)).all()


async def test_lost_packets_are_sent_again(tmp_path: Path) -> None:
    """One packet of 20 ms in 40 is lost while the page is on its way: error correction brings it again."""
    line = Line(tmp_path, pages=1)
    line.talk(180, lost=tuple(range(500, 900, 40)))
    assert line.last("receiver").outcome == ""
    await line.hang_up()
    assert (pages_in(line.came)[0] == np.array(line.images[0])).all()


async def test_who_hangs_up_in_the_middle_leaves_the_whole_pages(tmp_path: Path) -> None:
    line = Line(tmp_path, pages=3)
    while not any(news.stage is FaxStage.PAGE for news in line.told["receiver"]):
        line.talk(1)
    # The file is a whole one at each moment: nothing of it is lost with the switch's death.
    shutil.copy(line.came, tmp_path / "died.tif")
    assert (pages_in(tmp_path / "died.tif")[0] == np.array(line.images[0])).all()
    await line.hang_up()
    assert line.last("receiver").stage is FaxStage.ENDED
    assert line.last("receiver").outcome == "the call ended in the middle"
    assert line.last("receiver").pages == 1
    came = pages_in(line.came)
    assert len(came) == 1
    assert (came[0] == np.array(line.images[0])).all()


async def test_who_says_nothing_is_no_fax(tmp_path: Path) -> None:
    told: list[FaxNews] = []
    machine = FaxMachine(tmp_path / "came.tif", sending=False, setting=FaxSetting(), on_news=told.append)
    for _ in range(50 * 60):
        machine.step(bytes(320))
    fax.take()
    assert [(news.stage, news.pages) for news in told] == [(FaxStage.ENDED, 0)]
    assert told[0].outcome
    machine.close()
    fax.take()
    await machine.complete()
    assert not (tmp_path / "came.tif").exists()


async def test_a_file_that_is_no_fax(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.sent.write_bytes(b"no picture")
    line.talk(60)
    assert line.last("sender").outcome
    assert line.last("sender").pages == 0
    await line.hang_up()
