"""`softswitch check`: what is wrong with a dialplan."""

from typing import Any

import typer

from softswitch.cli.failure import REFUSED
from softswitch.cli.options import Dialplan, Json
from softswitch.cli.screen import print_json, safe, stdout


def check(file: Dialplan, json: Json = False) -> None:
    """Say all that is wrong with a dialplan.

    Exit code 0 when the switch would take the file (warnings allowed), 1 when not.
    """
    from softswitch.cli.problems import as_data, count, show_problems
    from softswitch.config import DialplanError, load
    from softswitch.routing.call_tests import failing

    dialplan = None
    failures: tuple[str, ...] = ()
    try:
        dialplan = load(file)
        problems = dialplan.warnings
        failures = tuple(str(failure) for failure in failing(dialplan))
    except DialplanError as error:
        problems = error.problems
    if json:
        data: dict[str, Any] = {
            "file": str(file),
            "ok": dialplan is not None and not failures,
            "problems": [as_data(one) for one in problems],
        }
        if dialplan is not None and dialplan.tests:
            data["failures"] = list(failures)
        print_json(data)
    else:
        console = stdout()
        show_problems(problems, console)
        if problems:
            console.print()
        name = safe(str(file))
        if dialplan is None:
            console.print(f"{name}: refused, {count(problems)}", style="bold red", soft_wrap=True)
        elif failures:
            for failure in failures:
                console.print(safe(failure), style="red", soft_wrap=True)
            words = f"{len(failures)} of {len(dialplan.tests)} tests failed"
            console.print(f"{name}: refused, {words}", style="bold red", soft_wrap=True)
        else:
            people, tests = len(dialplan.extensions), len(dialplan.tests)
            words = f"{people} extension{'' if people == 1 else 's'} at {dialplan.domain}"
            words += f", {tests} test{'' if tests == 1 else 's'} passed" if tests else ""
            words += f", {count(problems)}" if problems else ""
            console.print(f"{name}: good, {words}", style="bold green", soft_wrap=True)
    if dialplan is None or failures:
        raise typer.Exit(REFUSED)
