"""`softswitch plan`: what a new dialplan would change. Needs no running switch."""

from pathlib import Path
from typing import Annotated

import typer

from softswitch.cli.asking import State, ask
from softswitch.cli.failure import REFUSED, Failure
from softswitch.cli.loading import loaded, moment
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout


def plan(
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The new dialplan.", show_default=False)],
    old: Annotated[
        Path | None,
        typer.Option(
            "--old", help="The one it takes the place of. Default: the running switch's.", show_default=False
        ),
    ] = None,
    state: State = None,
    json: Json = False,
) -> None:
    """Say in sentences what a new dialplan changes, for people and for callers, and whether its tests pass.

    Exit code 1 when a running switch would refuse it.
    """
    from softswitch.config import compare
    from softswitch.routing.call_tests import failing
    from softswitch.routing.plan import caller_changes
    from softswitch.routing.plan_rights import right_changes

    before_it = old if old is not None else running_dialplan(state)
    if before_it.resolve() == new.resolve():
        raise Failure("both are the same file", "write the changes into a copy, or say --old FILE")
    before = loaded(before_it)
    after = loaded(new, instead_of=before_it)
    changes = compare(before, after)
    callers = list(caller_changes(before, after, moment(after, None)))
    people = list(right_changes(before, after))
    failures = [str(one) for one in failing(after)]
    refused = [changes.refusal] if changes.refusal else []
    if json:
        print_json(
            {
                "changes": list(changes.sentences),
                "callers": callers,
                "people": people,
                "warnings": [str(one) for one in after.warnings],
                "failures": failures,
                "refused": refused,
            }
        )
    else:
        told = [str(one) for one in after.warnings]
        _show(list(changes.sentences), callers, people, told, failures + refused)
    if failures or refused:
        raise typer.Exit(REFUSED)


def _show(
    changes: list[str], callers: list[str], people: list[str], warnings: list[str], refused: list[str]
) -> None:
    console = stdout()
    if not (changes or callers or people):
        console.print("Nothing changes.")
    for title, lines in (
        ("For callers", callers),
        ("What people may call", people),
        ("In the file", changes),
        ("Warnings", warnings),
        ("A reload would be refused", refused),
    ):
        if lines:
            console.print(title, style="bold")
            for line in lines:
                console.print(f"  {safe(line)}", soft_wrap=True)


def running_dialplan(state: Path | None) -> Path:
    """That of the running switch. Raises Failure."""
    answer = ask(state, None, "status")
    path = answer.get("dialplan")
    if not isinstance(path, str):
        raise Failure("the running switch does not say which dialplan it has", "name it with --old FILE")
    return Path(path)
