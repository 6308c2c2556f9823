"""What the switch and the keeper's process tell each other. Pickled: both are the same program."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from softswitch.records.spending import Spent

if TYPE_CHECKING:
    from softswitch.config.price_list import Price, PriceList
    from softswitch.config.recording import Recording

# ---- to the keeper ----


class Begin(NamedTuple):
    """The first: where everything is."""

    state_directory: Path
    database: str | None
    """As the dialplan has it, password included; None: a file in the state directory."""


class Prices(NamedTuple):
    """By which calls are priced from now on."""

    lists: "tuple[tuple[PriceList, tuple[Price, ...]], ...]"
    """Each with all of its prices, its own before its file's."""
    zone: ZoneInfo
    country: str | None
    area_code: str


class RecordingRules(NamedTuple):
    """How long recordings are kept: as config.Recording has it."""

    keep: float | None = None
    max_gigabytes: int | None = None
    min_free_gigabytes: int = 1
    when_full: str = "stop"

    @classmethod
    def of(cls, settings: "Recording") -> "RecordingRules":
        """Those of a dialplan."""
        return cls(settings.keep, settings.max_gigabytes, settings.min_free_gigabytes, settings.when_full)


class Close(NamedTuple):
    """The journal is complete: write what it holds, and end."""


# ---- from the keeper; its KeeperState, too ----


class SpentOn(NamedTuple):
    """Calls out that are over."""

    calls: tuple[Spent, ...]
    new: bool
    """False for what was in the database when it began."""


class SpentAnew(NamedTuple):
    """Calls were rated anew: forget what was said of those that are over. SpentOn tells it anew."""


class DiskFull(NamedTuple):
    """Whether nothing more may be recorded, from now on."""

    full: bool


class Logged(NamedTuple):
    """A line for the switch's log."""

    method: str
    event: str
    fields: dict[str, Any]


class Closed(NamedTuple):
    """The last."""

    clean: bool
    """Whether all is written."""
