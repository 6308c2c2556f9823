"""Conferences."""

from typing import NamedTuple


class ConferenceJoined(NamedTuple):
    """The caller has come into a conference room."""

    at: float
    call: str
    by: str
    room: str


class ConferenceLeft(NamedTuple):
    """He has left it, or was removed."""

    at: float
    call: str
    by: str
    room: str


class ConferenceInvited(NamedTuple):
    """A moderator has somebody rung who may come into the room."""

    at: float
    call: str
    by: str
    number: str
    room: str
