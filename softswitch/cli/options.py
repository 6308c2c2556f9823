"""Arguments that several commands take, each with one wording."""

from pathlib import Path
from typing import Annotated

import typer

Dialplan = Annotated[Path, typer.Argument(metavar="FILE", help="The dialplan.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs instead of a table.")]
