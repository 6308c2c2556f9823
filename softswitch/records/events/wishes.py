"""What people have set, and whom they wait for."""

from typing import NamedTuple


class SettingChanged(NamedTuple):
    """Somebody has set by code what becomes of his calls."""

    at: float
    call: str
    by: str
    setting: str
    """The feature's key in the dialplan."""
    value: str
    """What followed the code, or the number that is meant; may be empty."""


class CampedOn(NamedTuple):
    """Somebody waits until an extension that is busy is free."""

    at: float
    call: str
    by: str
    on: str


class CampCancelled(NamedTuple):
    """He waits no longer for it."""

    at: float
    call: str
    by: str
    on: str


class CamperReached(NamedTuple):
    """Both are free, and the one who has waited has answered: the other one is rung next."""

    at: float
    call: str
    by: str
    on: str
