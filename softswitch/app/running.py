"""What `softswitch run` does."""

import asyncio
import contextlib
import ctypes
import resource
import sys
from pathlib import Path
from typing import Any, Final

import structlog
import uvloop

from softswitch.app import logs
from softswitch.app.switch import Switch
from softswitch.config import load

log = structlog.get_logger("softswitch")

_SWITCH_INTERVAL: Final = 0.0005
"""Seconds after which a thread beside the loop lets it have the interpreter: calls wait for nobody's work."""
_M_ARENA_MAX: Final = -8
"""mallopt(3)."""


def _raise_descriptor_limit() -> None:
    """Two sockets a leg and one a connection: take all that the system grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _share_memory() -> None:
    """Each thread that writes some file would have a heap of its own, and keep what it once took."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def run(path: Path) -> int:
    """Run the switch on a dialplan until SIGTERM. Raises DialplanError, EngineFailure, Refused, OSError."""
    _share_memory()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    dialplan = load(path)
    _raise_descriptor_limit()
    writer = logs.configure(dialplan.log)
    for warning in dialplan.warnings:
        log.warning("dialplan", problem=str(warning))

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(_unhandled)
        await Switch(dialplan, path).run()

    try:
        uvloop.run(main())
    finally:
        writer.close()
    return 0


def _unhandled(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What nobody caught belongs into the log, not on stderr."""
    log.error("unhandled error", problem=context.get("message"), exc_info=context.get("exception"))
