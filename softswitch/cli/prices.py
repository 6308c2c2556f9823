"""`softswitch prices`: what is wrong with a file of prices."""

from pathlib import Path
from typing import Annotated

import typer

from softswitch.cli.failure import REFUSED
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout


def prices(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The prices.", show_default=False)],
    json: Json = False,
) -> None:
    """Say all that is wrong with a CSV file of prices, line by line.

    Exit code 0 when a dialplan may name it, 1 when not.
    """
    from dataclasses import asdict

    from softswitch.config.price_file import read_prices

    found, problems = read_prices(file)
    if json:
        print_json(
            {
                "file": str(file),
                "ok": not problems,
                "prices": len(found),
                "problems": [asdict(one) for one in problems],
            }
        )
    else:
        console = stdout()
        for problem in problems:
            console.print(f"{safe(str(file))}:{safe(str(problem))}", soft_wrap=True)
        name = safe(str(file))
        if problems:
            many = f"{len(problems)} error{'' if len(problems) == 1 else 's'}"
            console.print(f"{name}: refused, {many}", style="bold red", soft_wrap=True)
        else:
            console.print(
                f"{name}: good, {len(found)} price{'' if len(found) == 1 else 's'}",
                style="bold green",
                soft_wrap=True,
            )
    if problems:
        raise typer.Exit(REFUSED)
