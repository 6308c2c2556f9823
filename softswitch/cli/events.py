"""`softswitch events`: what happens in calls, as it happens, one JSON object a line."""

import json
from typing import Annotated

import typer

from softswitch.api.client import Client, ControlError
from softswitch.cli.asking import RunningDialplan, State, state_directory
from softswitch.cli.failure import UNREACHABLE, Failure


def events(
    call: Annotated[str, typer.Option(metavar="CALL", help="Only of the call with this id.")] = "",
    kind: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only of this type; may be repeated.")
    ] = None,
    state: State = None,
    dialplan: RunningDialplan = None,
) -> None:
    """Follow what happens in calls, for other programs: one JSON object a line, until interrupted."""
    try:
        for event in Client(state_directory(state, dialplan)).follow("events"):
            if call and event.get("call") != call:
                continue
            if kind and event.get("type") not in kind:
                continue
            typer.echo(json.dumps(event))  # at once: typer flushes
    except ControlError as error:
        raise Failure(error.message, error.remedy, exit_code=UNREACHABLE) from None
    except KeyboardInterrupt:
        return
