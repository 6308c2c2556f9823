"""The control socket: one JSON line asks, one JSON line answers. For the switch's own user only.

A stream's answer is followed by one line after the other, until the one who asked closes the connection.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import structlog

from softswitch.api.socket_path import reachable

log = structlog.get_logger("softswitch.api.control")

MAX_LINE: Final = 64 * 1024
_PATIENCE: Final = 1.0
"""Seconds for what follows a line that is too long."""
_TOO_LONG: Final = {
    "ok": False,
    "error": "a command that is too long",
    "remedy": f"send one line of JSON, of at most {MAX_LINE} bytes",
}

Stream = Callable[[dict[str, Any]], AsyncGenerator[dict[str, Any], None]]
Handler = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class Refused(Exception):  # noqa: N818 - it is an answer, not a fault
    """A command cannot be carried out. Says why and what to do; `details` goes into the answer."""

    def __init__(self, error: str, remedy: str = "", **details: Any) -> None:
        super().__init__(error)
        self.answer = {"ok": False, "error": error, "remedy": remedy, **details}


class ControlServer:
    """Serves commands on a Unix socket of mode 0600."""

    def __init__(
        self, path: Path, commands: Mapping[str, Handler], streams: Mapping[str, Stream] | None = None
    ) -> None:
        self._path = path
        self._commands = commands
        self._streams = streams or {}
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Raises Refused when another switch serves this socket."""
        if self._path.exists():
            try:
                with reachable(self._path) as path:
                    _, writer = await asyncio.open_unix_connection(path)
            except OSError:
                self._path.unlink(missing_ok=True)  # left by a switch that was killed
            else:
                writer.close()
                raise Refused(
                    f"another switch uses the state directory {self._path.parent}",
                    "stop it first, or give this one a state_directory of its own",
                )
        with reachable(self._path) as path:
            self._server = await asyncio.start_unix_server(self._serve, path, limit=MAX_LINE)
        self._path.chmod(0o600)

    async def stop(self) -> None:
        """Close the socket and take its file away."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                stream = self._stream(line)
                if stream is not None:
                    writer.write(b'{"ok": true, "result": {}}\n')
                    await _follow(stream, reader, writer)
                    break
                answer = await self._answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        except ValueError:
            # What follows on the connection could be anything: it ends here.
            writer.write(json.dumps(_TOO_LONG).encode() + b"\n")
            await _discard(reader)
        except ConnectionError as error:
            log.debug("control connection dropped", error=str(error))
        finally:
            writer.close()

    def _stream(self, line: bytes) -> AsyncGenerator[dict[str, Any], None] | None:
        try:
            asked = json.loads(line)
            return self._streams[asked["command"]](dict(asked.get("arguments", {})))
        except (ValueError, TypeError, KeyError):
            return None

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(line)
            command, arguments = asked["command"], asked.get("arguments", {})
            handler = self._commands[command]
            if not isinstance(arguments, dict):
                raise TypeError("arguments")
        except (ValueError, TypeError, KeyError):
            known = ", ".join(sorted((*self._commands, *self._streams)))
            return {
                "ok": False,
                "error": "not a command",
                "remedy": f'send {{"command": NAME, "arguments": {{…}}}} with one of: {known}',
            }
        try:
            return {"ok": True, "result": await handler(arguments)}
        except Refused as refused:
            return refused.answer
        except Exception:
            log.exception("control command failed", command=command)
            return {
                "ok": False,
                "error": "the command failed inside the switch",
                "remedy": "see the switch's log",
            }


async def _discard(reader: asyncio.StreamReader) -> None:
    """What is still on its way: left unread, it would reset the connection before the answer is read."""
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(_PATIENCE):
            while await reader.read(MAX_LINE):
                pass


async def _follow(
    stream: AsyncGenerator[dict[str, Any], None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """All of the stream, until nobody listens any more."""
    gone = asyncio.ensure_future(reader.read())
    try:
        while True:
            following = asyncio.ensure_future(anext(stream))
            await asyncio.wait({following, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                return
            writer.write(json.dumps(following.result()).encode() + b"\n")
            await writer.drain()
    finally:
        gone.cancel()
        await stream.aclose()
