"""How the keeper fares, for whoever asks."""

from typing import NamedTuple


class KeeperState(NamedTuple):
    """How the keeper fares."""

    database: str
    """Its name for people: without its password."""
    failing: str
    """Why the database cannot be written; empty while it can."""
    recorded: int
    """Calls since it has begun."""
    behind_bytes: int
    """Of the journal, that are not read yet."""
    waiting: int
    """Ended calls that are not in the database yet."""
