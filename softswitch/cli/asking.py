"""Which running switch a command means, and asking it."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from softswitch.api.client import SOCKET_NAME, Client, ControlError, Declined
from softswitch.cli.failure import REFUSED, UNREACHABLE, Failure

# Looked at in this order when nobody says which; the second is `make run`'s, seen from the source tree.
USUAL_PLACES = (Path("state"), Path("conf/state"), Path("/var/lib/softswitch"))

State = Annotated[
    Path | None,
    typer.Option(metavar="DIR", envvar="SOFTSWITCH_STATE", help="The running switch's state directory."),
]
RunningDialplan = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The running switch's dialplan: its state_directory is used."),
]


def ask(state: Path | None, dialplan: Path | None, command: str, **arguments: Any) -> dict[str, Any]:
    """The running switch's answer. Raises Failure: exit code 1 if it declines, 3 if it cannot be asked."""
    try:
        return Client(state_directory(state, dialplan)).ask(command, **arguments)
    except Declined as no:
        raise Failure(no.message, no.remedy, details=no.problems, exit_code=REFUSED) from None
    except ControlError as error:
        raise Failure(error.message, error.remedy, exit_code=UNREACHABLE) from None


def state_directory(state: Path | None, dialplan: Path | None) -> Path:
    """What was said, or else the first usual place where there is a control socket."""
    if dialplan is not None:
        return state_directory_of(dialplan)
    if state is not None:
        return state
    for place in USUAL_PLACES:
        if os.path.lexists(place / SOCKET_NAME):
            return place
    looked = ", ".join(map(str, USUAL_PLACES))
    raise Failure(
        f"no running switch is found in the usual places ({looked})",
        "name its state directory with --state DIR or SOFTSWITCH_STATE, or its dialplan with --dialplan FILE",
        exit_code=UNREACHABLE,
    )


def state_directory_of(dialplan: Path) -> Path:
    """What the file says, or the default beside it.

    The file is not checked: one with errors, or whose secrets are in the switch's environment only, is the
    very one to reload.
    """
    from softswitch.config.files import resolve
    from softswitch.config.yaml_nodes import Scalar, Table
    from softswitch.config.yaml_reader import YamlError, read_yaml

    try:
        root = read_yaml(dialplan.read_bytes().decode("utf-8-sig", errors="replace")).root
    except OSError as error:
        raise Failure(
            f"{dialplan} cannot be read: {error.strerror}", "name a readable file, or use --state DIR"
        ) from None
    except YamlError as error:
        raise Failure(
            f"{dialplan} does not say where its switch is: {error.message}",
            "name the state directory with --state DIR, and see `softswitch check`",
        ) from None
    found = root.find("state_directory") if isinstance(root, Table) else None
    name = found[1].text if found is not None and isinstance(found[1], Scalar) else "state"
    return resolve(dialplan.absolute().parent, name)
