"""All that outlives the switch beside registrations and records: each in a file of its own."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import structlog

from softswitch.app.agent_states import AgentStatesFile
from softswitch.app.callbacks_file import CallbacksFile
from softswitch.app.completion_file import CompletionFile
from softswitch.app.forced_modes import ForcedModesFile
from softswitch.app.kept_file import KeptFile
from softswitch.app.preferences import PreferencesFile
from softswitch.app.subscriptions_file import SubscriptionsFile
from softswitch.calls.exchange import Exchange
from softswitch.sip.subscriptions import Subscriptions

log = structlog.get_logger("softswitch.kept")


class Owner(Protocol):
    """Whose state is kept."""

    on_change: Callable[[Mapping[str, Any]], None]

    def restore(self, kept: Any, /) -> None:
        """What an earlier run has kept."""


class _Kept(NamedTuple):
    file: KeptFile[Any]
    owner: Owner
    remedy: str
    """What to do about what could not be written."""


class KeptStates:
    """`restore` at the start, `close` at the end; in between each is saved when it changes."""

    def __init__(self, folder: Path, exchange: Exchange, subscriptions: Subscriptions) -> None:
        queues = exchange.queues
        self._all = (
            _Kept(PreferencesFile(folder / "preferences.json"), exchange.preferences, "users set it anew"),
            _Kept(ForcedModesFile(folder / "modes.json"), exchange.modes, "set them anew"),
            _Kept(AgentStatesFile(folder / "agents.json"), queues.agents, "agents log in and pause anew"),
            _Kept(CallbacksFile(folder / "callbacks.json"), queues.callback_book, "they call again"),
            _Kept(CompletionFile(folder / "completion.json"), exchange.completion, "they dial again"),
            _Kept(SubscriptionsFile(folder / "subscriptions.json"), subscriptions, "lamps come later"),
        )

    def restore(self) -> None:
        """From now on, what changes is kept."""
        for file, owner, _ in self._all:
            owner.restore(file.load())
            owner.on_change = file.save
            file.start()

    def close(self) -> None:
        """Write what is left."""
        for file, _, remedy in self._all:
            if not file.close():
                log.warning(f"not written: {file.what}", remedy=remedy)
