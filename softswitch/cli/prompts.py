"""`softswitch prompts`: what the switch says, and which of it is an own recording."""

from typing import Annotated

import typer

from softswitch.cli.failure import Failure
from softswitch.cli.options import Dialplan, Json
from softswitch.cli.screen import print_json, safe, stdout, table


def prompts(
    file: Dialplan,
    language: Annotated[
        str, typer.Option("--language", metavar="TAG", help="This one. Default: the dialplan's.")
    ] = "",
    json: Json = False,
) -> None:
    """List what the switch says: names, texts, and who speaks.

    A recording LANGUAGE/NAME.wav in the dialplan's folder of prompts is played instead of the text.
    """
    from pathlib import Path

    import prompts as shipped
    from media.phrases import TextsError
    from media.prompts import Prompts
    from softswitch.config import DialplanError, load

    try:
        dialplan = load(file)
        # Only looked at: nothing is made, so neither the cache nor the rate matters.
        known = Prompts(Path(), 8000, [shipped.FOLDER, dialplan.prompts])
    except DialplanError as error:
        details = tuple(str(problem) for problem in error.problems)
        raise Failure(f"{file} has errors", "mend them: softswitch check", details=details) from error
    except TextsError as error:
        raise Failure(f"{error.path}: {error.problem}", error.remedy) from error
    wanted = language or dialplan.language
    rows = list(known.listing(known.language(wanted)))
    if json:
        found = [
            {
                "name": row.name,
                "language": row.language,
                "text": row.text,
                "recordings": [str(path) for path in row.recordings],
            }
            for row in rows
        ]
        print_json({"language": known.language(wanted), "folder": str(dialplan.prompts), "prompts": found})
        return
    console = stdout()
    shown = table("Name", "Text", "Spoken by")
    shown.columns[0].no_wrap = True
    for row in rows:
        own = ", ".join(path.name for path in row.recordings)
        text = safe(row.text) or "(a tone)"
        shown.add_row(row.name, text, f"recording {safe(own)}" if own else "the switch")
    console.print(shown)
    console.print(f"\nLanguage: {known.language(wanted)}. Own recordings: {safe(str(dialplan.prompts))}")
