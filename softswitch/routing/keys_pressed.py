"""The keys that an imagined caller presses, one after the other, and what he does not."""

from typing import Final

PAUSE: Final = ","
"""Among the keys: so long a silence that what was dialled is complete; without a key before it, none came."""


class KeysPressed:
    """Those that are left."""

    def __init__(self, keys: str) -> None:
        self.left = keys

    def next(self) -> str:
        """The next one, or PAUSE; empty when nothing more is known of him."""
        key, self.left = self.left[:1], self.left[1:]
        return key

    def take(self, wanted: str | None) -> bool:
        """Whether he presses that key next; then it is pressed."""
        if not wanted or not self.left.startswith(wanted):
            return False
        self.left = self.left[1:]
        return True

    def number(self, end: str, anew: str, longest: int) -> str | None:
        """Digits up to `end`, a silence or so many of them; `anew` begins anew. None: no more is known."""
        if not self.left:
            return None
        typed = ""
        while (key := self.next()) and key not in (end, PAUSE):
            typed = "" if key == anew else typed + key
            if len(typed) >= longest:
                break
        return typed
