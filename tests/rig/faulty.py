"""The switch with a fault built in, to see that it is one call's: `python -m tests.rig.faulty run FILE`.

The environment's FAULT names what raises. Everything else is the real command.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from softswitch.app.commands import Commands
from softswitch.cli.main import main
from softswitch.routing import Router
from softswitch.sip.leg import Leg
from softswitch.sip.reception import Reception

COMMAND = (sys.executable, "-m", "tests.rig.faulty")


def _break(owner: type, name: str, when: Callable[..., bool]) -> None:
    """From now on the method raises when `when` says so of its arguments."""
    sound = getattr(owner, name)

    def broken(*arguments: Any, **settings: Any) -> Any:
        if when(*arguments):
            raise RuntimeError(f"built into {name} by the test")
        return sound(*arguments, **settings)

    setattr(owner, name, broken)


_FAULTS: dict[str, Callable[[], None]] = {
    "routing": lambda: _break(Router, "decide", lambda _, facts, *rest: facts.called == "102"),
    "state": lambda: _break(Leg, "advance", lambda leg, *rest: leg.number == "102"),
    "media": lambda: _break(Leg, "hear", lambda leg, *rest: leg.number == "102"),
    "digit": lambda: _break(Leg, "send_digit", lambda leg, *rest: leg.number == "102"),
    "request": lambda: _break(Reception, "request", lambda _, request, *rest: request.method == "OPTIONS"),
    "status": lambda: _break(Commands, "_status", lambda *_: True),
}

if __name__ == "__main__":
    _FAULTS[os.environ["FAULT"]]()
    main()
