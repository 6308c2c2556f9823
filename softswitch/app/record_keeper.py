"""The switch's side of the keeper's process: it is started, told, listened to, and started anew when it dies.

Calls are never concerned: while there is no keeper, their events wait in the journal.
"""

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from softswitch.app.keeper_messages import (
    Begin,
    Close,
    Closed,
    DiskFull,
    Logged,
    Prices,
    RecordingRules,
    SpentAnew,
    SpentOn,
)
from softswitch.records.keeper_state import KeeperState
from softswitch.records.spending import Spent

_log = structlog.get_logger("softswitch.records")

PATIENCE: Final = 8.0
"""Seconds for the keeper to write what the journal holds at the end: more than it waits for a lock."""
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 30.0
_LAST_WORDS: Final = 2.0
"""Seconds for a keeper that has said its last to end."""
_LONG_LIFE: Final = 60.0
"""Seconds. A keeper that has lived for so long has not died of how it began."""

Soon = Callable[..., Any]


class Child(Protocol):
    """What is needed of subprocess.Popen."""

    pid: int

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, when it is over; negative: the signal that ended it. Raises TimeoutExpired."""

    def kill(self) -> None:
        """Ends it now."""


def spawn(socket_of_child: socket.socket) -> Child:
    """An interpreter of its own: nothing of the switch's memory goes along. Raises OSError."""
    path = [str(Path(one).absolute()) for one in sys.path]  # "" is the folder that we were started in
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "softswitch.app.keeper_process"],
        stdin=socket_of_child.fileno(),
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "MALLOC_ARENA_MAX": "1"},
    )


class RecordKeeper:
    """`start`, at last `close`. What it is told comes to the loop by `soon`."""

    def __init__(self, begin: Begin, soon: Soon) -> None:
        """`soon`: the loop's call_soon_threadsafe."""
        self.on_spent: Callable[[Sequence[Spent], bool], None] = lambda calls, new: None
        """Calls out that are over; False: they were in the database already."""
        self.on_spent_anew: Callable[[], None] = lambda: None
        """What was said of calls that are over is to be forgotten: it comes anew."""
        self.on_full: Callable[[bool], None] = lambda full: None
        """Whether nothing more may be recorded."""
        self._begin = begin
        self._soon = soon
        self._rules: dict[type, Any] = {}
        """What a keeper is to know, the last of each kind: one that is started anew is told again."""
        self._untold: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._lock = threading.Lock()
        self._state = KeeperState(begin.database or "", "", 0, 0, 0)
        self._recorded_before = 0
        self._closing = threading.Event()
        self._clean = False
        self._child: Child | None = None
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> KeeperState:
        """How it fares."""
        state = self._state
        return state._replace(recorded=self._recorded_before + state.recorded)

    @property
    def pid(self) -> int | None:
        """Of its process; None when there is none."""
        child = self._child
        return None if child is None else child.pid

    def start(self) -> None:
        """Starts it, in a thread that stays with it."""
        self._thread = threading.Thread(target=self._run, name="records", daemon=True)
        self._thread.start()

    def tell(self, message: Prices | RecordingRules) -> None:
        """What holds from now on."""
        with self._lock:
            self._rules[type(message)] = message
        self._untold.put(message)
        os.eventfd_write(self._bell, 1)

    def close(self, timeout: float = PATIENCE) -> bool:
        """It writes what the journal holds, and ends; False when that failed: the next start will."""
        self._closing.set()
        os.eventfd_write(self._bell, 1)
        if self._thread is None:
            return True
        self._thread.join(timeout)
        child = self._child
        if self._thread.is_alive() and child is not None:
            child.kill()
            self._thread.join(1.0)
        return self._clean

    # ---- the thread ----

    def _run(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            began = time.monotonic()
            try:
                reason = self._one_life()
            except Exception as error:  # no memory, no process: as if it had died
                reason = repr(error)
            self._child = None
            if self._closing.is_set():
                return
            self._recorded_before, state = self.state.recorded, self._state
            self._state = state._replace(recorded=0, failing=f"the keeper of call records died: {reason}")
            if time.monotonic() - began > _LONG_LIFE:
                pause = _FIRST_PAUSE
            _log.warning(
                "the keeper of call records died and is started anew: they wait in the journal",
                reason=reason,
                pause=pause,
            )
            self._closing.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
            if self._closing.is_set():
                return

    def _one_life(self) -> str:
        """From its start to its end. Returns what it died of."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            child = spawn(theirs)
            theirs.close()
            self._child = child
            link = Connection(ours.detach())
        try:
            with link:
                self._converse(link)
        finally:
            try:
                code = child.wait(_LAST_WORDS)
            except subprocess.TimeoutExpired:
                child.kill()
                code = child.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _converse(self, link: Connection) -> None:
        try:
            with self._lock:
                link.send((self._begin, *self._rules.values()))
            asked = False
            while True:
                if self._closing.is_set() and not asked:
                    asked = True
                    link.send(Close())
                for ready in wait([link, self._bell]):
                    if ready is link:
                        if self._take(link.recv()):
                            return
                    else:
                        self._send_on(link)
        except (EOFError, OSError):
            return  # it is gone

    def _send_on(self, link: Connection) -> None:
        os.eventfd_read(self._bell)
        while not self._untold.empty():
            link.send(self._untold.get())

    def _take(self, message: Any) -> bool:
        """Whether it was the last."""
        match message:
            case KeeperState():
                self._state = message
            case SpentOn(calls=calls, new=new):
                self._call(self.on_spent, calls, new)
            case SpentAnew():
                self._call(self.on_spent_anew)
            case DiskFull(full=full):
                self._call(self.on_full, full)
            case Logged(method=method, event=event, fields=fields):
                getattr(_log, method)(event, **fields)
            case Closed(clean=clean):
                self._clean = clean
                return True
        return False

    def _call(self, callback: Callable[..., None], *arguments: Any) -> None:
        try:
            self._soon(callback, *arguments)
        except RuntimeError:
            return  # the loop is closed
