"""Switches without their start-up: a process that has imported everything already forks one for each test.

Importing takes a switch longer than most tests last. What is forked runs the command's own `main`, in the
folder, environment and with the output of its own, is killed, waited for and measured like any other process.

    python -m tests.rig.nursery SOCKET      serves until its standard input ends
"""

import array
import asyncio
import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_IMPORTED = (
    "softswitch.cli.main",
    "softswitch.app.running",
    "softswitch.app.keeper_process",
    "sqlalchemy.dialects.sqlite.pysqlite",
)
_WITHIN = 60.0
_PR_SET_PDEATHSIG = 1


class Forked:
    """The part of asyncio.subprocess.Process that the rig uses."""

    def __init__(
        self,
        pid: int,
        stdout: asyncio.StreamReader,
        told: asyncio.StreamReader,
        telling: asyncio.StreamWriter,
    ) -> None:
        """`told` and `telling`: the connection on which the nursery says that it has ended."""
        self.pid = pid
        self._telling = telling  # once forgotten, it would be closed
        self.stdout = stdout
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._end(told))

    async def _end(self, told: asyncio.StreamReader) -> int:
        line = await told.readline()
        self.returncode = int(line) if line else -signal.SIGKILL
        self._telling.close()
        return self.returncode

    async def wait(self) -> int:
        """The exit code; negative: the signal that ended it."""
        return await asyncio.shield(self._ended)


class Nursery:
    """Where a test process has its switches from. Started when the first is wanted, ends with us."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="softswitch-nursery-", ignore_cleanup_errors=True)
        self._path = str(Path(self._folder.name) / "socket")
        # Its standard input is ours to hold: it ends when we do.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.rig.nursery", self._path],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
        )
        deadline = time.monotonic() + _WITHIN
        while not Path(self._path).exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the nursery of switches did not start: see its output above")
            time.sleep(0.02)  # before the first test begins

    async def start(self, words: Sequence[str], folder: Path, environment: dict[str, str]) -> Forked:
        """Runs `softswitch WORDS` in that folder and that environment."""
        reading, writing = os.pipe()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self._path)
        wanted = json.dumps({"words": list(words), "folder": str(folder), "environment": environment})
        socket.send_fds(connection, [wanted.encode() + b"\n"], [writing])
        os.close(writing)
        told, telling = await asyncio.open_unix_connection(sock=connection)
        pid = int(await told.readline())
        stdout = asyncio.StreamReader(limit=2**20)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stdout), os.fdopen(reading, "rb", buffering=0)
        )
        return Forked(pid, stdout, told, telling)


_nursery: Nursery | None = None


def nursery() -> Nursery:
    """This process's own."""
    global _nursery
    if _nursery is None:
        _nursery = Nursery()
    return _nursery


# ---- the nursery's own process ----


def _receive(connection: socket.socket) -> tuple[dict[str, Any], int]:
    data, fds, _, _ = socket.recv_fds(connection, 2**20, 1)
    while not data.endswith(b"\n"):
        data += connection.recv(2**20)
    return json.loads(data), array.array("i", fds)[0]


def _become(wanted: dict[str, Any], output: int) -> None:
    """The child, up to where the command's main takes over."""
    # A test that was killed leaves no switch behind that holds its address.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    random.seed()
    _have_a_keeper_ready()
    sys.argv = ["softswitch", *wanted["words"]]
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False, buffering=1)


class _Keeper:
    """A forked keeper's process, as subprocess.Popen would show it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def wait(self, timeout: float | None = None) -> int:
        deadline = time.monotonic() + (60.0 if timeout is None else timeout)
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("keeper", deadline)
            time.sleep(0.005)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def _have_a_keeper_ready() -> None:
    """The switch's first keeper is forked, too, while there is one thread; later ones it spawns by itself."""
    record_keeper = importlib.import_module("softswitch.app.record_keeper")
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        ours.close()
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with contextlib.suppress(OSError):
            _, fds, _, _ = socket.recv_fds(theirs, 1, 1)
            if fds:  # else the switch has ended without one
                os.dup2(fds[0], 0)
                os.close(fds[0])
                importlib.import_module("softswitch.app.keeper_process").main()
        os._exit(0)
    theirs.close()
    really = record_keeper.spawn

    def spawn(socket_of_child: socket.socket) -> object:
        record_keeper.spawn = really
        with ours:
            socket.send_fds(ours, [b"x"], [socket_of_child.fileno()])
        return _Keeper(pid)

    record_keeper.spawn = spawn


def _serve(path: str) -> bool:
    """Forks one for each connection. True in a child, which is to run the command; False at the end."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path + ".new")
    listener.listen(16)
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno())
    children: dict[int, socket.socket] = {}
    watched = selectors.DefaultSelector()
    for one in (listener, woken, sys.stdin):
        watched.register(one, selectors.EVENT_READ)
    Path(path + ".new").rename(path)
    while True:
        for key, _ in watched.select():
            if key.fileobj is sys.stdin:
                return False
            if key.fileobj is woken:
                woken.recv(4096)
                _reap(children)
                continue
            connection, _ = listener.accept()
            wanted, output = _receive(connection)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                watched.close()
                for each in (listener, woken, wake, connection, *children.values()):
                    each.close()
                _become(wanted, output)
                return True
            os.close(output)
            children[pid] = connection
            connection.sendall(b"%d\n" % pid)


def _reap(children: dict[int, socket.socket]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with contextlib.suppress(KeyError, OSError), children.pop(pid) as connection:
            connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _main() -> None:
    for name in _IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    if _serve(sys.argv[1]):
        importlib.import_module("softswitch.cli.main").main()


if __name__ == "__main__":
    _main()
