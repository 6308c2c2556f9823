"""What is made of a PDF or a picture, and of the pages that a modem brings."""

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from softswitch.faxes.pages import ROW, Unreadable, count, prepare, write_pdf


def frame(size: tuple[int, int], mode: str = "L") -> Image.Image:
    """White, with a black bar along the left quarter."""
    image = Image.new(mode, size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1]), fill="black")
    return image


def dots(file: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    with Image.open(file) as image:
        assert image.mode == "1"
        assert image.width == ROW
        assert tuple(round(float(one)) for one in image.info["dpi"]) == (204, 196)
        return np.array(image)


def test_a_pdf_becomes_pages(tmp_path: Path) -> None:
    upright, lying = frame((2480, 3508)), frame((3508, 2480))
    upright.save(tmp_path / "a4.pdf", save_all=True, append_images=[lying], resolution=300)
    assert prepare(tmp_path / "a4.pdf", tmp_path / "fax.tif") == count(tmp_path / "fax.tif") == 2
    first = dots(tmp_path / "fax.tif")
    assert abs(first.shape[0] - 297 / 25.4 * 196) < 3
    margin = (ROW - round(210 / 25.4 * 204)) // 2
    assert not first[:, margin + 10 : margin + 400].any()
    assert first[:, margin + 450 :].all()
    with Image.open(tmp_path / "fax.tif") as image:
        image.seek(1)
        assert abs(image.height - 297 / 25.4 * 196) < 3, "it lay on its side"


def test_pages_of_a_fax_stay_as_they_are(tmp_path: Path) -> None:
    was = Image.fromarray(np.random.default_rng(1).random((80, ROW)) > 0.5)
    was.save(tmp_path / "in.tif", compression="group4", dpi=(204, 196))
    assert prepare(tmp_path / "in.tif", tmp_path / "out.tif") == 1
    assert (dots(tmp_path / "out.tif") == np.array(was)).all()


def test_pictures_are_as_wide_as_the_paper(tmp_path: Path) -> None:
    frame((400, 600), "RGBA").save(tmp_path / "small.png")
    assert prepare(tmp_path / "small.png", tmp_path / "fax.tif") == 1
    seen = dots(tmp_path / "fax.tif")
    assert abs(seen.shape[0] - ROW * 1.5 * 196 / 204) < 3
    assert not seen[:, :400].any()
    assert seen[:, 460:].all()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\nbroken", b"II*\0\xff\xff\xff\xff"])
def test_what_cannot_be_sent(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(Unreadable):
        prepare(tmp_path / "file", tmp_path / "fax.tif")
    assert count(tmp_path / "file") == 0


def test_a_pdf_is_as_the_paper(tmp_path: Path) -> None:
    """Dots of the standard resolution are twice as high as those of the fine one."""
    for name, rows, down in (("standard", 1146, 98), ("fine", 2292, 196)):
        frame((ROW, rows)).convert("1").save(tmp_path / f"{name}.tif", compression="group4", dpi=(204, down))
        write_pdf(tmp_path / f"{name}.tif", tmp_path / f"{name}.pdf")
        document = pypdfium2.PdfDocument(tmp_path / f"{name}.pdf")
        width, height = document[0].get_size()
        assert abs(width - ROW / 204 * 72) < 1
        assert abs(height - 2292 / 196 * 72) < 1
        document.close()
