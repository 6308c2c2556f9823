"""The keeper's process: it makes call records of the journal, beside the switch, and never in its way; and it
keeps recordings few.

A process of its own, since what a thread does here the loop waits for: they share one interpreter. It goes
after the switch wherever both want the processor, is the first to go when memory is short, and ends with the
switch, however that ends. What it had not written then is in the journal, for the next one.

    python -m softswitch.app.keeper_process        by app/record_keeper.py; its standard input is a socket
"""

import contextlib
import ctypes
import os
import queue
import signal
import threading
from collections.abc import Iterable, MutableMapping
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import structlog

from softswitch.app.keeper_messages import (
    Begin,
    Close,
    Closed,
    Logged,
    Prices,
    RecordingRules,
    SpentAnew,
    SpentOn,
)
from softswitch.app.kept_recordings import KeptRecordings
from softswitch.records import store
from softswitch.records.destinations import Dialled
from softswitch.records.keeper import Keeper
from softswitch.records.spending import Spent
from softswitch.records.summing import Summing

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NAME: Final = 15
_NICE: Final = 10
_OOM_SCORE: Final = "500"
"""Of 1000: far more willingly than the switch (proc_pid_oom_score_adj(5))."""
_PORTION: Final = 500
"""Calls in one message about what was spent: the loop takes a millisecond for them."""


class KeeperProcess:
    """Does what the switch tells it."""

    def __init__(self, link: Connection) -> None:
        self._link = link
        self._told: queue.SimpleQueue[Any] = queue.SimpleQueue()
        begin: Begin
        begin, *rules = link.recv()
        state = begin.state_directory
        url = store.database_url(state, begin.database)
        self._keeper = Keeper(state / "journal", url, spent=self._spent)
        self._summing = Summing(self._keeper.engine, self._spent_anew)
        self._state: Any = None
        self._recordings = KeptRecordings(state / "recordings", self._keeper, link.send)
        for message in rules:
            self._take(message)

    def run(self) -> None:
        """Until the switch says so."""
        threading.Thread(target=self._listen, name="listen", daemon=True).start()
        while True:
            wait = self._keeper.work()
            self._tell_state()
            self._recordings.work()
            if wait and self._keeper.ready and not self._keeper.state.waiting:
                self._summing.work()
            with contextlib.suppress(queue.Empty):
                while True:
                    message = self._told.get(timeout=wait) if wait else self._told.get_nowait()
                    if isinstance(message, Close):
                        with contextlib.suppress(OSError):  # the switch waits: no more modesty, if we may
                            os.setpriority(os.PRIO_PROCESS, 0, 0)
                        clean = self._keeper.close()
                        self._tell_state()
                        self._link.send(Closed(clean))
                        return
                    self._take(message)
                    wait = 0.0

    def _listen(self) -> None:
        """A thread: the switch never waits for us to read, and when it is gone we go at once."""
        try:
            while True:
                self._told.put(self._link.recv())
        except (EOFError, OSError):
            os._exit(0)

    def _take(self, message: Any) -> None:
        if isinstance(message, Prices):
            self._keeper.look = partial(_look, message)
            if message.lists:
                from softswitch.app.pricing import price_lists_of  # libraries that need memory

            self._keeper.prices = price_lists_of(message) if message.lists else None
        elif isinstance(message, RecordingRules):
            self._recordings.rules = message

    def _spent(self, calls: Iterable[Spent], new: bool) -> None:
        rest = iter(calls)
        while portion := tuple(islice(rest, _PORTION)):
            self._link.send(SpentOn(portion, new))

    def _spent_anew(self, calls: Iterable[Spent]) -> None:
        self._link.send(SpentAnew())
        self._spent(calls, new=False)

    def _tell_state(self) -> None:
        state = self._keeper.state
        if state != self._state:
            self._state = state
            self._link.send(state)


def _look(prices: Prices, number: str) -> Dialled:
    from softswitch.app.pricing import look  # as above: not before the first call out

    return look(prices, number)


def _step_back() -> None:
    """The switch goes first, and what ends or reloads it ends it only: we end when it is done with us."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    libc.prctl(_PR_SET_NAME, b"records")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)


def _log_by(link: Connection) -> None:
    """All log lines become the switch's."""

    def tell(_logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        words = str(event.pop("event"))
        link.send(Logged(method, words, {key: _plain(value) for key, value in event.items()}))
        raise structlog.DropEvent

    structlog.configure(
        processors=[structlog.processors.format_exc_info, tell],
        logger_factory=structlog.ReturnLoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | list | dict | None) else str(value)


def main() -> None:
    """Until the switch on the other side of standard input closes it, or says so."""
    _step_back()
    link = Connection(os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(null, number)
    _log_by(link)
    try:
        KeeperProcess(link).run()
    except (EOFError, BrokenPipeError, ConnectionError):
        return  # the switch is gone


if __name__ == "__main__":
    main()
