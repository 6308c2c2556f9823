"""`softswitch reload`: the running switch reads its dialplan again."""

from typing import Annotated, Any

import typer

from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.failure import Failure
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout


def reload(
    confirm_within: Annotated[
        str | None,
        typer.Option(help="Go back unless `softswitch confirm` comes within: 5m.", show_default=False),
    ] = None,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """Take a changed dialplan into the running switch.

    It is taken whole or refused whole; calls and registrations stay.
    """
    answer = ask(state, dialplan, "reload", **_probation(confirm_within))
    if json:
        print_json(answer)
        return
    console = stdout()
    changes = answer.get("changes") or []
    console.print(
        "The dialplan is taken." if changes else "The dialplan is taken; nothing in it has changed."
    )
    if confirm_within is not None:
        console.print(f"It goes back in {confirm_within} unless confirmed: softswitch confirm", style="bold")
    for change in changes:
        console.print(f"  {safe(str(change))}", soft_wrap=True)


def _probation(text: str | None) -> dict[str, Any]:
    from softswitch.config import parse_duration

    if text is None:
        return {}
    try:
        return {"confirm_within": parse_duration(text)}
    except ValueError:
        raise Failure(f"{text!r} is no duration", "write it like 30s or 5m") from None
