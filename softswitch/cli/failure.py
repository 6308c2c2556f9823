"""What goes wrong for an operator: said in a sentence with its remedy, never as a traceback."""

import os
import sys
from typing import Any, Final

import typer
from typer.core import TyperGroup

from softswitch.cli.screen import print_json, safe, stderr

REFUSED: Final = 1
"""Exit code: what was asked for is wrong, or was refused."""
UNREACHABLE: Final = 3
"""Exit code: no running switch could be asked."""


class Failure(Exception):  # noqa: N818 - it is what happened to the command, not an error in it
    """Ends the command with one message. `details` are shown below it, a line each."""

    def __init__(
        self, message: str, remedy: str = "", *, details: tuple[str, ...] = (), exit_code: int = REFUSED
    ) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details
        self.exit_code = exit_code

    def as_data(self) -> dict[str, Any]:
        """The failure for JSON, in the words of the control socket's protocol."""
        return {"ok": False, "error": self.message, "remedy": self.remedy, "problems": list(self.details)}


class Commands(TyperGroup):
    """Commands whose failures are told, as JSON to who asked for JSON, and become exit codes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Remembers whether the failures are for programs too."""
        ctx.obj = "--json" in args
        return list(super().parse_args(ctx, args))

    def invoke(self, ctx: Any) -> Any:
        """Runs the command that was typed."""
        try:
            return super().invoke(ctx)
        except Failure as failure:
            if ctx.obj:
                print_json(failure.as_data())
            else:
                _tell(failure)
            raise typer.Exit(failure.exit_code) from None
        except BrokenPipeError:
            # The reader of our output, such as `head`, has seen enough; nothing more may be flushed to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None


def _tell(failure: Failure) -> None:
    console = stderr()
    console.print("error: ", style="bold red", end="")
    console.print(safe(failure.message), soft_wrap=True)
    for line in failure.details:
        console.print(f"  {safe(line)}", soft_wrap=True)
    if failure.remedy:
        console.print("remedy: ", style="bold", end="")
        console.print(safe(failure.remedy), soft_wrap=True)
