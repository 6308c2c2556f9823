"""Modes set by hand, by code or from the command line, as the calls see them."""

from collections.abc import Callable, Mapping

from softswitch.routing import Forced

OnChange = Callable[[Mapping[str, Forced]], None]
"""Is given all modes set by hand; must not wait for a disk."""


class ModeBook:
    """Outside number → the mode set for it; "" is all numbers. In memory: `on_change` keeps them."""

    def __init__(self) -> None:
        self._all: dict[str, Forced] = {}
        self.on_change: OnChange = lambda _: None

    def of(self, number: str) -> Forced | None:
        """What is set for the number alone; a time that is over is left to who asks."""
        return self._all.get(number)

    @property
    def everything(self) -> Mapping[str, Forced]:
        """All that is set."""
        return dict(self._all)

    def force(self, number: str, forced: Forced | None) -> None:
        """Set it, or with None go by the clock again."""
        if forced is None:
            self._all.pop(number, None)
        else:
            self._all[number] = forced
        self.on_change(self._all)

    def restore(self, modes: Mapping[str, Forced]) -> None:
        """Those of an earlier run."""
        self._all.update(modes)
