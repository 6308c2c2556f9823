"""A peer that is a process: its output is read all the time, its end is certain."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.rig.nursery import Forked
from tests.rig.waiting import PATIENCE, RigError, Timeline

TAIL = 80
"""Lines of output that an error shows."""


class Peer:
    """Started with `start`; `lines` holds all that it wrote to stdout and stderr."""

    def __init__(self, name: str, process: asyncio.subprocess.Process | Forked) -> None:
        self.name = name
        self._process = process
        self.lines: Timeline[str] = Timeline(name, self.story)
        self.on_line: Callable[[str], None] = _nothing
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
    ) -> "Peer":
        """Runs it in `folder`, in the environment given on top of ours. Raises RigError if it is missing."""
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                limit=2**20,
            )
        except FileNotFoundError as error:
            raise RigError(f"{name}: {command[0]} is not installed ({error}); apt install it") from error
        return cls(name, process)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return self._process.returncode

    def story(self) -> str:
        """The last output, for errors."""
        state = "running" if self.exit_code is None else f"exit code {self.exit_code}"
        return f"--- {self.name} (pid {self.pid}, {state}), last output:\n" + "\n".join(
            self.lines.items[-TAIL:]
        )

    async def wait(self, within: float = PATIENCE) -> int:
        """The exit code, once it has ended and all its output was read. Raises RigError in the end."""
        try:
            code = await asyncio.wait_for(asyncio.shield(self._process.wait()), within)
        except TimeoutError:
            raise RigError(f"{self.name}: still running after {within} s\n{self.story()}") from None
        await self._reader
        return code

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Sends the signal; nothing happens if it is over already."""
        # Not send_signal: it may reap the child under asyncio's feet, which then knows no exit code.
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def stop(self, within: float = 3.0) -> None:
        """SIGTERM, and SIGKILL for what has not ended then."""
        if self.exit_code is None:
            self.kill(signal.SIGTERM)
            try:
                await asyncio.wait_for(asyncio.shield(self._process.wait()), within)
            except TimeoutError:
                self.kill()
        await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        output = self._process.stdout
        if output is None:
            raise RigError(f"{self.name}: started without a pipe for its output")
        while line := await output.readline():
            text = line.decode(errors="replace").rstrip("\r\n")
            self.lines.add(text)
            self.on_line(text)


def _nothing(line: str) -> None:
    """What is done with each line unless told."""
