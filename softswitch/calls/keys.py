"""Keys pressed during a call: feature codes are caught, everything else goes to the other side.

A code is known only when its last key has come, so keys that may begin one wait; when they turn out not to,
they are passed on in their order. Only a key that a code begins with is ever late.
"""

from collections.abc import Mapping
from typing import Final, Generic, TypeVar

T = TypeVar("T")

PATIENCE: Final = 1.5
"""Seconds between two keys of one code."""


class Keys(Generic[T]):
    """One party's keys. `codes` maps each code to what it means."""

    def __init__(self, codes: Mapping[str, T]) -> None:
        self._codes = codes
        self._pressed = ""

    @property
    def waits(self) -> bool:
        """Whether keys are held back: call `flush` when no more come within `PATIENCE`."""
        return bool(self._pressed)

    def press(self, key: str) -> tuple[str, T | None]:
        """One key more. Returns the keys to pass on, and what has been asked for."""
        pressed = self._pressed + key
        passed = ""
        while pressed:
            if pressed in self._codes and not self._may_go_on(pressed):
                self._pressed = ""
                return passed, self._codes[pressed]
            if pressed in self._codes or self._may_go_on(pressed):
                break
            passed, pressed = passed + pressed[0], pressed[1:]
        self._pressed = pressed
        return passed, None

    def flush(self) -> tuple[str, T | None]:
        """No more keys have come: what waits is a whole code, or keys for the other side."""
        pressed, self._pressed = self._pressed, ""
        meant = self._codes.get(pressed)
        return ("", meant) if meant is not None else (pressed, None)

    def _may_go_on(self, pressed: str) -> bool:
        return any(code != pressed and code.startswith(pressed) for code in self._codes)
