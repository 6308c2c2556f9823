"""Asks a running switch through its control socket: one connection, one question, one answer.

ControlError
 ├─ NotRunning   nobody listens there
 ├─ NotAllowed   the socket belongs to another user
 ├─ NoAnswer     it took too long, hung up or answered what is no answer
 └─ Declined     it understood and said no
"""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from softswitch.api.socket_path import reachable

SOCKET_NAME: Final = "control.sock"
LARGEST_ANSWER: Final = 64 * 1024 * 1024


class ControlError(Exception):
    """A question without a result. Says what is the case and what to do."""

    def __init__(self, message: str, remedy: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.problems = problems


class NotRunning(ControlError):  # noqa: N818 - names what is the case
    """No switch runs on this state directory."""


class NotAllowed(ControlError):  # noqa: N818 - names what is the case
    """This user may not control the switch."""


class NoAnswer(ControlError):  # noqa: N818 - names what is the case
    """The switch does not answer, or not in its protocol."""


class Declined(ControlError):  # noqa: N818 - names what is the case
    """The switch refuses; `problems` are its reasons where there are several."""


@dataclass(frozen=True, slots=True)
class Client:
    """Speaks to the switch whose state directory this is. `deadline`: seconds for a whole exchange."""

    state_directory: Path
    deadline: float = 10.0

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The switch's result. Raises ControlError."""
        request = json.dumps({"command": command, "arguments": arguments}).encode() + b"\n"
        until = time.monotonic() + self.deadline
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            try:
                connection.settimeout(self.deadline)
                with reachable(self.state_directory / SOCKET_NAME) as path:
                    connection.connect(path)
                connection.sendall(request)
                line = _line(connection, until)
            except TimeoutError:
                raise self._silent(f"has not answered within {self.deadline:g} s") from None
            except OSError as error:
                raise self._unreachable(error) from None
        return self._result(line)

    def follow(self, command: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """What a stream of the switch brings, until the switch ends. Raises ControlError."""
        request = json.dumps({"command": command, "arguments": arguments}).encode() + b"\n"
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with stream as connection, contextlib.ExitStack() as closing:
            try:
                connection.settimeout(self.deadline)
                with reachable(self.state_directory / SOCKET_NAME) as path:
                    connection.connect(path)
                connection.sendall(request)
                lines = closing.enter_context(connection.makefile("rb"))
                first = lines.readline()
            except TimeoutError:
                raise self._silent(f"has not answered within {self.deadline:g} s") from None
            except OSError as error:
                raise self._unreachable(error) from None
            self._result(first)
            connection.settimeout(None)
            with contextlib.suppress(ConnectionError):
                for line in lines:
                    yield json.loads(line)

    def _unreachable(self, error: OSError) -> ControlError:
        if isinstance(error, FileNotFoundError | NotADirectoryError | ConnectionRefusedError):
            return NotRunning(
                f"no switch is running on {self.state_directory}",
                "start one with `softswitch run FILE`, or name its state directory with --state DIR",
            )
        if isinstance(error, PermissionError):
            return NotAllowed(
                f"this user may not control the switch on {self.state_directory}",
                "run the command as the user that runs the switch, or as root",
            )
        if isinstance(error, ConnectionError):
            return self._silent("closed the connection without an answer")
        return NoAnswer(
            f"the switch on {self.state_directory} cannot be asked: {error.strerror or error}",
            "correct the state directory",
        )

    def _silent(self, what: str) -> NoAnswer:
        return NoAnswer(
            f"the switch on {self.state_directory} {what}",
            "see its log; if it stands still, end it and start it again",
        )

    def _result(self, line: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            raise self._silent("answered what is no answer" if line else "closed the connection") from None
        if isinstance(answer, dict) and answer.get("ok") is True and isinstance(answer.get("result"), dict):
            result: dict[str, Any] = answer["result"]
            return result
        if isinstance(answer, dict) and answer.get("ok") is False:
            problems = answer.get("problems")
            reasons = tuple(map(str, problems)) if isinstance(problems, list) else ()
            raise Declined(str(answer.get("error", "refused")), str(answer.get("remedy", "")), reasons)
        raise self._silent("answered what is no answer")


def _line(connection: socket.socket, until: float) -> bytes:
    """All up to the first line end, or to the end of the connection."""
    parts: list[bytes] = []
    size = 0
    while size <= LARGEST_ANSWER:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        part = connection.recv(262144)
        line, end, _ = part.partition(b"\n")
        parts.append(line)
        size += len(line)
        if end or not part:
            break
    return b"".join(parts)
