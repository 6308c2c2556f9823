"""Our name and password at a carrier."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Credentials:
    """What answers a carrier's challenge. The password is in no log: it has no place in its text."""

    user: str
    password: str = field(repr=False)
