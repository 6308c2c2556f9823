"""Sound is made in a process of its own, beside the calls.

The libraries that it takes (numpy, soundfile, soxr) never come into the switch's process: they would keep the
interpreter busy while calls wait, take 25 MB, and one of them slows every printf down for good, of which
PJSIP does many in each call.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Protocol

_IDLE: Final = 10.0
"""Seconds that a process stays for the next work."""
_LOOK: Final = 0.1
"""Seconds between two looks whether to give up."""


class GivenUp(Exception):  # noqa: N818 - names what is the case
    """The work was cancelled."""


class StudioError(OSError):
    """The process that makes sound cannot be started, or has died over its work."""


class Run(Protocol):
    """How sound is made: `Studio.run`."""

    def __call__(self, function: str, *arguments: Any, cancelled: threading.Event | None = None) -> Any:
        """Calls `package.module:function`; returns, or raises, what it does."""


class Studio:
    """As many processes as there is work at one time; each ends soon after the last work."""

    def __init__(self, idle: float = _IDLE) -> None:
        """`idle`: seconds that a process stays for the next work."""
        self._idle = idle
        self._lock = threading.Lock()
        self._waiting: list[tuple[float, _Worker]] = []
        """Since when, and who; the latest last."""
        self._timer: threading.Timer | None = None

    @property
    def waiting(self) -> int:
        """How many processes wait for work."""
        return len(self._waiting)

    def run(self, function: str, *arguments: Any, cancelled: threading.Event | None = None) -> Any:
        """Calls `package.module:function` over there; for threads. What it takes and gives must pickle.

        Raises what the function raises, GivenUp soon after `cancelled` is set, StudioError.
        """
        worker = self._take()
        try:
            worker.send(function, arguments)
            while not worker.link.poll(_LOOK if cancelled else None):
                if cancelled is not None and cancelled.is_set():
                    raise GivenUp
            done, result = worker.link.recv()
        except (EOFError, ConnectionError):
            raise StudioError(f"the process that makes sound has {worker.end()} over {function}") from None
        except BaseException:
            worker.end()
            raise
        self._give_back(worker)
        if not done:
            raise result
        return result

    def _take(self) -> "_Worker":
        with self._lock:
            while self._waiting:
                _, worker = self._waiting.pop()
                if worker.lives:
                    return worker
                worker.end()
        return _Worker()

    def _give_back(self, worker: "_Worker") -> None:
        with self._lock:
            self._waiting.append((time.monotonic(), worker))
            self._look_later()

    def _look_later(self) -> None:
        if self._timer is None and self._waiting:
            due = self._waiting[0][0] + self._idle - time.monotonic()
            self._timer = threading.Timer(max(0.0, due), self._look)
            self._timer.daemon = True
            self._timer.start()

    def _look(self) -> None:
        with self._lock:
            self._timer = None
            until = time.monotonic() - self._idle
            while self._waiting and self._waiting[0][0] <= until:
                self._waiting.pop(0)[1].end()
            self._look_later()


class _Worker:
    """One process. It ends when its link is closed, so also when the switch dies."""

    def __init__(self) -> None:
        """Raises StudioError."""
        path = [str(Path(one).absolute()) for one in sys.path]  # "" is the folder that we were started in
        ours, theirs = socket.socketpair()
        with ours, theirs:
            try:
                self._child = subprocess.Popen(
                    [sys.executable, "-P", "-m", "media.studio_process"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "MALLOC_ARENA_MAX": "1"},
                    start_new_session=True,  # what it has started itself, a voice, ends with it
                )
            except OSError as error:
                raise StudioError(f"no process for making sound: {error}") from error
            self.link = Connection(ours.detach())

    @property
    def lives(self) -> bool:
        """False when it has died while it waited."""
        return self._child.poll() is None

    def send(self, function: str, arguments: tuple[Any, ...]) -> None:
        """Gives it work."""
        self.link.send((function, arguments))

    def end(self) -> str:
        """Ends it at once. Returns what it has died of, if it has."""
        self.link.close()
        died = self._child.poll()
        if died is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            died = self._child.wait()
        return f"died of signal {-died}" if died < 0 else f"ended with exit code {died}"


run: Final[Run] = Studio().run
"""That of this process, like subprocess.run."""
