"""The process that makes sound: one work after the other, as the other side of standard input says."""

import contextlib
import os
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Final

_NICE: Final = 5
"""Calls go first."""


def call(function: str, arguments: tuple[Any, ...]) -> Any:
    """Calls `package.module:function`."""
    module, _, name = function.partition(":")
    return getattr(import_module(module), name)(*arguments)


def main() -> None:
    """Until the other side closes it."""
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    link = Connection(os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            function, arguments = link.recv()
            try:
                answer = True, call(function, arguments)
            except Exception as error:
                answer = False, error
            link.send(answer)


if __name__ == "__main__":
    main()
