"""`softswitch run`: the switch in the foreground."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from softswitch.cli.failure import REFUSED, Failure
from softswitch.cli.options import Dialplan
from softswitch.cli.screen import stderr

if TYPE_CHECKING:
    from softswitch.config import DialplanError


def run(file: Dialplan) -> None:
    """Run the switch in the foreground, until SIGTERM or Ctrl-C.

    SIGHUP takes a changed dialplan. Exit code 1 when the switch cannot start.
    """
    from softswitch.config import DialplanError

    try:
        code = _run(file)
    except DialplanError as error:
        raise _refused(error) from None
    raise typer.Exit(code)


def _run(file: Path) -> int:
    try:
        from softswitch.api.control import Refused
        from softswitch.app.running import run as run_switch
        from softswitch.sip.errors import EngineFailure
    except ImportError as error:
        if (error.name or "").startswith("softswitch."):
            raise
        remedy = "run `make setup` in the source tree: it builds PJSIP and installs what else is needed"
        raise Failure(f"the switch did not start: {error.msg}", remedy) from None
    try:
        return run_switch(file)
    except EngineFailure as failure:
        from softswitch.cli.start_failure import explain

        raise explain(failure, file) from None
    except Refused as refused:
        answer = refused.answer
        raise Failure(f"the switch did not start: {answer['error']}", str(answer["remedy"])) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or str(error)
        remedy = f"softswitch doctor {file} looks at rights and limits"
        raise Failure(f"the switch did not start: {where}{reason}", remedy) from None


def _refused(error: "DialplanError") -> typer.Exit:
    from softswitch.cli.problems import count, show_problems

    console = stderr()
    show_problems(error.problems, console)
    console.print(f"\nthe switch did not start: {count(error.problems)} in its dialplan", style="bold red")
    return typer.Exit(REFUSED)
