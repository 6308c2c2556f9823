"""`softswitch draw`: pictures of what becomes of each number's calls. Needs no running switch."""

from pathlib import Path
from typing import Annotated

import typer

from softswitch.cli.failure import Failure
from softswitch.cli.loading import loaded
from softswitch.cli.options import Dialplan
from softswitch.cli.screen import safe, stdout


def draw(
    file: Dialplan,
    number: Annotated[str | None, typer.Option(help="This outside number alone.", show_default=False)] = None,
    svg: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write an SVG file a number there, too.", show_default=False),
    ] = None,
) -> None:
    """Draw where the calls of each outside number go, in each mode: Mermaid on the terminal, SVG in files."""
    from softswitch.routing import picture

    dialplan = loaded(file)
    if number is not None and number not in dialplan.numbers:
        raise Failure(f"{number} is not in numbers", f"known here: {', '.join(dialplan.numbers) or 'none'}")
    console = stdout(wide=True)
    for one in [number] if number else list(dialplan.numbers):
        found = picture.picture(dialplan, one)
        for line in picture.mermaid(found).splitlines():
            console.print(safe(line), soft_wrap=True)
        if svg is not None:
            svg.mkdir(parents=True, exist_ok=True)
            target = svg / f"{one.removeprefix('+')}.svg"
            target.write_text(picture.svg(found), encoding="utf-8")
            console.print(f"%% {safe(str(target))}", soft_wrap=True)
