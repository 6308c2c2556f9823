"""For answers that take long: a bar that says how far they are."""

import sys
import time
from typing import Final, TextIO

_AFTER: Final = 1.0
"""Seconds until it is shown: most answers are there before."""
_EVERY: Final = 0.1
_WIDTH: Final = 30


class Bar:
    """On a terminal's stderr, and gone when the answer comes; nothing where stderr is none.

    with Bar() as bar:
        work(told=bar.tell)
    """

    def __init__(self, out: TextIO | None = None, after: float = _AFTER) -> None:
        self._out = out or sys.stderr
        self._is_shown = False
        self._next = time.monotonic() + after if self._out.isatty() else float("inf")

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._is_shown:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def tell(self, share: float, words: str = "") -> None:
        """How much of the work is done, 0 to 1."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next, self._is_shown = now + _EVERY, True
        done = round(_WIDTH * min(1.0, max(0.0, share)))
        self._out.write(f"\r[{'#' * done}{'.' * (_WIDTH - done)}] {share:4.0%} {words}\x1b[K")
        self._out.flush()
