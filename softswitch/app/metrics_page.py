"""The page /metrics: as much of HTTP as Prometheus needs, on the loop, without a thread."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

import structlog

from softswitch.api.control import Refused

_log = structlog.get_logger("softswitch.metrics")

_PATIENCE: Final = 5.0
_LARGEST: Final = 16 * 1024
_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class MetricsPage:
    """Serves `page` at one address. `start` raises Refused when that is taken."""

    def __init__(self, address: str, page: Callable[[], bytes]) -> None:
        self._address = address
        self._page = page
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listens."""
        host, _, port = self._address.rpartition(":")
        try:
            self._server = await asyncio.start_server(
                self._serve, host.strip("[]"), int(port), limit=_LARGEST
            )
        except OSError as error:
            raise Refused(
                f"metrics.listen: {self._address} cannot be listened on: {error.strerror or error}",
                "write another address or port, or end what listens there",
            ) from None

    def stop(self) -> None:
        """Listens no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _PATIENCE)
            writer.write(self._answer(head))
            await asyncio.wait_for(writer.drain(), _PATIENCE)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            _log.debug("connection dropped", error=str(error))
        finally:
            with contextlib.suppress(OSError):
                writer.close()

    def _answer(self, head: bytes) -> bytes:
        method, target, *_ = [*head.split(b"\r\n", 1)[0].split(b" "), b"", b""]
        if method not in (b"GET", b"HEAD"):
            return _response("405 Method Not Allowed", b"only GET\n")
        if target.partition(b"?")[0] != b"/metrics":
            return _response("404 Not Found", b"see /metrics\n")
        return _response("200 OK", self._page(), body=method == b"GET")


def _response(status: str, content: bytes, *, body: bool = True) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {_TYPE}\r\nContent-Length: {len(content)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + (content if body else b"")
