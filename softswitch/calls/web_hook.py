"""A web server is asked about a call. Off the loop: a slow server costs its own call its time, no other."""

import asyncio
import json
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

from softswitch.config.scenario import LONGEST_VALUE, VARIABLE_PATTERN
from softswitch.config.speech import VARIABLE

LARGEST: Final = 64 * 1024
"""Bytes of an answer; what is longer is none."""
_MOST_VALUES: Final = 100
_AT_ONCE: Final = 16
_THREADS: Final = ThreadPoolExecutor(_AT_ONCE, "web-hook")
"""Beyond these, calls wait for each other within their own timeouts."""


class WebError(Exception):
    """No answer that can be used. Says why."""


class _NoRedirect(HTTPRedirectHandler):
    """The operator has named one address: no other is asked."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER: Final = build_opener(_NoRedirect)


def with_values(url: str, values: Mapping[str, str]) -> str:
    """The address with its variables filled in, escaped so that they stay what they are."""
    return re.sub(VARIABLE, lambda match: quote(values.get(match[1], ""), safe=""), url)


async def ask(url: str, body: Mapping[str, str] | None, within: float) -> dict[str, str] | str:
    """GET, or POST of `body` as JSON, `within` so many seconds: an object's values, else the text.

    Raises WebError.
    """
    loop = asyncio.get_running_loop()
    work = loop.run_in_executor(_THREADS, _fetch, url, body, time.monotonic() + within)
    try:
        content = await asyncio.wait_for(work, within)
    except TimeoutError:
        raise WebError(f"no answer within {within:g} s") from None
    return _understood(content)


def _fetch(url: str, body: Mapping[str, str] | None, deadline: float) -> bytes:
    request = Request(url, headers={"Accept": "application/json", "User-Agent": "Softswitch"})  # noqa: S310 - http(s) only: see parse_url
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    content = b""
    try:
        with _OPENER.open(request, timeout=max(0.1, deadline - time.monotonic())) as answer:
            while piece := answer.read1(8192):
                content += piece
                if len(content) > LARGEST:
                    raise WebError(f"the answer is longer than {LARGEST} bytes")
                if time.monotonic() > deadline:
                    raise WebError("the answer comes too slowly")
    except HTTPError as error:
        error.close()
        raise WebError(f"it answered {error.code} {error.reason}") from error
    except (URLError, OSError, ValueError) as error:
        raise WebError(str(getattr(error, "reason", None) or error) or type(error).__name__) from error
    except Exception as error:  # http.client has exceptions of its own
        if isinstance(error, WebError):
            raise
        raise WebError(repr(error)) from error
    return content


def _understood(content: bytes) -> dict[str, str] | str:
    text = content.decode("utf-8", "replace").strip()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _printable(text)
    if not isinstance(found, dict):
        return _printable(text if isinstance(found, list) else str(found))
    pairs = (
        (key, _value(value)) for key, value in found.items() if re.fullmatch(VARIABLE_PATTERN[1:-1], key)
    )
    return dict([(key, value) for key, value in pairs if value is not None][:_MOST_VALUES])


def _value(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _printable(str(value)) if isinstance(value, str | int | float) else None


def _printable(text: str) -> str:
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:LONGEST_VALUE]
