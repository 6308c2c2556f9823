"""A switch that answers by heart, and what the command line's tests call."""

import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import Result

Command = Callable[..., Result]
GOOD = """\
domain: office.example
listen: [udp://127.0.0.1:45060, tcp://127.0.0.1:45060]
rtp: {ports: 30000-30399}
calls: {max_calls: 100}
extensions:
  101: {name: Anna Berg, password: geheimnis1}
  102: {name: Boris, password: geheimnis2}
"""


class FakeSwitch:
    """The control socket of a switch; `answers` by command, as whole answer objects or raw bytes."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._closing = threading.Event()
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # A socket's address is at most 107 bytes long, a test's folder may be longer.
        folder = os.open(state, os.O_PATH)
        self._server.bind(f"/proc/self/fd/{folder}/control.sock")
        os.close(folder)
        self._server.listen()
        self._server.settimeout(0.05)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def result(self, command: str, result: dict[str, Any]) -> None:
        """What a command will be answered."""
        self.answers[command] = {"ok": True, "result": result}

    def close(self) -> None:
        """No more answers."""
        self._closing.set()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._server.accept()
            except TimeoutError:
                continue
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        line = b""
        while not line.endswith(b"\n") and (part := connection.recv(65536)):
            line += part
        if not line:
            return
        asked = json.loads(line)
        self.asked.append((asked["command"], asked["arguments"]))
        answer = self.answers[asked["command"]]
        if answer is None:
            self._closing.wait(5)
        else:
            connection.sendall(answer if isinstance(answer, bytes) else json.dumps(answer).encode() + b"\n")
