"""Sounds that have come to their end: told by the media clock, heard on the loop."""

import itertools
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from softswitch.sip.errors import OutOfResources
from softswitch.sip.tap import ffi, lib

MOST: Final = 512
"""Players and recorders at once. They have their own places in the bridge, so they take none from a leg."""

log = structlog.get_logger("softswitch.sip.sound")

_tokens = itertools.count(1)
_awaited: dict[int, Callable[[int], None]] = {}


class Closable(Protocol):
    """A sound in the bridge."""

    def close(self) -> None:
        """It leaves the bridge."""


# Closed with the engine: a sound that outlived the bridge would touch what is no more.
_open: dict[int, Closable] = {}


def expect(sound: Closable, on_end: Callable[[int], None]) -> int:
    """A token for a sound that is about to begin; `on_end` is called once, with errno or 0.

    Raises OutOfResources when as many sounds are open as may be.
    """
    if len(_open) >= MOST:
        raise OutOfResources("cannot play or record", 0, f"{MOST} sounds are open already")
    token = next(_tokens)
    _awaited[token] = on_end
    _open[token] = sound
    return token


def forget(token: int) -> None:
    """Its end interests nobody any more."""
    _awaited.pop(token, None)
    _open.pop(token, None)


def waive(token: int) -> bool:
    """No end need be told any more; False when it has been told."""
    return _awaited.pop(token, None) is not None


def left(token: int) -> None:
    """It is on its way out of the bridge, and yet its end is awaited."""
    _open.pop(token, None)


def open_count() -> int:
    """How many sounds are in the bridge."""
    return len(_open)


def take() -> None:
    """Tells all that have ended since. For the engine, when `tap_sounds_fd` is readable."""
    ended = ffi.new("tap_ended *")
    while lib.tap_next_ended(ended):
        on_end = _awaited.pop(ended.token, None)
        if on_end is None:
            continue
        try:
            on_end(ended.error)
        except Exception:
            log.exception("the end of a sound could not be handled")


def close_all() -> None:
    """Every sound leaves the bridge, and nothing is told any more: the engine stops."""
    for sound in tuple(_open.values()):
        sound.close()
    _open.clear()
    _awaited.clear()
