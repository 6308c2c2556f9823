"""What users have set by code, as the calls see it."""

from collections.abc import Callable, Mapping

from softswitch.routing.preferences import NONE_SET, Preferences

OnChange = Callable[[Mapping[str, Preferences]], None]
"""Is given the preferences of all extensions; must not wait for a disk."""


class PreferenceBook:
    """Extension → its preferences, in memory. `on_change` keeps them."""

    def __init__(self) -> None:
        self._all: dict[str, Preferences] = {}
        self.on_change: OnChange = lambda _: None

    def of(self, number: str) -> Preferences:
        """What the extension's user has set; nothing for one that has set nothing."""
        return self._all.get(number, NONE_SET)

    def change(self, number: str, preferences: Preferences) -> None:
        """Set them; they hold from the next decision on."""
        if preferences == NONE_SET:
            self._all.pop(number, None)
        else:
            self._all[number] = preferences
        self.on_change(self._all)

    def restore(self, preferences: Mapping[str, Preferences]) -> None:
        """Those of an earlier run."""
        self._all.update(preferences)
