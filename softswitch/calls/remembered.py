"""Whom an extension has dialled last, and who has called it last: for redial and call back."""


class Remembered:
    """In memory, one of each for every extension; completion.py keeps them."""

    def __init__(self) -> None:
        self.changes = 0
        """How often something new was remembered."""
        self._dialled: dict[str, str] = {}
        self._callers: dict[str, str] = {}

    def has_dialled(self, number: str, called: str) -> None:
        """The extension has dialled that number: no feature's code."""
        self.changes += self._dialled.get(number) != called
        self._dialled[number] = called

    def was_called(self, number: str, caller: str) -> None:
        """The extension was called by that number; whether it rang or was answered makes no difference."""
        self.changes += self._callers.get(number) != caller
        self._callers[number] = caller

    @property
    def numbers(self) -> tuple[str, ...]:
        """The extensions of which something is remembered."""
        return tuple(dict.fromkeys((*self._dialled, *self._callers)))

    def dialled(self, number: str) -> str:
        """What the extension has dialled last; empty for nothing."""
        return self._dialled.get(number, "")

    def caller(self, number: str) -> str:
        """Who has called the extension last; empty for nobody."""
        return self._callers.get(number, "")
