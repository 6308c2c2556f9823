"""Pages of a fax: TIFF for the modem (ITU-T T.4), PDF for people. All of it takes its time: off the loop."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image, ImageSequence, UnidentifiedImageError

ACROSS: Final = 204
"""Dots an inch across a page; down it there are 98 (standard), 196 (fine) or 391 (superfine)."""
DOWN: Final = 196


def count(file: Path) -> int:
    """How many whole pages a TIFF has; 0 for what is none."""
    try:
        with Image.open(file) as image:
            return int(getattr(image, "n_frames", 1))
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError):
        return 0


def write_pdf(tiff: Path, pdf: Path) -> None:
    """The pages of a fax as they look on paper. Raises OSError."""
    with Image.open(tiff) as image:
        first, *others = _upright(image)
        # Compressed as it came (CCITT group 4): a page takes some 30 kB.
        first.save(pdf, "PDF", save_all=True, append_images=others, dpi=(ACROSS, DOWN), title="Fax")


def _upright(image: Image.Image) -> Iterator[Image.Image]:
    """Each page with so many rows that its dots are those of the PDF."""
    for page in ImageSequence.Iterator(image):
        _, down = page.info.get("dpi", (ACROSS, DOWN))
        rows = max(1, round(page.height * DOWN / float(down or DOWN)))
        copy = page.convert("1", dither=Image.Dither.NONE)
        yield copy if rows == page.height else copy.resize((page.width, rows), Image.Resampling.NEAREST)


MOST_PAGES: Final = 500
ROW: Final = 1728
"""Dots of a row: 215 mm, the width that every fax machine has."""


class Unreadable(Exception):  # noqa: N818 - names what is the case
    """What was to be sent is neither a PDF nor a picture."""


def prepare(file: Path, tiff: Path) -> int:
    """Turns a PDF, a TIFF or another picture into the pages of a fax; returns how many. Raises Unreadable."""
    with file.open("rb") as opened:
        is_pdf = b"%PDF-" in opened.read(1024)
    try:
        pages = list(_printed(file) if is_pdf else _pictured(file))
    except (OSError, SyntaxError, ValueError, RuntimeError, Image.DecompressionBombError) as error:
        raise Unreadable(str(error)) from error
    pages[0].save(
        tiff,
        "TIFF",
        compression="group4",
        dpi=(ACROSS, DOWN),
        save_all=True,
        append_images=pages[1:],
    )
    return len(pages)


def _printed(file: Path) -> Iterator[Image.Image]:
    import pypdfium2  # takes 15 MB, and needed by none but who sends

    document = pypdfium2.PdfDocument(file)
    try:
        if not 0 < len(document) <= MOST_PAGES:
            raise ValueError(f"it has {len(document)} pages; 1 to {MOST_PAGES} can be sent")
        for page in document:
            yield _fitted(page.render(scale=ACROSS / 72, grayscale=True).to_pil(), 1.0, turn=True)
    finally:
        document.close()


def _pictured(file: Path) -> Iterator[Image.Image]:
    with Image.open(file) as image:
        number = getattr(image, "n_frames", 1)
        if number > MOST_PAGES:
            raise ValueError(f"it has {number} pages; at most {MOST_PAGES} can be sent")
        for page in ImageSequence.Iterator(image):
            across, down = (float(value) for value in page.info.get("dpi", (1, 1)))
            yield _fitted(page, across / down if across > 0 and down > 0 else 1.0)


def _fitted(page: Image.Image, stretch: float, turn: bool = False) -> Image.Image:
    """So wide as a fax; what is a little narrower stays as it is. `stretch`: how high one of its dots is."""
    if page.mode == "1" and page.width == ROW and abs(stretch - ACROSS / DOWN) < 0.01:
        return page.copy()  # pages of a fax
    grey = _on_white(page).convert("L")
    if stretch != 1.0:
        grey = grey.resize((grey.width, max(1, round(grey.height * stretch))), Image.Resampling.LANCZOS)
    if turn and grey.width > grey.height:
        grey = grey.transpose(Image.Transpose.ROTATE_90)
    shrink = 1.0 if ROW * 0.9 <= grey.width <= ROW else ROW / grey.width
    size = (round(grey.width * shrink), max(1, round(grey.height * shrink * DOWN / ACROSS)))
    paper = Image.new("L", (ROW, size[1]), 255)
    paper.paste(grey.resize(size, Image.Resampling.LANCZOS), ((ROW - size[0]) // 2, 0))
    return paper.convert("1")


def _on_white(page: Image.Image) -> Image.Image:
    """Without what can be seen through."""
    if page.mode not in ("RGBA", "LA", "PA") and "transparency" not in page.info:
        return page
    seen = page.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    paper.alpha_composite(seen)
    return paper
