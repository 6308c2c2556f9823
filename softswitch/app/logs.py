"""Structured logs. Lines are written by a thread of their own: a slow disk or pipe must not stop calls."""

import json
import logging
import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TextIO

import structlog

from softswitch.config import Log
from softswitch.records.encoding import c_encoder

_LIMIT: Final = 100_000
"""Lines kept while the output is stuck; older ones are dropped, and counted."""
_PAUSE: Final = 0.05
"""Seconds between two writes: lines leave in batches, so that the thread seldom wants the GIL."""
_SECRETS: Final = frozenset({"password", "secret", "authorization", "ha1", "response", "nonce", "cnonce"})


class LogWriter:
    """A file-like object whose `write` only queues. `close` writes out what is left."""

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._lines: deque[str] = deque()
        self._dropped = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> int:
        """Queue a line."""
        if len(self._lines) >= _LIMIT:
            self._lines.popleft()
            self._dropped += 1
        self._lines.append(text)
        if not self._wake.is_set():
            self._wake.set()
        return len(text)

    def flush(self) -> None:
        """Nothing to do: the thread flushes each batch."""

    def close(self) -> None:
        """Write what is queued and end the thread."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=5)

    def _work(self) -> None:
        while True:
            self._wake.wait()
            stopping = self._stopping.is_set()
            self._wake.clear()
            self._write_batch()
            if stopping and not self._lines:
                return
            self._stopping.wait(_PAUSE)

    def _write_batch(self) -> None:
        batch = [self._lines.popleft() for _ in range(len(self._lines))]
        if self._dropped:
            batch.insert(0, f"… {self._dropped} log lines dropped: the log's output is too slow\n")
            self._dropped = 0
        try:
            self._output.write("".join(batch))
            self._output.flush()
        except (OSError, ValueError):
            # Nobody reads any more (a closed pipe, a full disk): the lines are lost, calls are not.
            self._dropped += len(batch)


def redact(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A safety net: what is named like a secret is never written, whoever logs it."""
    for key in event.keys() & _SECRETS:
        event[key] = "(not shown)"
    return event


def one_line(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """What came over the wire neither begins a line of its own nor moves the terminal's cursor."""
    for key, value in event.items():
        if isinstance(value, str) and not value.isprintable():
            event[key] = value.encode("unicode_escape").decode()
    return event


def configure(settings: Log, output: TextIO | None = None) -> LogWriter:
    """Set structlog up for the process. Close the writer at the end."""
    stream = output if output is not None else sys.stdout
    writer = LogWriter(stream)
    as_text = settings.format == "text" or (settings.format == "auto" and stream.isatty())
    processors: list[Any] = [redact, as_json]
    if as_text:
        processors = [
            structlog.processors.add_log_level,
            redact,
            structlog.processors.TimeStamper(fmt="iso", utc=False),
            one_line,
            structlog.dev.ConsoleRenderer(colors=stream.isatty()),
        ]
    structlog.configure(
        processors=processors,
        wrapper_class=_logger_class(settings),
        logger_factory=structlog.WriteLoggerFactory(file=writer),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    return writer


def change_level(settings: Log) -> None:
    """Log from this severity on. Loggers that are bound to a running call keep the old one."""
    structlog.configure(wrapper_class=_logger_class(settings))


_encode: Final = c_encoder(json.JSONEncoder(default=repr))


def as_json(logger: Any, method: str, event: dict[str, Any]) -> str:
    """Level, time (UTC, ISO 8601) and the line itself in one go: a call writes several lines."""
    event["level"] = "error" if method == "exception" else method
    now = time.time()
    event["timestamp"] = f"{_second(int(now))}.{int(now % 1 * 1_000_000):06}Z"
    if "exc_info" in event:
        return _encode(structlog.processors.format_exc_info(logger, method, event))
    return _encode(event)


@lru_cache(maxsize=2)
def _second(now: int) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _logger_class(settings: Log) -> type[structlog.typing.FilteringBoundLogger]:
    return structlog.make_filtering_bound_logger(logging.getLevelName(settings.level.upper()))
