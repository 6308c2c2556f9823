"""`softswitch hangup`: ends a call."""

from pathlib import Path
from typing import Annotated

import typer

from softswitch.cli.answers import Calls, read
from softswitch.cli.asking import RunningDialplan, State, ask
from softswitch.cli.failure import Failure
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout
from softswitch.records.recent import begins

LAST = "last"


def hangup(
    call: Annotated[
        str, typer.Argument(metavar="CALL", help="The beginning of its id, or `last`.", show_default=False)
    ],
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """End a live call."""
    answer = ask(state, dialplan, "hangup", call=_live(state, dialplan, call))
    if json:
        print_json(answer)
    else:
        stdout().print(f"Call {safe(str(answer.get('ended')))} is ended.", soft_wrap=True)


def _live(state: Path | None, dialplan: Path | None, wanted: str) -> str:
    """The id of the one live call that is meant. To end the wrong call is worse than to end none."""
    live = [one for one in read(Calls, ask(state, dialplan, "calls", recent=0)).calls if not one.is_over]
    if wanted == LAST and live:
        return max(live, key=lambda one: one.started_at).id
    matches = [one.id for one in live if begins(one.id, wanted)]
    if wanted in matches:
        return wanted
    if not matches:
        what = (
            "there is no live call"
            if wanted == LAST
            else f"no live call has an id that begins with {wanted!r}"
        )
        raise Failure(what, "`softswitch calls` lists them")
    if len(matches) > 1:
        raise Failure(
            f"{wanted!r} is the beginning of {len(matches)} live calls",
            "write more of it",
            details=tuple(matches),
        )
    return matches[0]
