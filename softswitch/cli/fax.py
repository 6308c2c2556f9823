"""`softswitch fax`: sends a PDF or a picture as a fax."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from softswitch.cli.asking import RunningDialplan, State, ask, state_directory
from softswitch.cli.failure import REFUSED, Failure
from softswitch.cli.options import Json
from softswitch.cli.screen import print_json, safe, stdout


def fax(
    file: Annotated[Path, typer.Argument(help="A PDF, a TIFF, or another picture.", show_default=False)],
    number: Annotated[str, typer.Argument(help="Whom to send it to, as one would dial.", show_default=False)],
    by: Annotated[
        str | None,
        typer.Option("--from", help="The extension whose fax it is: its rights hold.", show_default=False),
    ] = None,
    place: Annotated[
        str | None,
        typer.Option("--as", help="The fax machine of the dialplan. Default: its first.", show_default=False),
    ] = None,
    state: State = None,
    dialplan: RunningDialplan = None,
    json: Json = False,
) -> None:
    """Send a PDF or a picture as a fax; what becomes of it `softswitch faxes` tells, and mail."""
    from softswitch.faxes.pages import Unreadable, prepare
    from softswitch.faxes.store import HANDED_OVER

    # Made ready here and not by the switch: a broken PDF can cost this command its life, never a call.
    name = f"{secrets.token_hex(12)}.tif"
    folder = state_directory(state, dialplan) / "faxes" / HANDED_OVER
    try:
        pages = prepare(file, folder / name)
        (folder / name).chmod(0o644)
        answer = ask(state, dialplan, "fax", file=name, pages=pages, number=number, by=by, place=place)
    except FileNotFoundError as error:
        missing = Path(error.filename)
        if missing == file:
            raise Failure(f"there is no {file}", "name a PDF or a picture", exit_code=REFUSED) from None
        ask(state, dialplan, "status")  # says who is not running
        raise Failure(f"there is no {missing}", "restart the switch", exit_code=REFUSED) from None
    except (Unreadable, OSError) as error:
        raise Failure(
            f"{file} cannot be sent: {error}", "send a PDF, a TIFF or another picture", exit_code=REFUSED
        ) from None
    finally:
        (folder / name).unlink(missing_ok=True)
    if json:
        print_json(answer)
        return
    plural = "" if pages == 1 else "s"
    stdout().print(f"Fax {safe(str(answer['id']))} to {safe(number)}, {pages} page{plural}, is on its way.")
